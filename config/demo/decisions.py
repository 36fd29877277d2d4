"""Decisions of the demo city's manager on findings, so that the quality page has something to say; a local synonym."""

from itertools import groupby

from accounts.models import User
from approvals.models import Case
from config.demo.walk import Walker
from portfolio.models import SynonymGroup
from portfolio.synonyms import add_group, problems_of, switch_group
from projects.models import Finding
from projects.states import Adjudication, Band, State

SAME = "功能与既有平台一致，调用接口即可，不单独建设。"
EXTEND = "在既有系统上扩展，由主管部门统一升级，本项目不另建。"
# Capability, what it meets, decision, opinion. What a screening did not find is passed over.
DECISIONS = (
    ("P05-07", "S117", Adjudication.NOT_DUPLICATE, "小店的独立式报警器与重点单位的水压监测，设备和场所都不同。"),
    ("P06-03", "S095", Adjudication.NOT_DUPLICATE, "镇街日常上门核验的派单，不是年度执法计划和执法检查记录。"),
    ("P06-07", "S095", Adjudication.CUT, "与事故统计直报重复，删除该项，数据从既有系统取用。"),
    ("P10-01", "S017", Adjudication.REUSE, SAME),
    ("P15-03", "S018", Adjudication.NOT_DUPLICATE, "追缴停车欠费与受理信用修复是两件事，业务对象、办理环节都不同。"),
    ("P15-04", "S009", Adjudication.REUSE, SAME),
    ("P15-05", "S009", Adjudication.REUSE, SAME),
    ("P15-07", "S006", Adjudication.CUT, "底图由公共地理信息服务平台提供，自采底图一项核减。"),
    ("P15-09", "S004", Adjudication.REUSE, SAME),
    ("P17-04", "S050", Adjudication.UPGRADE, EXTEND),
    ("P17-05", "S050", Adjudication.UPGRADE, EXTEND),
    ("P17-06", "S050", Adjudication.UPGRADE, EXTEND),
    ("P20-06", "S005", Adjudication.NOT_DUPLICATE, "一个管会议室和茶水保障，一个管会议通知和签到，仅“会议”二字相同。"),
    ("P20-08", "S015", Adjudication.NOT_DUPLICATE, "大院来访通行与政务大厅取号的对象、场所不同，仅“预约”二字相同。"),
    ("P20-10", "S005", Adjudication.REUSE, SAME),
)  # fmt: skip
GROUP = ("object", ("九小场所", "沿街小店", "小场所"), "市消防安全委员会办公室《九小场所消防安全整治方案》（2026年）")


def decide() -> None:
    """Let the unit answer and the manager decide, one finding after the other, through the door."""
    walker = Walker()
    for ref, lines in groupby(DECISIONS, key=lambda line: line[0].partition("-")[0]):
        for capability, target, decision, opinion in lines:
            case = Case.objects.select_related("department").filter(ref=ref, state=State.ADJUDICATION).first()
            if case is not None:
                _decide(walker, case, capability, target, decision, opinion)


def _decide(walker: Walker, case: Case, capability: str, target: str, decision: str, opinion: str) -> None:
    found = Finding.objects.filter(project_id=case.pk, is_current=True, decision="", band__in=[Band.RED, Band.AMBER])
    for finding in found.filter(capability_code=capability, system__code=target).exclude(relation="related"):
        walker.reply(case, [finding])
        entry = {"findings": [finding.pk], "decision": decision}
        walker.take(case, "adjudicate", walker.people["manager"], opinion, **entry)
        case = Case.objects.select_related("department").get(pk=case.pk)
        if case.state != State.ADJUDICATION:
            return


def add_synonyms() -> None:
    """One group of words of the city, unless the shipped table has come to know them."""
    manager = User.objects.get(username="manager")
    kind, words, source = GROUP
    if not SynonymGroup.objects.exists() and not problems_of(kind, words, source):
        group = add_group(actor=manager, kind=kind, members=words, source=source)
        switch_group(actor=manager, group_id=group.pk, on=True)
