"""Read the outbox."""


def outbox_age() -> float | None:
    """Age in seconds of the oldest undelivered notice."""
    return None
