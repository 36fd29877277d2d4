"""The requirement table, the function list and the estimate of a version, as plain values for pages and files."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from planning.queries import policy_row
from projects.estimating import TYPES, Step, option_of
from projects.fact_tables import FactTable
from projects.models import FunctionItem, Project, Version
from projects.sections.ledger import Ledger, ledger_of, ledger_of_snapshot, words_of
from projects.sections.trace_snapshot import freeze_tracing

Snapshot = Mapping[str, Any]


def trace_of_version(version: Version) -> dict[str, Any]:
    """Everything that a page shows of a version; empty where the version carries nothing of it.

    The estimate is reckoned with the policy row of the day of submission: a later row does not touch it.
    """
    snapshot = version.snapshot
    if "trace" not in snapshot["needs"] and "functions" not in snapshot["budget"]:
        return {}
    row = policy_row("function_points", version.submitted_at.date())
    ledger = ledger_of_snapshot(snapshot, row.value)
    return {
        "lines": trace_lines(snapshot, ledger),
        "functions": function_lines(snapshot, ledger.row),
        "estimate": estimate_lines(ledger, row.source),
        "reason": snapshot["budget"].get("estimate_reason", ""),
    }


def trace_of_project(project: Project) -> dict[str, Any]:
    """The same of a proposal as it stands. project: with its parts (queries.load_parts)."""
    snapshot: dict[str, Any] = {"overview": {"kind": str(project.kind)}, "needs": {}, "budget": {}}
    freeze_tracing(snapshot, project)
    rows = project.capabilities.all()
    snapshot["solution"] = {"capabilities": [{"code": row.code, "text": row.text} for row in rows]}
    row, ledger = policy_row("function_points"), ledger_of(project)
    return {
        "lines": trace_lines(snapshot, ledger),
        "functions": function_lines(snapshot, ledger.row),
        "estimate": estimate_lines(ledger, row.source),
        "reason": project.estimate_reason,
    }


def tables_to_compare(version: Version) -> list[FactTable]:
    """The requirement table, the function list and the factors of a version, for the comparison of two versions."""
    return [table for table in (_trace_table(version), _function_table(version), _factor_table(version)) if table.rows]


def trace_lines(snapshot: Snapshot, ledger: Ledger) -> list[dict[str, Any]]:
    """need → duty → capability → function points and money → criterion; a capability's figures stand in its first
    line alone, so that a column adds up."""
    texts = {row["code"]: row["text"] for row in snapshot["solution"]["capabilities"]}
    shown: set[str] = set()
    found = []
    for number, row in enumerate(snapshot["needs"].get("trace", ()), start=1):
        code = row["capability"] or ""
        first = code not in shown
        shown.add(code)
        figures = {"points": ledger.points.get(code), "money": ledger.money.get(code)} if code and first else {}
        found.append({"number": number, **row, "capability_text": texts.get(code, ""), "again": not first, **figures})
    return found


def function_lines(snapshot: Snapshot, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The counted functions with the words of type and reuse, and the points of each."""
    types, reuse = dict(FunctionItem.Type.choices), {option["code"]: option for option in row["reuse"]}
    found = []
    for item in snapshot["budget"].get("functions", ()):
        degree = reuse.get(item["reuse"])
        coefficient = Decimal(str(degree["coefficient"])) if degree else Decimal(1)
        size = item["count"] * Decimal(str(row["weights"][item["type"]])) * coefficient
        words = {"type_label": types[item["type"]], "reuse_label": words_of(degree) if degree else ""}
        found.append({**item, **words, "points": size})
    return found


def estimate_lines(ledger: Ledger, source: str) -> dict[str, Any]:
    """The calculation line by line, and how far the asked money lies from it; empty where nothing is counted."""
    if ledger.result is None:
        return {}
    factors = {factor["code"]: factor for factor in ledger.row["factors"]}
    return {
        "steps": [_step(step, factors, ledger.row) for step in ledger.result.steps],
        "result": ledger.result,
        "asked": ledger.asked,
        "deviation": ledger.deviation,
        "deviates": ledger.deviates,
        "tolerance": Decimal(str(ledger.row["tolerance"])),
        "source": source,
        "from_memory": bool(ledger.row.get("from_memory")),
    }


def _trace_table(version: Version) -> FactTable:
    heads = (_("Need"), _("Statutory duty or service item"), _("Acceptance criterion"))
    rows = [
        (f"{row['capability'] or '–'} {row['text']}", row["duty"], row["criterion"])
        for row in version.snapshot["needs"].get("trace", ())
    ]
    return FactTable("trace", _("Requirement table"), heads, tuple(rows))


def _function_table(version: Version) -> FactTable:
    heads = (_("Function"), _("Count"), _("Degree of reuse"))
    rows = [
        (f"{item['capability'] or '–'} {item['type']} {item['name']}", str(item["count"]), item["reuse"])
        for item in version.snapshot["budget"].get("functions", ())
    ]
    return FactTable("functions", _("Function list"), heads, tuple(rows))


def _factor_table(version: Version) -> FactTable:
    budget, heads = version.snapshot["budget"], (_("Estimate"), _("Chosen"))
    row = policy_row("function_points", version.submitted_at.date()).value if "estimate_factors" in budget else {}
    chosen = budget.get("estimate_factors", {})
    rows = [
        (words_of(factor), words_of(option_of(factor, chosen[factor["code"]])))
        for factor in row.get("factors", ())
        if factor["code"] in chosen
    ]
    if reason := budget.get("estimate_reason"):
        rows.append((_("Why the amount deviates from the estimate"), reason))
    return FactTable("estimate", _("Estimate"), heads, tuple(rows))


def _step(step: Step, factors: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    if factor := factors.get(step.code):
        label = f"{words_of(factor)}{_(': ')}{words_of(option_of(factor, step.option))}"
        return {"label": label, "operand": f"× {step.operand}", "result": step.result, "unit": _("hours")}
    weights = _(", ").join(f"{name} × {row['weights'][name]}" for name in TYPES)
    said = {
        "size": (_("Unadjusted size: count × weight × reuse"), weights, _("function points")),
        "change": (_("Size at the proposal stage: change of scale"), f"× {step.operand}", _("function points")),
        "productivity": (
            _("Effort by productivity (%(source)s, %(year)s)")
            % {"source": row["productivity_source"], "year": row["productivity_year"]},
            f"× {step.operand}",
            _("hours"),
        ),
        "months": (_("Effort in person-months"), f"÷ {step.operand}", _("person-months")),
        "salary": (
            _("Rate of a person-month (%(city)s, %(source)s, %(year)s)")
            % {"city": row["rate_city"], "source": row["rate_source"], "year": row["rate_year"]},
            f"× {step.operand}",
            _("10,000 CNY"),
        ),
        "other": (_("Estimate with other direct cost"), f"× (1 + {step.operand})", _("10,000 CNY")),
    }
    label, operand, unit = said[step.code]
    return {"label": label, "operand": operand, "result": step.result, "unit": unit}
