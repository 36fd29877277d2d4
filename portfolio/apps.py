"""Configuration of the portfolio app: the triggers that keep its search index honest."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """The registry of existing systems."""

    name = "portfolio"
    verbose_name = _("Portfolio")

    def ready(self) -> None:
        """Reinstall the triggers after migrations (SQLite drops them when it rebuilds a table)."""
        from portfolio.database import install_after_migrate, remove_before_migrate

        pre_migrate.connect(remove_before_migrate, sender=self)
        post_migrate.connect(install_after_migrate, sender=self)
