"""Configuration of the projects app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Proposals: the facts."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Register the path converter of references before any urlconf is read."""
        from projects import references  # noqa: F401 - app ready: it registers itself
