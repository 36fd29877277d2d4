"""Configuration of the planning app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Rounds, plan items, policy rows, calendar."""

    name = "planning"
    verbose_name = _("Planning")

    def ready(self) -> None:
        """A database without policy rows could decide nothing, so migrating also seeds them."""
        post_migrate.connect(seed_after_migrate, sender=self)


def seed_after_migrate(**_kwargs) -> None:
    """Create missing policy rows and the published calendar of the years around today."""
    # App ready: models are not loaded when this module is imported.
    from planning.services import seed_calendar, seed_policies  # noqa: PLC0415

    seed_policies()
    year = timezone.localdate().year
    seed_calendar(range(year - 2, year + 2))
