"""Configuration of the config app: templates, static files, template tags."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The shared look and start-up checks."""

    name = "config"
