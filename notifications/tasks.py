"""The relay as a Celery task. It holds nothing: its work is in the outbox."""

from celery import shared_task

from notifications import services


@shared_task(name=services.RELAY)
def deliver_due() -> None:
    """Mail what is due; beat calls it every few seconds, so a lost doorbell only costs that long."""
    services.deliver_due()
