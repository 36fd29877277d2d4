"""The relay and the digest as Celery tasks. They hold nothing: their work is in the outbox."""

from celery import shared_task

from notifications import digests, services


@shared_task(name=services.RELAY)
def deliver_due() -> None:
    """Send what is due; beat calls it every few seconds, so a lost doorbell only costs that long."""
    services.deliver_due()


@shared_task(name="notifications.tasks.make_digests")
def make_digests() -> None:
    """Make the digests of the day; those that were missed are made up whenever the outbox is drained."""
    digests.make_due()
