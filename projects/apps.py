"""Configuration of the projects app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Proposals: the facts."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Register the path converter of references before any urlconf is read, and listen."""
        from projects import receivers, references  # noqa: F401 - app ready: they register themselves
