"""Two calls for needs of the demo city: one decided, one open; and the proposals that came of needs."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Department, User
from accounts.services import record_edit
from planning.models import Need, NeedCall, NeedGroup, Round
from planning.need_queries import BUILT, FACTS
from planning.services.needs import TABLE, plain
from projects.models import Project, TraceRow

# Code, year, name, first and last day of the window from today on. The older one feeds the round of the demo.
CALLS = (
    ("XQ2026", 2026, "2026年度政务信息化需求征集", "Call for needs 2026", -210, -150),
    ("XQ2027", 2027, "2027年度政务信息化需求征集", "Call for needs 2027", -20, 40),
)
GUIDE = (
    "征集的是需求，不是项目申报：每项需求填一张表，说明现状问题、期望实现的效果和对应的职责事项，不必提供方案和预算明细。\n"
    "市数据局汇总后归并、排序，逐项确定建设方式（统建、自建、升级既有、接入复用、购买服务、暂缓、不予支持）。"
)


def load_needs(current: Round) -> None:
    """The calls with their groups, needs and decisions, once. `current`: the round that the older call feeds."""
    if NeedCall.objects.exists():
        return
    today = timezone.localdate()
    calls = {
        code: NeedCall.objects.create(
            code=code, year=year, name=name, name_en=name_en, note=GUIDE, opens_on=today + timedelta(days=first),
            closes_on=today + timedelta(days=last), round=current if last < 0 else None,
        )
        for code, year, name, name_en, first, last in CALLS
    }  # fmt: skip
    writer = _Writer(calls)
    for row in rows():
        writer.write(row)


def link_needs(ref: str) -> None:
    """Give the draft of a proposal the needs that it came from, before it is filed."""
    project = Project.objects.get(ref=ref)
    codes = [code for code, row in zip(_codes(), rows(), strict=True) if row.get("project") == ref]
    needs = list(Need.objects.filter(code__in=codes) | Need.objects.filter(same_as__code__in=codes))
    if not needs or project.needs.exists():
        return
    needs.sort(key=lambda need: need.code)
    project.needs.set(needs)
    lines = list(project.trace_rows.filter(need=None))  # the demo's own lines, with capability and criterion
    for number, need in enumerate(needs):
        line = lines[number] if number < len(lines) else TraceRow(project=project, position=len(lines) + number)
        line.need, line.need_text, line.duty_item = need, need.title, need.duty_item
        line.save()


def rows() -> list[dict[str, Any]]:
    """The needs of the demo as data."""
    path = Path(settings.BASE_DIR) / "planning" / "data" / "yunhai" / "needs.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _codes() -> list[str]:
    """The numbers, in the order of the file: they count within the year of the call."""
    found, counts = [], dict.fromkeys((code for code, *_rest in CALLS), 0)
    for row in rows():
        counts[row["call"]] += 1
        found.append(f"N{row['call'][2:]}-{counts[row['call']]:03d}")
    return found


class _Writer:
    """Writes need after need; what is old is written as it stood, past the window that the services would check."""

    def __init__(self, calls: dict[str, NeedCall]) -> None:
        self.calls, self.numbers = calls, iter(_codes())
        self.units = {unit.code: unit for unit in Department.objects.all()}
        clerks = User.objects.filter(username__startswith="clerk_").select_related("department")
        self.clerks = {user.department_id: user for user in clerks}
        self.office = User.objects.get(username="requirements")
        self.groups: dict[tuple[str, str], NeedGroup] = {}

    def write(self, row: dict[str, Any]) -> None:
        """One need with what was decided on it."""
        unit, call = self.units[row["department"]], self.calls[row["call"]]
        clerk = self.clerks[unit.pk]
        filed = self._moment(call, 5) if row["status"] in {"filed", "decided"} else None
        facts = {
            name: row[name] for name in ("title", "problem", "wanted", "duty_item", "users", "data_needed", "urgency")
        }
        need = Need(
            code=next(self.numbers), call=call, department=unit, created_by=clerk, filed_at=filed, **facts,
            estimate=Decimal(row["estimate"]) if row["estimate"] else None, status=row["status"],
            contact_name=clerk.name, contact_phone=clerk.phone, position=row.get("position"),
            group=self._group(call, row.get("group", "")), same_as=self._need(row.get("same_as")),
            carried_from=self._need(row.get("carried_from")),
        )  # fmt: skip
        if row.get("mode"):
            self._decide(need, row)
        need.save()
        if need.mode:
            after = plain(need)
            before = {name: value for name, value in after.items() if name in (*FACTS, "group", "position")}
            before["status"] = Need.Status.FILED.value
            record_edit(
                table=TABLE, key=need.code, actor=self.office, before=before, after=after, reason=need.reason
            )  # fmt: skip

    def _decide(self, need: Need, row: dict[str, Any]) -> None:
        need.status, need.mode, need.reason = Need.Status.DECIDED, row["mode"], row["reason"]
        need.target_system = row.get("target", "")
        built = need.department if need.mode in BUILT else None
        need.lead = self.units[row["lead"]] if row.get("lead") else built
        need.decided_by = self.office
        need.decided_at = min(self._moment(need.call, 80), timezone.now() - timedelta(days=1))

    def _group(self, call: NeedCall, title: str) -> NeedGroup | None:
        if not title:
            return None
        key = (call.code, title)
        if key not in self.groups:
            position = sum(code == call.code for code, _title in self.groups) + 1
            self.groups[key] = NeedGroup.objects.create(call=call, title=title, position=position)
        return self.groups[key]

    def _need(self, code: str | None) -> Need | None:
        return Need.objects.get(code=code) if code else None

    def _moment(self, call: NeedCall, days: int) -> datetime:
        day = call.opens_on + timedelta(days=days)
        return timezone.make_aware(datetime.combine(day, datetime.min.time().replace(hour=10)))
