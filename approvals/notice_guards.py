"""Facts about correction notices that must hold before a step of a case or of a review."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from approvals.notice_merging import Line, digest_of, merged
from approvals.notice_rules import SecondNotice
from approvals.standing import mandate_for
from approvals.waiver_guards import in_force

if TYPE_CHECKING:
    from approvals.models import Case, NoticeItem, Review

SHOWN = 3  # lines that a refusal names


def lines_to_send(case: "Case", collected: list[Line] | None = None) -> list[Line]:
    """The lines of the notice that is being sent: as edited on the preview, else what is collected and what is typed.

    collected: what was collected before the case moved; None: what there is now. Leave that the actor writes with a
    line counts where the actor is a manager.
    """
    entry = case.entry or {}
    typed = [_typed(case, line) for line in entry.get("items") or []]
    if "lines" not in entry:
        return merged([*(case.collectable_items() if collected is None else collected), *typed])
    return merged([*(_edited(case, line) for line in entry["lines"]), *typed])


def notice_is_new_or_uncured(case: "Case") -> str | None:
    """A second notice cites only what has changed since the first or was not cured, unless a manager gives leave."""
    if case.entry is None:
        return None
    refused = SecondNotice(case).refused(lines_to_send(case))
    if not refused:
        return None
    named = "; ".join((line.get("code") or line.get("problem", ""))[:40] for line in refused[:SHOWN])
    text = ngettext(
        "%(n)d line could have been in the last notice and nothing it rests on has changed: %(lines)s. "
        "A manager can give leave with a reason.",
        "%(n)d lines could have been in the last notice and nothing they rest on has changed: %(lines)s. "
        "A manager can give leave with a reason.",
        len(refused),
    )
    return text % {"n": len(refused), "lines": named + ("…" if len(refused) > SHOWN else "")}


def notice_was_looked_at(case: "Case") -> str | None:
    """What was shown is what is sent: nobody has added or changed a line since the preview."""
    seen = (case.entry or {}).get("considered")
    if seen is None or seen == digest_of(case.collectable_items()):
        return None
    return _("Somebody has added or changed a line since you looked at the notice. Look at it again.")


def its_lines_are_closed(review: "Review") -> str | None:
    """A review does not pass while a line that its kind raised is open or was found not cured (waived ones aside)."""
    left = open_lines(review)
    if not left:
        return None
    numbers = ", ".join(f"{item.notice.number}-{item.position}" for item in left)
    text = ngettext(
        "%(n)d line of a correction notice is not closed: %(numbers)s. Close it, or ask for correction again.",
        "%(n)d lines of correction notices are not closed: %(numbers)s. Close them, or ask for correction again.",
        len(left),
    )
    return text % {"n": len(left), "numbers": numbers}


def open_lines(review: "Review") -> list["NoticeItem"]:
    """Lines that reviews of this kind raised, that are answered and that nobody has closed or repeated."""
    waived, found = in_force(review.case), []
    for notice in review.case.notices.exclude(closed_at=None).prefetch_related("items__later", "items__reviews"):
        for item in notice.items.all():
            mine = any(row.kind == review.kind for row in item.reviews.all())
            if mine and item.is_pending and item.code not in waived:
                item.notice = notice
                found.append(item)
    return sorted(found, key=lambda item: (item.notice.number, item.position))


def _edited(case: "Case", line: Line) -> Line:
    """A line of the preview: what came from nobody else was typed by the actor."""
    is_own = not line.get("raised_by") and not line.get("origin")
    return _typed(case, line) if is_own else _with_leave(case, line)


def _typed(case: "Case", line: Line) -> Line:
    actor = case.actor
    who = {"raised_by": [actor.pk]} if actor is not None else {}
    return _with_leave(case, {**line, **who})


def _with_leave(case: "Case", line: Line) -> Line:
    reason, actor = str(line.get("leave") or "").strip(), case.actor
    kept = {name: value for name, value in line.items() if name != "leave"}
    if reason and actor is not None and mandate_for(case, actor, (Role.MANAGER,)):
        return {**kept, "allowed_by": actor.pk, "allowed_because": reason}
    return kept
