"""Refusals around needs; nothing was written."""

from django.utils.translation import gettext as _


class NeedRefused(Exception):
    """What was asked for is not possible now; `reason` is written for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NeedStale(NeedRefused):
    """Somebody saved after the form was opened."""

    def __init__(self, who: str = "") -> None:
        text = _("%(who)s saved a newer version after you opened this page. Nothing of yours was written.")
        super().__init__(text % {"who": who or _("Somebody")})
