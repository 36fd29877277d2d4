"""How good the findings are, as managers judged them: precision with its uncertainty, drift, false positives."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy as permissions
from accounts.models import User
from approvals.adjudication_board import open_findings
from duplicates import Thresholds
from planning.queries import history
from projects.labels import CONFIRMED
from projects.models import Finding, ScreeningRun
from projects.screening_input import limits
from projects.states import Adjudication, Band, ReasonCode, Relation

MOST = 8  # reasons and targets listed
Z = 1.959963984540054  # 97.5 % quantile of the normal distribution
FACTS = (
    *("pk", "project_id", "run_id", "capability_code", "matched_code", "band", "relation", "decision", "decided_at"),
    *("reason_code", "reason", "system__code", "system__name", "other_project__ref", "other_project__title"),
    *("rule__code", "rule__title"),
)
Row = dict[str, Any]


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Stays inside 0–1 and is honest about small numbers: 3 of 3 is 44–100 %. Nothing counted: 0–1.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209–212.
    """
    if not count:
        return 0.0, 1.0
    share, square = hits / count, Z * Z
    middle = share + square / (2 * count)
    reach = Z * sqrt(share * (1 - share) / count + square / (4 * count * count))
    whole = 1 + square / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


@dataclass(slots=True)
class Tally:
    """The judgements of one kind, counted. Exceptions are duplicates that were let pass."""

    label: str
    confirmed: int = 0
    excepted: int = 0
    dismissed: int = 0
    waiting: int = 0
    url: str = ""

    def add(self, decision: str) -> None:
        """One more judgement."""
        if decision in CONFIRMED:
            self.confirmed += 1
        elif decision == Adjudication.EXCEPTION:
            self.excepted += 1
        else:
            self.dismissed += 1

    @property
    def judged(self) -> int:
        """How many were decided."""
        return self.confirmed + self.excepted + self.dismissed

    @property
    def hits(self) -> int:
        """How many were duplicates, stopped or let pass."""
        return self.confirmed + self.excepted

    @property
    def precision(self) -> float | None:
        """Share of the judged that were duplicates; None when nothing was judged."""
        return self.hits / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the precision."""
        return wilson(self.hits, self.judged)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """For components/_bar.html."""
        return [
            {"value": self.confirmed, "kind": "full"},
            {"value": self.excepted, "kind": "part"},
            {"value": self.dismissed, "kind": "red"},
        ]

    @property
    def marks(self) -> list[float]:
        """The interval on the scale of the bar."""
        return [bound * self.judged for bound in self.interval] if self.judged else []


def quality(user: User) -> dict[str, Any]:
    """Everything the quality page shows, in four queries. Raises PermissionDenied."""
    permissions.require(user, "duplicates.quality")
    rows, waiting = _judgements(), _waiting()
    bands, relations = dict(Band.choices), dict(Relation.choices)
    tables = {
        "bands": _table(rows, lambda row: row["band"], bands, [(band, count) for band, _relation, count in waiting]),
        "relations": _table(rows, lambda row: row["relation"], relations, [(item, n) for _band, item, n in waiting]),
        "months": _table(rows, lambda row: timezone.localtime(row["decided_at"]).strftime("%Y-%m")),
        "engines": _table(rows, lambda row: _engine(row["record"])),
    }
    return {
        "whole": _whole(rows, sum(count for _band, _relation, count in waiting)),
        "tables": tables,
        "drift": _drift(rows),
        "reasons": _reasons(rows),
        "targets": _targets(rows),
    }


def _judgements() -> list[Row]:
    """Every decision on a finding once: a re-screening copies it, and the copy says nothing new. Two queries."""
    found = Finding.objects.exclude(decision="").filter(decided_at__isnull=False).order_by("pk").values(*FACTS)
    runs = Finding.objects.exclude(decision="").values("run")
    records = dict(ScreeningRun.objects.filter(pk__in=runs).values_list("pk", "record"))
    once: dict[tuple, Row] = {}
    for row in found:
        target = row["system__code"], row["other_project__ref"], row["rule__code"]
        key = row["project_id"], row["capability_code"], row["matched_code"], *target, row["decided_at"]
        once.setdefault(key, row | {"record": records.get(row["run_id"], {})})
    return list(once.values())


def _waiting() -> list[tuple[str, str, int]]:
    """Band, relation and number of the open findings on which nobody has said anything. One query."""
    found = open_findings().filter(decision="").order_by().values_list("band", "relation").annotate(n=Count("pk"))
    return [(band, relation, count) for band, relation, count in found]


def _whole(rows: Iterable[Row], waiting: int) -> Tally:
    tally = Tally(_("All"), waiting=waiting)
    for row in rows:
        tally.add(row["decision"])
    return tally


def _table(
    rows: Iterable[Row],
    key_of: Callable[[Row], str],
    labels: dict[str, Any] | None = None,
    waiting: Iterable[tuple[str, int]] = (),
) -> list[Tally]:
    """One line for each value, in the order of the labels or of the values themselves."""
    found: dict[str, Tally] = {}
    for row in rows:
        key = key_of(row)
        found.setdefault(key, Tally(str((labels or {}).get(key, key)))).add(row["decision"])
    for key, count in waiting:
        found.setdefault(key, Tally(str((labels or {}).get(key, key)))).waiting += count
    order = list(labels) if labels else sorted(found)
    return [found[key] for key in order if key in found]


def _engine(record: Row) -> str:
    """Which engine and encoder a run was made with, in words."""
    if not record.get("engine"):
        return _("not recorded")
    if record.get("degraded"):
        channel = _("words only, the encoder had failed")
    else:
        channel = _("words only") if record.get("encoder") == "lexical" else record.get("encoder", "")
    return f"{record['engine']} · {channel}"


# --- drift ----------------------------------------------------------------------------------------------------------


def _drift(rows: Iterable[Row]) -> dict[str, Any]:
    """Judgements on runs made with the thresholds in force, beside those on runs made with others. One query.

    By what each run says it was made with, not by its date: a change does not reach back.
    """
    present, past = limits(), history("bands")
    before, after = Tally(_("with other thresholds")), Tally(_("with those in force"))
    for row in rows:
        (after if _limits_of(row["record"]) == present else before).add(row["decision"])
    apart = after.interval[0] > before.interval[1] or after.interval[1] < before.interval[0]
    today = timezone.localdate()
    return {
        "rows": [after, before],
        "history": past,
        "in_force": next((row for row in past if row.valid_from <= today), None),
        "enough": bool(before.judged and after.judged),
        "apart": apart,
    }


def _limits_of(record: Row) -> Thresholds | None:
    said = record.get("thresholds")
    try:
        return Thresholds(**{name: float(value) for name, value in said.items()}) if said else None
    except TypeError:  # a later engine's record has limits that this one does not know
        return None


# --- false positives ------------------------------------------------------------------------------------------------


def _reasons(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Why findings were dismissed, the most frequent first: the reason code, or the opinion where none was given."""
    labels = dict(ReasonCode.choices)
    said = [row for row in rows if row["decision"] == Adjudication.NOT_DUPLICATE]
    counted = Counter(str(labels.get(row["reason_code"]) or row["reason"].strip()[:120] or "–") for row in said)
    listed = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return [
        {"label": label, "count": count, "of": len(said), "parts": [{"value": count, "kind": "red"}]}
        for label, count in listed
    ]


def _targets(rows: Iterable[Row]) -> list[Tally]:
    """What was met by mistake most often: systems, projects and rules, with all that was judged on them."""
    found: dict[str, Tally] = {}
    for row in rows:
        code = row["system__code"] or row["other_project__ref"] or row["rule__code"] or ""
        name = row["system__name"] or row["other_project__title"] or row["rule__title"] or ""
        found.setdefault(code, Tally(f"{code} {name}", url=row["system__code"] or "")).add(row["decision"])
    wrong = [(code, tally) for code, tally in found.items() if tally.dismissed]
    return [tally for _code, tally in sorted(wrong, key=lambda item: (-item[1].dismissed, item[0]))[:MOST]]
