"""Signals of the workflow."""

from django.dispatch import Signal

# Sent inside the transaction of a step with `decision`: a receiver that fails undoes the step.
step_taken = Signal()
# Sent inside the transaction that queues a screening without a step, with `run_id`.
run_queued = Signal()
# A waiver is to be looked at again (waiver: the row). Sent by every sweep until it ends.
waiver_due = Signal()
# Somebody reminds whoever holds a case (urge: the row, with its people; case). Sent inside the transaction.
case_urged = Signal()
# Copies were sent by hand (copies: the rows; case; actor). Sent inside the transaction.
case_copied = Signal()
# A question to the applicant was asked, or answered (question: the row; case). Sent inside the transaction.
question_asked = Signal()
question_answered = Signal()
# An outside expert was invited, has answered or declined, or the invitation was revoked (invitation: the row, what:
# "sent", "answered", "declined" or "revoked"). Sent inside the transaction.
invitation_moved = Signal()
# A meeting puts projects on its agenda (items: the rows, with meeting and project). Sent inside the transaction.
meeting_called = Signal()
# Somebody else waits for the answer to a question from now on (question: the row; actor). Sent inside the transaction.
question_handed_over = Signal()
# A new calendar moved an open deadline (move: the DeadlineMove row; case). Sent inside the transaction of the import.
deadline_moved = Signal()
# A rung of the escalation ladder was reached (rung: the row; case; tellings: [(audience, people)], where the audience
# is "holder", "head" or "manager"). Sent inside the transaction that wrote the row.
rung_reached = Signal()
# People whose signature has become due, with `review`, `case`, `people` and the `decision` that led there (or None).
# Sent inside the transaction.
signature_due = Signal()
