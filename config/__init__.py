"""Settings, urls, start-up and the shared look of the product."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
