"""Twelve kinds of project and the exact codes each must be asked, written by hand from the domain reference (§5)."""

from datetime import date

import pytest

from standards import services
from standards.facts import FACTS, FactType
from standards.kinds import ReviewKind

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)

# kind of project: (facts, codes of planning, of requirements, of standards). Flags not named are false.
KINDS = {
    "public-facing level-3 mobile new build with personal data": (
        {
            **{"kind": "new", "mlps_level": 3, "total_budget": 480, "public_facing": True, "internet_facing": True},
            **{"mobile": True, "personal_data": True, "software_dev": True, "handles_data": True, "shares_data": True},
            **{"procurement": True, "supervision_required": True, "cloud": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-04 SE-05 SE-06 SE-08 SE-09 DA-01 DA-02 DA-03 DA-04 DA-05 PF-01 PF-04 PF-05 "
        "IN-01 IN-02 IN-03 IN-04 AC-01 AC-02 AC-03 DO-01 DO-02 DO-03 DO-04 DO-05 DO-06 PR-01",
    ),
    "internal level-2 new build": (
        {
            **{"kind": "new", "mlps_level": 2, "total_budget": 90, "software_dev": True, "handles_data": True},
            **{"procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-06 PR-01",
    ),
    "operation of a level-3 system": (
        {
            **{"kind": "om", "mlps_level": 3, "total_budget": 60, "followup": True, "handles_data": True},
            **{"procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-07",
        "RQ-01 RQ-07 RQ-08 RQ-10 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-04 SE-05 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 DO-06 DO-07 PR-01",
    ),
    "service purchase for internal use": (
        {"kind": "service", "mlps_level": 2, "total_budget": 40, "handles_data": True, "procurement": True},
        "PL-01 PL-02 PL-03 PL-07",
        "RQ-01 RQ-07 RQ-08 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 DO-06 PR-01",
    ),
    "upgrade below 200,000 CNY": (
        {
            **{"kind": "upgrade", "mlps_level": 2, "total_budget": 15, "followup": True, "software_dev": True},
            **{"handles_data": True, "procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-07 PL-08",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-10 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-06 PR-01",
    ),
    "joint new build paid from several sources": (
        {
            **{"kind": "new", "mlps_level": 2, "total_budget": 600, "joint": True, "multi_source": True},
            **{"software_dev": True, "handles_data": True, "shares_data": True, "procurement": True},
            **{"supervision_required": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-05 PL-06 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-09 DA-01 DA-02 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-05 DO-06 PR-01",
    ),
    "public service bought on another cloud": (
        {
            **{"kind": "service", "mlps_level": 2, "total_budget": 80, "public_facing": True, "internet_facing": True},
            **{"personal_data": True, "handles_data": True, "cloud": True, "external_cloud": True, "procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-07",
        "RQ-01 RQ-07 RQ-08 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-06 SE-08 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 PF-04 IN-01 IN-02 IN-03 IN-04 IN-05 "
        "AC-01 AC-02 AC-03 DO-06 PR-01",
    ),
    "critical infrastructure with important data": (
        {
            **{"kind": "new", "mlps_level": 4, "total_budget": 900, "cii": True, "important_data": True},
            **{"software_dev": True, "handles_data": True, "procurement": True, "supervision_required": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-04 SE-05 SE-06 SE-07 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-05 DO-06 PR-01",
    ),
    "counter system that takes payments and issues licences": (
        {
            **{"kind": "new", "mlps_level": 2, "total_budget": 120, "uses_payment": True, "uses_licences": True},
            **{"uses_seals": True, "personal_data": True, "software_dev": True, "handles_data": True},
            **{"procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-09 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-06 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 PF-02 PF-03 PF-04 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-06 PR-01",
    ),
    "equipment without software or data": (
        {
            **{"kind": "new", "mlps_level": 0, "total_budget": 300, "procurement": True},
            **{"supervision_required": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-06 RQ-07 RQ-08 RQ-11",
        "SC-01 SE-01 SE-02 DA-04 PF-01 IN-01 IN-02 IN-04 DO-05 DO-06 PR-01",
    ),
    "supplement to an operation contract": (
        {
            **{"kind": "om", "mlps_level": 2, "total_budget": 8, "followup": True, "handles_data": True},
            **{"change": True},
        },
        "PL-01 PL-02 PL-03 PL-07",
        "RQ-01 RQ-07 RQ-08 RQ-10 RQ-11",
        "SC-01 SE-01 SE-02 SE-03 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 IN-01 IN-02 IN-04 DO-06 DO-07 PR-02",
    ),
    "internal map system that replaces another and met findings": (
        {
            **{"kind": "new", "mlps_level": 1, "total_budget": 150, "followup": True, "has_findings": True},
            **{"common_functions": True, "software_dev": True, "handles_data": True, "procurement": True},
        },
        "PL-01 PL-02 PL-03 PL-04 PL-07 PL-08",
        "RQ-01 RQ-02 RQ-03 RQ-04 RQ-05 RQ-06 RQ-07 RQ-08 RQ-09 RQ-10 RQ-11",
        "SC-01 SE-01 SE-02 SE-09 DA-01 DA-03 DA-04 DA-05 PF-01 PF-04 IN-01 IN-02 IN-04 "
        "DO-01 DO-02 DO-03 DO-04 DO-06 PR-01",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_project_is_asked_exactly_these_items(name):
    services.seed()
    stated, *expected = KINDS[name]
    flags = {fact.name: False for fact in FACTS.values() if fact.type is FactType.FLAG}
    asked = [_codes(kind, {**flags, **stated}) for kind in ReviewKind]
    assert asked == [codes.split() for codes in expected]


def _codes(kind, facts):
    return [row.item.code for row in services.sheet(kind, facts, ON) if row.applies]


def test_every_item_is_asked_of_at_least_one_of_the_twelve():
    services.seed()
    asked = {code for _facts, *groups in KINDS.values() for codes in groups for code in codes.split()}
    everything = {row.item.code for kind in ReviewKind for row in services.sheet(kind, {}, ON)}
    assert len(KINDS) == 12
    assert asked == everything
