"""Configuration of the notifications app: its receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Listen to the workflow."""
        from notifications import desk_receivers, receivers  # noqa: F401, PLC0415 - app ready: it registers itself
