"""What the proposals tell whoever carries out work in the background."""

from django.dispatch import Signal

# Sent after the commit of a question "what would change", with `trial_id`.
trial_requested = Signal()

# Sent in the transaction of a decision on a need, with `need` and `actor`; the notice is written with it.
need_decided = Signal()

# Sent when a person has been shown what the newest version says, with `project` and `user`.
version_shown = Signal()
