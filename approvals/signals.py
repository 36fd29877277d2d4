"""Signals of the workflow."""

from django.dispatch import Signal

# Sent inside the transaction of a step with `decision`: a receiver that fails undoes the step.
step_taken = Signal()
