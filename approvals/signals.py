"""Signals of the workflow."""

from django.dispatch import Signal

# Sent inside the transaction of a step with `decision`: a receiver that fails undoes the step.
step_taken = Signal()
# Sent inside the transaction that queues a screening without a step, with `run_id`.
run_queued = Signal()
# A waiver is to be looked at again (waiver: the row). Sent by every sweep until it ends.
waiver_due = Signal()
