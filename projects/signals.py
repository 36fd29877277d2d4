"""What the proposals tell whoever carries out work in the background."""

from django.dispatch import Signal

# Sent after the commit of a question "what would change", with `trial_id`.
trial_requested = Signal()
