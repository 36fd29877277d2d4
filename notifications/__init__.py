"""The outbox - messages, channels, delivery."""
