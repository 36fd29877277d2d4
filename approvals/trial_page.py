"""What the page of a trial shows: what would change, with names in place of codes."""

from collections import Counter
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project, Trial
from projects.states import Band, Relation
from projects.trials import thresholds_of

SEVERITY = ("red", "amber", "green", "insufficient")
LIMITS = ("red", "amber", "mapped", "finding", "untagged", "related")


def answer(trial: Trial) -> dict[str, Any]:
    """The result of a trial that is done: proposals whose band or findings change, totals, differences. One query."""
    result = trial.result
    refs = [row["proposal"] for row in result["proposals"]]
    named = {item.ref: item for item in Project.objects.filter(ref__in=refs).select_related("department", "round")}
    rows = [_proposal(row, named.get(row["proposal"])) for row in result["proposals"]]
    return {
        "rows": [row for row in rows if row["changes"] or row["moves"]],
        "count": len(rows),
        "moved": sum(row["moves"] for row in rows),
        "crossing": _crossing(rows),
        "stake_before": sum((row["stake_before"] for row in rows), Decimal(0)),
        "stake_after": sum((row["stake_after"] for row in rows), Decimal(0)),
        "difference": sum((row["difference"] for row in rows), Decimal(0)),
        "kinds": result["kinds"],
        "findings": result["findings"],
        "changes": [_change(row) for row in result["changes"]],
        "hidden": sum(result["kinds"].values()) - len(result["changes"]),
        "rounds": sorted({item.round.label for item in named.values()}),
    }


def _proposal(row: dict[str, Any], project: Project | None) -> dict[str, Any]:
    before, after = Decimal(row["stake_before"]), Decimal(row["stake_after"])
    return {
        "ref": row["proposal"],
        "project": project,
        "before": _band(row["before"]),
        "after": _band(row["after"]),
        "moves": row["before"] != row["after"],
        "changes": row["changes"],
        "stake_before": before,
        "stake_after": after,
        "difference": after - before,
    }


def _crossing(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Old band × new band: how many proposals go from where to where."""
    counted = Counter((row["before"]["band"], row["after"]["band"]) for row in rows)
    used = [band for band in SEVERITY if any(band in pair for pair in counted)]
    lines = [
        {**_band(old), "cells": [{"count": counted[old, new], "same": old == new} for new in used]} for old in used
    ]
    return {"columns": [_band(band) for band in used], "rows": lines}


def _band(band: str) -> dict[str, Any]:
    return {"band": band, "label": str(dict(Band.choices).get(band, band))}


def _change(row: dict[str, Any]) -> dict[str, Any]:
    kinds = {"appears": _("appears"), "disappears": _("disappears"), "changes": _("changes")}
    sides = {side: row[side] and {**row[side], **_said(row[side])} for side in ("before", "after")}
    return {**row, **sides, "label": kinds[row["kind"]], "money": Decimal(row["money"])}


def _said(side: dict[str, Any]) -> dict[str, Any]:
    return {**_band(side["band"]), "relation_label": str(dict(Relation.choices).get(side["relation"], ""))}


def asked(trial: Trial) -> list[dict[str, Any]]:
    """What was tried, beside what holds: each limit that differs."""
    labels = {
        "red": _("Red from"),
        "amber": _("Amber from"),
        "mapped": _("Sufficient data from"),
        "finding": _("The same function from"),
        "untagged": _("The same, without tags"),
        "related": _("Similar from"),
    }
    before, after = (asdict(thresholds_of(side["thresholds"])) for side in (trial.before, trial.after))
    names = [name for name in LIMITS if before[name] != after[name]]
    return [{"label": labels[name], "before": before[name], "after": after[name]} for name in names]
