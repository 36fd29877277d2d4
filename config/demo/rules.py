"""A history of policy rows for the demo city: two past changes, one to come, and two that a document confirmed."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import EditRecord, User
from accounts.services import record_edit
from planning.models import PolicyRow
from planning.services import change_policy, confirm_policy

# key, the value that held before, how many days ago it was replaced by what holds today, document, reason
PAST: tuple[tuple[str, Any, int, str, str], ...] = (
    (
        "expert_quorum", {"T3": 5}, 240, "云海市政务信息化项目审定会议纪要〔2026〕3号",
        "二档以上项目金额较大，请专家把关。",
    ),
    (
        "reply_days", 5, 120, "云海市数据局局务会纪要〔2026〕12号",
        "单位普遍在三个工作日内答复，缩短等待。",
    ),
)  # fmt: skip
CONFIRMED = {
    "manager_authority": "《云海市政务信息化项目审批权限规定》（云数〔2026〕8号）第五条",
    "approval_validity_months": "《云海市政务信息化项目管理办法》（云府办〔2025〕31号）第十七条",
}


def keep_rules() -> None:
    """Write the history; nothing where a row was changed already."""
    manager = User.objects.get(username="manager")
    if PolicyRow.objects.filter(changed_by=manager).exclude(key="bands").exists():
        return
    for key, before, days, source, note in PAST:
        _past(key, before, days, source, note, manager)
    row = PolicyRow.objects.filter(key="limits").latest("valid_from")
    change_policy(
        key="limits", value={**row.value, "review": 4, "expert_review": 8},
        source="云海市数据局局务会纪要〔2026〕27号", note="三统一并联审查已提速，压减时限。",
        valid_from=timezone.localdate() + timedelta(days=30), actor=manager, expected=row.pk,
    )  # fmt: skip
    for key, source in CONFIRMED.items():
        row = PolicyRow.objects.filter(key=key).latest("valid_from")
        confirm_policy(pk=row.pk, source=source, seen=row.source, actor=manager)


def _past(key: str, before: Any, days: int, source: str, note: str, manager: User) -> None:
    """The service allows no change in the past, and rightly: a demonstration alone writes one."""
    row, began = PolicyRow.objects.get(key=key), timezone.localdate() - timedelta(days=days)
    new = PolicyRow.objects.create(
        key=key, value=row.value, source=source, note=note, valid_from=began, changed_by=manager
    )
    moment = timezone.make_aware(datetime.combine(began - timedelta(days=7), time(15, 20)))
    PolicyRow.objects.filter(pk=new.pk).update(changed_at=moment)
    said = {"value": before, "source": row.source, "valid_from": row.valid_from.isoformat()}
    after = {"value": new.value, "source": source, "valid_from": began.isoformat()}
    row.value, row.valid_until = before, began - timedelta(days=1)
    row.save(update_fields=["value", "valid_until"])
    record = record_edit(table="planning.PolicyRow", key=key, actor=manager, before=said, after=after, reason=note)
    EditRecord.objects.filter(pk=record.pk).update(at=moment)
