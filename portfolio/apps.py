"""Configuration of the portfolio app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortfolioConfig(AppConfig):
    """The registry of existing systems."""

    name = "portfolio"
    verbose_name = _("Portfolio")
