"""A corrected version: what rested on changed sections is void, the rest is carried forward on the record."""

import hashlib
import json
from itertools import combinations

import pytest
from django.utils import timezone
from django.utils.translation import override

from approvals import guards
from approvals.carried_basis import ITEMS, rests_on
from approvals.carrying import changed_basis, standing
from approvals.models import Case, Decision, Review, ReviewItem
from approvals.names import BASIS, UNIFIED_KINDS, ReviewStatus
from projects.models import ScreeningRun, Version
from projects.screening_carry import READ, changed_sections, why_again
from projects.sections import CODES
from projects.services import save_assessment
from projects.states import RunStatus, State
from standards.models import ChecklistItem
from tests.approvals.acting import fresh, open_review, review_of
from tests.approvals.revising import FAILED, resubmitted, returned

pytestmark = pytest.mark.django_db
SUBSETS = [set(chosen) for size in range(len(CODES) + 1) for chosen in combinations(CODES, size)]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


# --- exactly what rested on it: every subset of the nine sections ----------------------------------------------------


def version(number, changed=frozenset()):
    return Version(
        pk=number, number=number, sections={code: f"{code}{number if code in changed else 1}" for code in CODES}
    )


def passed_on(first, number, kind):
    text = json.dumps([[section, first.sections[section]] for section in BASIS[kind]])
    basis = hashlib.sha256(text.encode()).hexdigest()
    review = Review(pk=number, kind=kind, version=first, basis=basis)
    review.__dict__["status"] = ReviewStatus.PASSED
    return review


@pytest.mark.parametrize("size", range(len(CODES) + 1))
def test_any_subset_of_sections_voids_exactly_what_rests_on_it(size):
    first = version(1)
    reviews = [passed_on(first, number, kind) for number, kind in enumerate(UNIFIED_KINDS, start=1)]
    for changed in [subset for subset in SUBSETS if len(subset) == size]:
        case, second = Case(), version(2, changed)
        case.__dict__ |= {"current_version": second, "all_reviews": reviews}
        for kind in UNIFIED_KINDS:
            assert (standing(case, kind) is not None) == (not changed & set(BASIS[kind]))
            assert set(changed_basis(kind, first, second)) == changed & set(BASIS[kind])
        assert set(changed_sections(first, second)) == changed & set(READ)


def test_any_subset_of_sections_voids_exactly_the_verdicts_on_it(city):
    items = list(ChecklistItem.objects.all())
    assert {item.code for item in items} >= set(ITEMS)
    for item in items:
        found = rests_on(item.kind, item.code, item.question, item.condition)
        assert found
        assert found <= set(CODES)
        if item.code not in ITEMS:
            assert found == set(BASIS[item.kind])
        reworded = rests_on(item.kind, item.code, item.question + "？", item.condition)
        assert reworded == set(BASIS[item.kind])  # another question under the same code: unknown
    condition = next(item for item in items if item.code == "PF-05")
    assert rests_on("standards", "PF-05", condition.question, condition.condition) == {"solution", "security"}
    assert "needs" in rests_on("standards", "PF-05", condition.question, condition.condition, ["necessity"])


# --- through the door -------------------------------------------------------------------------------------------------


def test_two_opinions_survive_one_reopens_and_the_screening_is_carried(city):
    case = returned(city)
    before = fresh(case)
    run, old = before.latest_run, review_of(case, "standards")
    case = resubmitted(case, city, "security")
    assert case.state == State.REVIEW
    for kind in ("planning", "requirements"):
        review = review_of(case, kind)
        assert (review.status, review.version.number, review.carried_to.number) == ("passed", 1, 2)
    again = review_of(case, "standards")
    assert (again.status, again.version.number) == ("not_started", 2)
    run.refresh_from_db()
    assert (case.latest_run.pk, run.version.number, run.carried_to.number) == (run.pk, 1, 2)
    assert run.record["carried"][0]["version"] == 2
    rows = {row.action: row.payload for row in Decision.objects.filter(project_id=case.pk, version__number=2)}
    assert rows["accept"]["screening"] == {"run": run.pk, "from": 1, "to": 2}
    assert rows["pass_screening"]["reviews"]["planning"]["to"] == 2
    assert rows["pass_screening"]["reviews"]["standards"] == {"review": old.pk, "from": 1, "void": ["security"]}
    _verdicts_are_exact(again, old, {"security"})


def _verdicts_are_exact(again, old, changed):
    carried = {item.code for item in again.items.all() if item.carried_from_id}
    before = {item.code: item for item in old.items.filter(applies=True)}
    for item in again.items.filter(applies=True).select_related("item"):
        rests = rests_on(again.kind, item.code, item.item.question, item.item.condition)
        assert (item.code in carried) == (not changed & rests and item.code != FAILED)
        assert item.verdict == (before[item.code].verdict if item.code in carried else "")
    assert carried
    assert FAILED not in carried


def test_carried_verdict_is_overwritten_by_judging(city):
    case = resubmitted(returned(city), city, "security")
    review = open_review(case, "standards", city.standards)
    item = review.items.filter(carried_from__isnull=False).first()
    from approvals.sheet_services import save_verdicts

    save_verdicts(review_id=review.pk, actor=city.standards, verdicts={item.code: {"verdict": item.verdict}})
    item.refresh_from_db()
    assert (item.verdict, item.carried_from) == ("pass", None)
    assert ReviewItem.objects.filter(review=review, verdict="").exists()  # and nothing is concluded by itself


def test_item_is_judged_anew_when_the_unit_now_says_something_else(city):
    case = returned(city)
    claims = {"PF-01": {"claim": "met", "note": "见第4章"}}
    save_assessment(project_id=case.pk, actor=city.applicant, claims=claims, expected_revision=None)
    case = resubmitted(case, city, "security")
    items = {item.code: item for item in review_of(case, "standards").items.all()}
    assert items["PF-01"].verdict == ""
    assert items["IN-02"].carried_from is not None


@pytest.mark.parametrize("section", ["solution", "needs"])
def test_screening_runs_again_when_it_read_what_changed(city, section):
    case = returned(city)
    first = case.latest_run
    case = resubmitted(case, city, section)
    assert case.latest_run.pk != first.pk
    assert (case.latest_run.version.number, case.latest_run.status) == (2, RunStatus.SUCCEEDED)
    accept = Decision.objects.get(project_id=case.pk, action="accept", version__number=2)
    assert accept.payload["screening"] == {"again": [section]}


def test_only_an_explicit_carry_lets_an_earlier_run_count(city):
    case = returned(city)
    case = resubmitted(case, city, "management")
    assert guards.screening_succeeded(case) is None
    ScreeningRun.objects.filter(pk=case.latest_run.pk).update(carried_to=None)
    assert guards.screening_succeeded(fresh(case)) is not None


def test_run_is_not_carried_when_something_else_is_different(city):
    case = returned(city)
    run, now = case.latest_run, case.current_version
    assert why_again(run, now) == []
    run.finished_at = timezone.now() - timezone.timedelta(days=400)
    assert why_again(run, now) == ["old"]
    run.refresh_from_db()
    for name in ("fingerprint", "words", "rules"):
        record, run.record = run.record, {**run.record, name: "other"}
        assert why_again(run, now) == (["registry"] if name == "fingerprint" else ["rules"])
        run.record = record
    run.status = RunStatus.FAILED
    assert why_again(run, now) == ["failed"]
    assert why_again(None, now) == ["none"]
