"""Which items a project meets: a table for thirteen kinds of project, written by hand, and what must always hold."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards import services
from standards.applicability import applies
from standards.facts import FACTS, FactType
from standards.kinds import ReviewKind
from standards.models import ChecklistItem

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)

EVERYONE = "PL-01 PL-02 PL-03 PL-07 RQ-01 RQ-07 RQ-08 RQ-11 SC-01 SE-01 SE-02 DA-04 PF-01 IN-01 IN-02 IN-04 DO-06"
BUILD = "RQ-02 RQ-03 RQ-04 RQ-06"
SOFTWARE = "RQ-09 DO-01 DO-02 DO-03 DO-04"
DATA = "SE-09 DA-01 DA-03 DA-05"

# Facts that differ from "nothing special", and the codes that come on top of EVERYONE.
TABLE = {
    "service with nothing special": ({"kind": "service"}, ""),
    "internal new build, level 2": (
        {"kind": "new", "mlps_level": 2, "software_dev": True, "handles_data": True, "procurement": True},
        f"PL-04 {BUILD} {SOFTWARE} SE-03 {DATA} PR-01",
    ),
    "public-facing level-3 mobile new build": (
        {
            **{"kind": "new", "mlps_level": 3, "public_facing": True, "internet_facing": True, "mobile": True},
            **{"personal_data": True, "software_dev": True, "handles_data": True, "shares_data": True},
            **{"uses_licences": True, "uses_seals": True, "uses_payment": True},
            **{"procurement": True, "supervision_required": True},
        },
        f"PL-04 {BUILD} {SOFTWARE} {DATA} SE-03 SE-04 SE-05 SE-06 SE-08 DA-02 PF-02 PF-03 PF-04 PF-05 IN-03 "
        "AC-01 AC-02 AC-03 DO-05 PR-01",
    ),
    "operation of a level-2 system": (
        {"kind": "om", "followup": True, "mlps_level": 2, "handles_data": True, "procurement": True},
        f"RQ-10 SE-03 {DATA} DO-07 PR-01",
    ),
    "large level-3 upgrade": (
        {
            **{"kind": "upgrade", "followup": True, "mlps_level": 3, "software_dev": True, "handles_data": True},
            **{"procurement": True, "supervision_required": True},
        },
        f"PL-08 {BUILD} {SOFTWARE} RQ-10 SE-03 SE-04 SE-05 {DATA} DO-05 PR-01",
    ),
    "public service bought on another cloud": (
        {
            **{"kind": "service", "mlps_level": 2, "public_facing": True, "internet_facing": True},
            **{"personal_data": True, "handles_data": True, "external_cloud": True, "procurement": True},
        },
        f"SE-03 SE-06 SE-08 {DATA} PF-04 IN-03 IN-05 AC-01 AC-02 AC-03 PR-01",
    ),
    "joint new build with several sources and findings": (
        {
            **{"kind": "new", "joint": True, "multi_source": True, "has_findings": True},
            **{"software_dev": True, "handles_data": True, "shares_data": True},
        },
        f"PL-04 PL-05 PL-06 {BUILD} RQ-05 {SOFTWARE} {DATA} DA-02",
    ),
    "new build that replaces a system": (
        {"kind": "new", "followup": True, "mlps_level": 1},
        f"PL-04 PL-08 {BUILD} RQ-10",
    ),
    "upgrade that changes a contract": (
        {"kind": "upgrade", "followup": True, "mlps_level": 2, "software_dev": True, "change": True},
        f"PL-08 {BUILD} {SOFTWARE} RQ-10 SE-03 PR-02",
    ),
    "operation of critical infrastructure": (
        {"kind": "om", "followup": True, "mlps_level": 4, "cii": True, "important_data": True, "handles_data": True},
        f"RQ-10 SE-03 SE-04 SE-05 SE-06 SE-07 {DATA} DO-07",
    ),
    "critical infrastructure below level 3": (
        {"kind": "service", "mlps_level": 2, "cii": True},
        "SE-03 SE-04 SE-05 SE-07",
    ),
    "hardware without software": (
        {"kind": "new", "procurement": True, "supervision_required": True},
        f"PL-04 {BUILD} DO-05 PR-01",
    ),
    "mini-program for staff": (
        {"kind": "service", "mobile": True, "internet_facing": True, "mlps_level": 1, "software_dev": True},
        f"{SOFTWARE} SE-08 PF-05 IN-03",
    ),
}


@pytest.fixture
def library():
    services.seed()


def _plain():
    flags = {name: False for name, fact in FACTS.items() if fact.type is FactType.FLAG}
    return {**flags, "kind": "new", "mlps_level": 0, "total_budget": 100, "cloud": True}


def _codes(facts):
    return {row.item.code for kind in ReviewKind for row in services.sheet(kind, facts, ON) if row.applies}


@pytest.mark.parametrize("name", TABLE)
def test_project_meets_exactly_the_expected_items(library, name):
    facts, codes = TABLE[name]
    assert _codes({**_plain(), **facts}) == {*EVERYONE.split(), *codes.split()}


def test_empty_form_meets_every_item(library):
    assert len(_codes({})) == 56


def test_sheet_lists_what_was_left_out_with_its_reason_in_checklist_order(library):
    with translation.override("zh-hans"):
        rows = services.sheet(ReviewKind.STANDARDS, {**_plain(), "mlps_level": 3, "public_facing": True}, ON)
    assert [row.item.position for row in rows] == list(range(1, 38))
    why = {row.item.code: (row.applies, row.because) for row in rows}
    assert why["SE-04"] == (True, "等级保护拟定三级")
    assert why["AC-01"] == (True, "面向公众")
    assert why["SE-07"] == (False, "不属于关键信息基础设施")
    assert why["SC-01"] == (True, "所有项目均适用")


def test_sheet_flags_what_is_judged_at_acceptance(library):
    rows = [row for kind in ReviewKind for row in services.sheet(kind, {}, ON)]
    flagged = {row.item.code: row.item.acceptance_severity for row in rows if row.at_acceptance}
    assert flagged == {
        **{"SE-03": "veto", "SE-05": "veto", "DO-06": "veto", "IN-03": "advisory"},
        **{"AC-01": "major", "AC-02": "major", "DO-01": "major", "DO-02": "major"},
    }


def test_sheet_takes_one_query(library, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [str(row.item.standard) for row in services.sheet(ReviewKind.STANDARDS, _plain(), ON)]


def _facts_strategy():
    flags = {name: st.booleans() for name, fact in FACTS.items() if fact.type is FactType.FLAG}
    kinds = st.sampled_from(["new", "upgrade", "om", "service"])
    return st.fixed_dictionaries({**flags, "kind": kinds, "mlps_level": st.integers(0, 4)})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(facts=_facts_strategy(), higher=st.integers(0, 4))
def test_raising_the_level_never_removes_an_item(conditions, facts, higher):
    raised = {**facts, "mlps_level": max(facts["mlps_level"], higher)}
    assert _meets(conditions, facts) <= _meets(conditions, raised)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(facts=_facts_strategy(), flag=st.sampled_from([n for n, fact in FACTS.items() if fact.type is FactType.FLAG]))
def test_admitting_a_fact_never_removes_an_item(conditions, facts, flag):
    assert _meets(conditions, {**facts, flag: False}) <= _meets(conditions, {**facts, flag: True})


@pytest.fixture
def conditions(library):
    return dict(ChecklistItem.objects.values_list("code", "condition"))


def _meets(conditions, facts):
    return {code for code, condition in conditions.items() if applies(condition, facts).applies}
