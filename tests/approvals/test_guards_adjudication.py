"""Each guard of the adjudication and of its endings: what it refuses, in which words, and what it lets pass."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from approvals import adjudication_guards as guards
from approvals.names import Ending
from planning.services import set_policy
from projects.models import Finding, ScreeningRun
from projects.states import Adjudication, State
from tests.approvals.acting import ITEM, act, add_finding, asked, fresh, put
from tests.cast import duplicate_text, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def disputed(city):
    """A case before the manager with one red finding."""
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    assert [finding.band for finding in fresh(case).open_findings()] == ["red"]
    return case


def test_adjudication_names_open_findings_of_the_case(city, disputed):
    red, amber = Finding.objects.get(), add_finding(disputed)
    other = make_case(city, State.REVIEW, ref="P902", text="渣土车辆核准")
    foreign = add_finding(other)
    assert asked(guards.findings_named, disputed, {"findings": [red.pk]}) is None
    for chosen in ([], [foreign.pk], [red.pk, foreign.pk], [0]):
        assert "still undecided" in asked(guards.findings_named, disputed, {"findings": chosen})
    Finding.objects.filter(pk=amber.pk).update(decision=Adjudication.NOT_DUPLICATE)
    assert "still undecided" in asked(guards.findings_named, disputed, {"findings": [amber.pk]})
    assert asked(guards.findings_named, disputed) is None
    Finding.objects.update(is_current=False)
    assert "no open duplicate finding" in asked(guards.findings_named, disputed)


def test_red_findings_are_decided_one_by_one(disputed):
    red, other = Finding.objects.get(), add_finding(disputed, "red")
    ambers = [add_finding(disputed).pk, add_finding(disputed).pk]
    assert asked(guards.batch_is_amber, disputed, {"findings": ambers}) is None
    assert asked(guards.batch_is_amber, disputed, {"findings": [red.pk]}) is None
    for chosen in ([red.pk, ambers[0]], [red.pk, other.pk]):
        assert "one by one" in asked(guards.batch_is_amber, disputed, {"findings": chosen})


def test_applicant_is_heard_first(city, disputed):
    red = Finding.objects.get()
    chosen = {"findings": [red.pk]}
    assert f"may still answer {red.capability_code}" in asked(guards.applicant_was_heard, disputed, chosen)
    Finding.objects.update(reply="reuse")
    assert asked(guards.applicant_was_heard, disputed, chosen) is None
    Finding.objects.update(reply="")
    Finding.objects.update(found_at=timezone.now() - timedelta(days=15))
    assert asked(guards.applicant_was_heard, disputed, chosen) is None


def test_exception_needs_code_and_expiry(disputed):
    whole = {"decision": "exception", "reason_code": "emergency", "expires_on": timezone.localdate()}
    assert asked(guards.reason_is_coded, disputed, whole) is None
    for name in ("reason_code", "expires_on"):
        assert "reason code and the day" in asked(guards.reason_is_coded, disputed, {**whole, name: None})
    assert asked(guards.reason_is_coded, disputed, {"decision": "cut"}) is None


def test_adjudication_returns_only_what_is_to_be_corrected(disputed):
    assert "First decide" in asked(guards.something_to_correct, disputed, {})
    assert asked(guards.something_to_correct, disputed, {"items": [ITEM]}) is None
    Finding.objects.update(decision=Adjudication.CUT)
    assert asked(guards.something_to_correct, disputed, {}) is None
    Finding.objects.update(decision=Adjudication.MERGE)
    assert "First decide" in asked(guards.something_to_correct, disputed, {})
    ScreeningRun.objects.update(band="insufficient")
    assert asked(guards.something_to_correct, disputed, {}) is None


@pytest.mark.parametrize(("tier", "own"), [("T0", True), ("T1", True), ("T2", False), ("T3", False)])
def test_authority_of_the_manager_ends_with_a_tier(city, tier, own):
    case = fresh(make_case(city))
    case.tier = tier
    assert (guards.within_manager_authority(case) is None) is own
    assert (guards.above_manager_authority(case) is None) is not own
    set_policy(key="manager_authority", value="T3", source="test")
    assert guards.within_manager_authority(case) is None


def test_ending_is_confirmed_only_as_proposed(city):
    case = make_case(city, State.ADJUDICATION, amount="150", text=duplicate_text(city))
    assert "not proposed an ending" in asked(guards.an_ending_is_proposed, case)
    for ending, target in [("merge", "target_project"), ("redirect", "target_system"), ("reject", None)]:
        act(case, "propose_ending", city.manager, ending=ending, **({target: "X1"} if target else {}))
        assert asked(guards.an_ending_is_proposed, case) is None
        for other in Ending:
            said = asked(guards.proposed(other), case)
            assert said is None if other == ending else said == "The manager has not proposed this."
        act(case, "decline_ending", city.approver)
        assert asked(guards.proposed(Ending(ending)), case) is not None


def test_proposal_to_end_a_case_does_not_outlive_the_version(city):
    case = make_case(city, State.ADJUDICATION, amount="150", text=duplicate_text(city))
    act(case, "propose_ending", city.manager, ending="reject")
    put(case, State.DEFERRED)
    act(case, "take_up", city.applicant)
    act(case, "submit", city.applicant)
    assert asked(guards.an_ending_is_proposed, case) is not None


def test_target_of_a_merger_is_named(disputed):
    assert asked(guards.target_named, disputed) is None
    assert "Name the project" in asked(guards.target_named, disputed, {})
    assert "into itself" in asked(guards.target_named, disputed, {"target_project": disputed.ref})
    assert asked(guards.target_named, disputed, {"target_system": "S900"}) is None
    assert asked(guards.target_named, disputed, {"ending": "reject"}) is None
