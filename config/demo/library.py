"""The standards library at work: a draft edition with two changes, a superseded rule, a confirmed source."""

from datetime import date

from accounts.models import User
from standards import editing, editions
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.snapshots import fingerprint, item_values, standard_values

CODE = "2027"
NOTE = "密码应用要求扩展到二级系统；总投资200万元以上的建设项目须测算三年运维费用。"
LATER = {
    "number": "项目方案编写规范（云海2026）", "title": "云海市政务信息化项目方案编写规范（2026年修订）",
    "title_en": "Yunhai guideline for writing project plans (2026 revision)", "edition": "2026",
    "valid_from": date(2026, 9, 1), "issuer": "云海市政务服务和数据管理局",
    "issuer_en": "Yunhai Government Services and Data Administration", "source": "云海市政数函〔2026〕31号（演示）",
    "summary": "建设方案仍为九章；绩效目标须写明基期值和测算方法，新增三年运维费用测算表。",
    "summary_en": "Nine chapters; goals state base value and method; a table of three years of operation is new.",
}  # fmt: skip
ADDED = {
    "code": "DO-08", "kind": "standards", "position": 36, "severity": "major",
    "question": "是否测算建成后三年的运维费用，并写明资金渠道？",
    "question_en": "Are three years of operation estimated, and is their source of money named?",
    "evidence": "三年运维费用测算表", "evidence_en": "table of three years of operation",
    "applies": "总投资200万元以上的建设项目", "applies_en": "builds of 2 million CNY and more",
    "condition": "kind in ('new', 'upgrade') and total_budget >= 200", "source": "云海市政数函〔2026〕31号（演示）",
}  # fmt: skip


def keep_library() -> None:
    """Make it once; a second call changes nothing."""
    if ChecklistEdition.objects.filter(code=CODE).exists():
        return
    keeper = User.objects.get(username="standards")
    later = editing.save_standard(actor=keeper, standard=Standard(**LATER), reason="市局发布修订稿")
    earlier = Standard.objects.get(number="项目方案编写规范（2020）")
    editing.supersede(
        actor=keeper, standard=earlier, successor=later, last_day=date(2026, 8, 31),
        expected=fingerprint(standard_values(earlier)), reason="2026年修订稿施行",
    )  # fmt: skip
    cipher = Standard.objects.get(number="GB/T 22240-2020")
    editing.confirm(cipher, keeper, "国家标准全文公开系统题录（演示）")
    _draft(keeper, later)


def _draft(keeper: User, later: Standard) -> None:
    names = {"code": CODE, "name": "2027版（草案）", "name_en": "Edition 2027 (draft)", "note": NOTE}
    draft = editions.start_draft(actor=keeper, edition=ChecklistEdition(**names))
    item = draft.items.select_related("standard", "edition").get(code="SE-04")
    seen = fingerprint(item_values(item))
    item.condition = "mlps_level >= 2 or cii"
    item.applies = "等级保护二级及以上，或关键信息基础设施"
    item.applies_en = "MLPS level 2 and above, or critical infrastructure"
    further = list(item.related.all())
    editions.save_draft_item(
        actor=keeper, item=item, related=further, expected=seen, reason="省密码管理局建议扩展到二级系统"
    )  # fmt: skip
    added = ChecklistItem(edition=draft, standard=later, **ADDED)
    editions.save_draft_item(actor=keeper, item=added, related=(), reason="与修订后的编写规范一致")
