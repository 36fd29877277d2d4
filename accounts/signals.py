"""Signals of the accounts."""

from django.dispatch import Signal

# Sent inside the transaction that arranges a substitution (substitution: the row).
substitution_arranged = Signal()
