"""The quality page: what is counted, how uncertain it is, what drifted; and precedents on the page of a finding."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.policy import PERMISSIONS
from accounts.roles import ASSIGNABLE, Role
from approvals import quality as judged
from approvals.adjudication_queries import precedents
from duplicates import Thresholds
from planning.services import change_bands
from projects.models import Finding, ScreeningRun
from projects.states import Adjudication, Band, Relation, State
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import SMS, make_finding, make_policies, make_project, make_run, make_system

pytestmark = pytest.mark.django_db
LIMITS = {"red": 0.7, "amber": 0.3, "mapped": 0.9}
MODEL = {"engine": "1.10", "encoder": "use", "degraded": "", "thresholds": asdict(Thresholds(**LIMITS))}


@pytest.fixture
def manager():
    """A portfolio manager of the office."""
    make_policies()
    return make_person("manager", Role.MANAGER, department=make_department("M01", name="数据局"))


@pytest.fixture
def project(manager):
    """A project under adjudication with one run."""
    project = make_project(state=State.ADJUDICATION)
    make_run(project, record=MODEL)
    return project


def decided(project, decision, *, system=None, number=1, **facts):
    """A finding that was decided; `number` tells decisions apart."""
    facts = {"reason": "因为", "decided_by": project.created_by, "decided_at": timezone.now(), **facts}
    codes = {"capability_code": f"C-{number:02}", "matched_code": f"M-{number:02}"}
    return make_finding(project, system=system, decision=decision, **codes, **facts)


def get(client, user, name="quality"):
    """The page as that user sees it."""
    client.force_login(user)
    return client.get(reverse(f"approvals:{name}"))


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3, gives the second and third line.
    [(0, 0, 0, 1), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (3, 3, 0.4385, 1)],
)
def test_interval_is_wilsons(hits, count, low, high):
    assert judged.wilson(hits, count) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_page_and_export_are_for_those_who_may(client, manager, role):
    user = make_person("somebody", role, department=manager.department)
    assert get(client, user).status_code == (200 if role in PERMISSIONS["duplicates.quality"] else 403)
    assert get(client, user, "labels").status_code == (200 if role in PERMISSIONS["duplicates.export"] else 403)


def test_empty_page_says_what_will_be_there(client, manager):
    page = get(client, manager)
    assert "tc-empty" in page.content.decode()
    assert page.context["whole"].precision is None


def test_exceptions_count_as_duplicates_and_stand_apart(manager, project):
    for number, decision in enumerate(Adjudication.values):
        decided(project, decision, number=number)
    make_finding(project)
    whole = judged.quality(manager)["whole"]
    assert (whole.confirmed, whole.excepted, whole.dismissed, whole.waiting) == (5, 1, 1, 1)
    assert whole.precision == pytest.approx(6 / 7)


def test_each_band_and_relation_has_its_own_line(manager, project):
    decided(project, Adjudication.CUT, number=1, band=Band.RED)
    decided(project, Adjudication.NOT_DUPLICATE, number=2, relation=Relation.UNIFIED)
    make_finding(project, relation=Relation.EXTEND)
    tables = judged.quality(manager)["tables"]
    lines = {row.label: (row.confirmed, row.dismissed, row.waiting) for row in tables["bands"]}
    assert lines == {str(Band.RED.label): (1, 0, 0), str(Band.AMBER.label): (0, 1, 1)}
    lines = {row.label: (row.confirmed, row.dismissed, row.waiting) for row in tables["relations"]}
    assert lines == {
        str(Relation.DUPLICATE.label): (1, 0, 0),
        str(Relation.EXTEND.label): (0, 0, 1),
        str(Relation.UNIFIED.label): (0, 1, 0),
    }


def test_copy_of_a_decision_in_a_later_run_is_not_another_judgement(manager, project):
    first = decided(project, Adjudication.NOT_DUPLICATE)
    Finding.objects.filter(pk=first.pk).update(is_current=False)
    later = make_run(project, record={**MODEL, "engine": "2.0"})
    copied = {name: getattr(first, name) for name in ("decision", "decided_at", "decided_by", "reason")}
    make_finding(project, later, capability_code="C-01", matched_code="M-01", **copied)
    found = judged.quality(manager)
    assert found["whole"].judged == 1
    assert [row.label.split(" ")[0] for row in found["tables"]["engines"]] == ["1.10"]


def test_engine_month_and_degraded_encoder_are_told_apart(manager, project):
    decided(project, Adjudication.CUT, number=1, decided_at=timezone.now() - timedelta(days=40))
    broken = make_run(project, record={**MODEL, "encoder": "lexical", "degraded": "use: OSError"})
    decided(project, Adjudication.CUT, number=2, run=broken)
    decided(project, Adjudication.CUT, number=3, run=make_run(project, record={}))
    tables = judged.quality(manager)["tables"]
    assert len(tables["engines"]) == 3
    assert [row.judged for row in tables["months"]] == [1, 2]


def test_drift_goes_by_the_thresholds_that_a_run_was_made_with(manager, project):
    for number in range(20):
        decided(project, Adjudication.CUT, number=number)
    drift = judged.quality(manager)["drift"]
    assert [row.judged for row in drift["rows"]] == [20, 0]
    assert not drift["enough"]
    change = {"value": {**LIMITS, "red": 0.6}, "source": "x", "note": "", "valid_from": timezone.localdate()}
    change_bands(**change, actor=manager, expected=drift["history"][0].pk)
    new = make_run(project, record={**MODEL, "thresholds": {**MODEL["thresholds"], "red": 0.6}})
    for number in range(20, 40):
        decided(project, Adjudication.NOT_DUPLICATE, number=number, run=new)
    drift = judged.quality(manager)["drift"]
    assert [(row.judged, row.precision) for row in drift["rows"]] == [(20, 0.0), (20, 1.0)]
    assert (drift["enough"], drift["apart"], len(drift["history"])) == (True, True, 2)
    assert drift["in_force"].valid_from == timezone.localdate() != date(2020, 1, 1)


def test_reasons_and_targets_of_false_positives_are_listed_most_frequent_first(manager, project):
    often, once = make_system("S7", SMS), make_system("S8", SMS)
    for number, (system, facts) in enumerate(
        [(often, {"reason": "对象不同"}), (often, {"reason": "对象不同"}), (once, {"reason_code": "emergency"})]
    ):
        decided(project, Adjudication.NOT_DUPLICATE, system=system, number=number, **facts)
    decided(project, Adjudication.CUT, system=often, number=9)
    found = judged.quality(manager)
    assert [(row["label"], row["count"]) for row in found["reasons"]][0] == ("对象不同", 2)
    assert [row["count"] for row in found["reasons"]] == [2, 1]
    assert [(row.label[:2], row.dismissed, row.judged) for row in found["targets"]] == [("S7", 2, 3), ("S8", 1, 1)]


def test_many_judgements_cost_as_much_as_one(client, manager, project):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert get(client, manager).status_code == 200
        return len(queries)

    decided(project, Adjudication.CUT)
    counted()
    one = counted()
    for number in range(2, 30):
        run = ScreeningRun.objects.create(project=project, version=project.versions.first(), record=MODEL)
        decided(project, Adjudication.NOT_DUPLICATE, number=number, run=run, system=make_system(f"T{number}", SMS))
    assert counted() == one


# --- precedents -----------------------------------------------------------------------------------------------------


@pytest.fixture
def before(project):
    """The same two texts, dismissed in another project of the unit."""
    system = make_system("S7", SMS)
    other = make_project("P2", department=project.department, state=State.ADJUDICATION)
    make_run(other, record=MODEL)
    old = decided(other, Adjudication.NOT_DUPLICATE, system=system, reason="对象不同")
    return old, make_finding(project, system=system)


def test_same_texts_in_another_project_of_the_unit_are_shown_and_not_applied(client, manager, before):
    old, new = before
    client.force_login(manager)
    page = client.get(reverse("approvals:adjudicate", args=[new.project.ref, new.pk]))
    assert page.context["precedents"] == [old]
    assert "对象不同" in page.content.decode()
    new.refresh_from_db()
    assert new.decision == ""


@pytest.mark.parametrize("change", [{"capability_text": "别的"}, {"matched_text": "别的"}, {"decision": ""}])
def test_other_texts_or_undecided_ones_are_no_precedent(manager, before, change):
    old, new = before
    Finding.objects.filter(pk=old.pk).update(**change)
    assert precedents(manager, new) == []


def test_another_unit_is_no_precedent_and_what_one_may_not_read_is_not_shown(manager, before):
    old, new = before
    stranger = make_person("stranger", Role.APPLICANT, department=make_department("U77"))
    assert precedents(stranger, new) == []
    elsewhere = make_project("P3", state=State.ADJUDICATION)
    make_run(elsewhere)
    assert precedents(manager, make_finding(elsewhere, system=old.system)) == []
