"""Configuration of the approvals app: guards in the database, receivers, system checks."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Decisions."""

    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """Reinstall the guards after migrations (SQLite drops triggers when it rebuilds a table)."""
        # App ready: checks and receivers register themselves, and models exist only now.
        from approvals import checks, receivers  # noqa: F401, PLC0415
        from approvals.database import install_after_migrate, remove_before_migrate  # noqa: PLC0415

        pre_migrate.connect(remove_before_migrate, sender=self)
        post_migrate.connect(install_after_migrate, sender=self)
