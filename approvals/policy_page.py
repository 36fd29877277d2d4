"""What the pages of policy rows show: values in words, by topic, and the history with what changed each time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.sources import standing
from planning import queries as planning
from planning.models import PolicyRow
from planning.policy_rows import STARTING_ROWS
from planning.policy_schema import TOPICS, Rule, rule_of
from planning.policy_values import compare, lines

SHORT = 7  # so many fields of a value are shown in the list; the rest on its own page


@dataclass(frozen=True, slots=True)
class Shown:
    """One policy row for reading."""

    row: PolicyRow
    rule: Rule
    lines: list[tuple[str, str]]
    to_come: PolicyRow | None = None

    @property
    def few(self) -> list[tuple[str, str]]:
        """The first lines of the value."""
        return self.lines[:SHORT]

    @property
    def more(self) -> int:
        """How many lines are left out of `few`."""
        return max(0, len(self.lines) - SHORT)

    @property
    def standing(self) -> str:
        """document, memory or proposed."""
        return standing(self.row.source)


def by_topic() -> list[dict[str, Any]]:
    """Every row in force in its topic, with what is to come; two queries."""
    now, later = planning.rows_now(), planning.rows_to_come()
    groups: dict[str, list[Shown]] = {topic: [] for topic in TOPICS}
    for key in STARTING_ROWS:
        if key in now:
            rule = rule_of(key)
            groups[rule.topic].append(Shown(now[key], rule, lines(key, now[key].value), later.get(key)))
    return [{"topic": topic, "label": TOPICS[topic], "rows": rows} for topic, rows in groups.items() if rows]


def newest(key: str) -> PolicyRow:
    """The last row of a key, be it in force or to come. Raises Http404 for a key that the product does not read."""
    row = next(iter(planning.history(key)), None) if key in STARTING_ROWS else None
    if row is None:
        raise Http404(key)
    return row


def page(key: str) -> dict[str, Any]:
    """The value in force, and every row with what it changed."""
    newest(key)
    rows, today = planning.history(key), timezone.localdate()
    now = next((row for row in rows if _holds(row, today)), rows[-1])
    shown = Shown(now, rule_of(key), lines(key, now.value), next((row for row in rows if row.valid_from > today), None))
    return {"shown": shown, "rows": [_entry(key, row, rows, today) for row in rows], "key": key, "url": url_of(key)}


def _holds(row: PolicyRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)


def _entry(key: str, row: PolicyRow, rows: list[PolicyRow], today: date) -> dict[str, Any]:
    before = rows[rows.index(row) + 1] if rows.index(row) + 1 < len(rows) else None
    return {
        "row": row,
        "changes": compare(key, before.value, row.value) if before else [],
        "is_first": before is None,
        "in_force": _holds(row, today),
        "to_come": row.valid_from > today,
        "may_cancel": row.valid_from > today and row == rows[0] and len(rows) > 1,
    }


def url_of(key: str) -> str:
    """Where a key is changed: thresholds have a page of their own, after a trial."""
    return reverse("approvals:thresholds") if key == "bands" else reverse("policies:change_policy", args=[key])
