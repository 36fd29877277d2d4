"""Gaps of the requirement table by name: cost with no need, need with no test, capability with no money, and so on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from projects.sections.gap import Gap
from projects.sections.ledger import Ledger, ledger_of, money_of

if TYPE_CHECKING:
    from projects.models import Project, ProposedCapability, TraceRow

NEEDS, BUDGET, RESOURCES = "needs", "budget", "resources"
# On which of the two tables a gap is closed; the others are closed in their section.
TABLES = {
    **dict.fromkeys(("cost_no_need", "capability_no_need", "need_no_test", "need_no_duty"), "trace"),
    **dict.fromkeys(("row_no_capability", "row_no_need", "pool_need_missing"), "trace"),
    **dict.fromkeys(("capability_no_points", "function_no_capability", "deviation"), "functions"),
}


@dataclass(frozen=True, slots=True)
class TraceGap:
    """One gap with its name and the row that it is about. blocks: it stands in the way of submission."""

    kind: str
    subject: str
    message: str
    section: str
    blocks: bool = False

    def as_gap(self) -> Gap:
        """The same as the meter takes it."""
        return Gap(self.section, self.kind, self.message)


def trace_gaps(project: "Project") -> list[TraceGap]:
    """Every gap between needs, duties, capabilities, functions, money and tests (peers N14), by capability and row.

    project: with capabilities, budget_lines, trace_rows, functions, needs and data_requests prefetched where it
    matters. Raises PolicyMissing.
    """
    ledger = ledger_of(project)
    rows = list(project.trace_rows.all())
    found: list[TraceGap] = []
    for capability in project.capabilities.all():
        own = [row for row in rows if row.capability_id == capability.pk]
        found += [*_traced(capability, own, ledger.money), *_measured(capability, ledger)]
    return [*found, *_loose(project, rows), *_deviation(project, ledger), *_collected(project)]


def tracing_gaps(project: "Project") -> list[Gap]:
    """Those that stand in the way of submission."""
    return [gap.as_gap() for gap in trace_gaps(project) if gap.blocks]


def tracing_advice(project: "Project") -> list[Gap]:
    """Those that should be looked at; data that could be shared are a condition of their own."""
    return [gap.as_gap() for gap in trace_gaps(project) if not gap.blocks and gap.section != RESOURCES]


def needs_traced(project: "Project") -> Iterator[Gap]:
    """Each capability has a line with need, duty and test (checklist items RQ-01 and RQ-03)."""
    rows, money = list(project.trace_rows.all()), money_of(project)
    for capability in project.capabilities.all():
        own = [row for row in rows if row.capability_id == capability.pk]
        yield from (gap.as_gap() for gap in _traced(capability, own, money) if gap.blocks)


def estimate_stands(project: "Project") -> Iterator[Gap]:
    """The functions are counted from an amount on, and a large deviation is explained (checklist item RQ-09)."""
    ledger = ledger_of(project)
    found = [gap for capability in project.capabilities.all() for gap in _measured(capability, ledger)]
    yield from (gap.as_gap() for gap in (*found, *_deviation(project, ledger)) if gap.blocks)


def _traced(
    capability: "ProposedCapability", rows: list["TraceRow"], money: Mapping[str, Decimal]
) -> Iterator[TraceGap]:
    """Need, duty and test of one capability: one complete row is enough, a half one is named."""
    about = {"code": capability.code, "text": _short(capability.text), "money": money.get(capability.code)}
    needing = [row for row in rows if row.need_text]
    if not needing:
        costly = _(
            "Cost with no need: capability %(code)s “%(text)s” costs %(money)s × 10,000 CNY and answers no need."
        )
        free = _("No need: capability %(code)s “%(text)s” stands in no line of the requirement table.")
        kind, message = ("cost_no_need", costly) if about["money"] else ("capability_no_need", free)
        yield TraceGap(kind, capability.code, message % about, NEEDS, blocks=True)
    is_traced = any(row.duty_item and row.criterion for row in needing)
    for row in needing:
        yield from _half(row, capability.code, blocks=not is_traced)


def _half(row: "TraceRow", code: str, *, blocks: bool) -> Iterator[TraceGap]:
    about = {"text": _short(row.need_text), "code": code}
    if not row.criterion:
        message = _("Need with no test: “%(text)s” (capability %(code)s) has no acceptance criterion.")
        yield TraceGap("need_no_test", code, message % about, NEEDS, blocks=blocks)
    if not row.duty_item:
        message = _("No duty: “%(text)s” (capability %(code)s) names no statutory duty or service item.")
        yield TraceGap("need_no_duty", code, message % about, NEEDS, blocks=blocks)


def _measured(capability: "ProposedCapability", ledger: Ledger) -> Iterator[TraceGap]:
    """Money and function points of one capability."""
    about = {"code": capability.code, "text": _short(capability.text)}
    if not ledger.money.get(capability.code):
        message = _("Capability with no money: no budget line is mapped to %(code)s “%(text)s”.")
        yield TraceGap("capability_no_money", capability.code, message % about, BUDGET)
    if ledger.is_build and ledger.software.get(capability.code) and capability.code not in ledger.points:
        message = _("Capability with no function points: nothing is counted for %(code)s “%(text)s”.")
        yield TraceGap("capability_no_points", capability.code, message % about, BUDGET, blocks=ledger.must_count)


def _loose(project: "Project", rows: list["TraceRow"]) -> Iterator[TraceGap]:
    """Rows that lead nowhere, needs of the pool that no row takes up, functions of no capability."""
    for row in rows:
        about = {"number": row.position, "text": _short(row.need_text or row.criterion or row.duty_item)}
        if row.capability_id is None:
            message = _("Need with no capability: line %(number)s “%(text)s” names none.")
            yield TraceGap("row_no_capability", str(row.position), message % about, NEEDS)
        elif not row.need_text:
            message = _("Line with no need: line %(number)s “%(text)s” says no need.")
            yield TraceGap("row_no_need", str(row.position), message % about, NEEDS)
    taken = {row.need_id for row in rows}
    for need in project.needs.all():
        if need.pk not in taken:
            message = _("Need of the pool not taken up: %(code)s “%(text)s” stands in no line.")
            about = {"code": need.code, "text": _short(need.title)}
            yield TraceGap("pool_need_missing", need.code, message % about, NEEDS)
    for item in project.functions.all():
        if item.capability_id is None:
            message = _("Function of no capability: “%(text)s”.") % {"text": _short(item.name)}
            yield TraceGap("function_no_capability", str(item.position), message, BUDGET)


def _deviation(project: "Project", ledger: Ledger) -> Iterator[TraceGap]:
    if not ledger.deviates or ledger.deviation is None or ledger.result is None or project.estimate_reason.strip():
        return
    high = _("The software money asked for, %(asked)s, lies %(share)s %% above the estimate of %(cost)s × 10,000 CNY.")
    low = _("The software money asked for, %(asked)s, lies %(share)s %% below the estimate of %(cost)s × 10,000 CNY.")
    about = {
        "asked": f"{ledger.asked:.2f}",
        "cost": f"{ledger.result.cost:.2f}",
        "share": f"{abs(ledger.deviation) * 100:.1f}",
    }
    message = (high if ledger.deviation > 0 else low) % about + " " + _("Explain why.")
    yield TraceGap("deviation", "estimate", message, BUDGET, blocks=True)


def _collected(project: "Project") -> Iterator[TraceGap]:
    """Data that another unit has and that are collected anew or fetched past the platform, with no reason given.

    What can be shared must not be collected again: 政务数据共享条例, checklist item RQ-08.
    """
    for request in project.data_requests.all():
        if request.channel == request.Channel.SHARED or not request.provider or request.reason.strip():
            continue
        message = _("Data that could be shared: %(provider)s has “%(text)s”; say why they are not requested from it.")
        about = {"provider": request.provider, "text": _short(request.name)}
        yield TraceGap("data_could_be_shared", request.name, message % about, RESOURCES)


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
