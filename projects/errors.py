"""Refusals of editing: the proposal is closed, or somebody else saved in between."""

from datetime import datetime

from django.utils.translation import gettext as _


class ProjectRefusal(Exception):
    """An edit was refused; nothing was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotEditable(ProjectRefusal):
    """The proposal is in a state in which its facts stand still."""

    def __init__(self, state: str, reason: str = "") -> None:
        super().__init__(reason or _("In the state “%(state)s” the proposal cannot be edited.") % {"state": state})
        self.state = state


class StaleEdit(ProjectRefusal):
    """The form was opened on an older revision: who saved since, and when."""

    def __init__(self, who: str, when: datetime | None, revision: int) -> None:
        super().__init__(
            _("%(who)s saved a newer version after you opened this page. Nothing of yours was written.") % {"who": who}
        )
        self.who = who
        self.when = when
        self.revision = revision


class DamagedDocument(ProjectRefusal):
    """The stored file is gone or is not what was uploaded."""
