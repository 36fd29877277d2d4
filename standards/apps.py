"""Configuration of the standards app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StandardsConfig(AppConfig):
    """Standards, checklist items and when each applies."""

    name = "standards"
    verbose_name = _("Standards library")
