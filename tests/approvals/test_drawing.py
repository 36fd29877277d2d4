"""The draw of experts: the same from the same seed, never an excluded one, fields first; and its record."""

import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from approvals import drawing
from approvals.drawing import Candidate, draw
from approvals.expert_queries import run_again
from approvals.models import ExpertDraw, ExpertProfile, Review
from approvals.names import ReviewKind
from approvals.panel import free_places, pool_of
from planning.models import PolicyRow
from projects.states import State
from tests.approvals.acting import act, fresh, open_expert_reviews, said, step_review
from tests.cast import make_case, person

FIELDS = ("architecture", "security", "cost")
candidates = st.lists(
    st.builds(
        Candidate,
        username=st.text("abcdefgh", min_size=1, max_size=4),
        fields=st.lists(st.sampled_from([*FIELDS, "law"]), max_size=3, unique=True).map(tuple),
        employer=st.sampled_from(["", "甲", "乙", "丙"]),
    ),
    max_size=14,
    unique_by=lambda one: one.username,
)
draws = {
    "seed": st.text("0123456789abcdef", min_size=8, max_size=8),
    "pool": candidates,
    "wanted": st.integers(0, 7),
    "per": st.integers(0, 3),
}


@settings(max_examples=60, deadline=None)
@given(**draws, shuffled=st.randoms())
def test_order_of_the_rows_makes_no_difference(seed, pool, wanted, per, shuffled):
    first = draw(seed, pool, wanted=wanted, fields=FIELDS, per_employer=per)
    other = list(pool)
    shuffled.shuffle(other)
    assert draw(seed, other, wanted=wanted, fields=FIELDS, per_employer=per) == first


@settings(max_examples=60, deadline=None)
@given(**draws)
def test_draw_keeps_to_its_rules(seed, pool, wanted, per):
    found = draw(seed, pool, wanted=wanted, fields=FIELDS, per_employer=per)
    people = {one.username: one for one in pool}
    taken = [people[name] for name in found.usernames]
    assert len(set(found.usernames)) == len(found.usernames) <= wanted
    if per:
        counts = [sum(1 for other in taken if other.employer == one.employer) for one in taken if one.employer]
        assert all(count <= per for count in counts)
    if not per:
        assert len(taken) == min(wanted, len(pool))
        if wanted >= len(FIELDS):  # who could cover a field was taken first
            known = {code for one in pool for code in one.fields}
            assert {code for code in FIELDS if code in known} <= {code for one in taken for code in one.fields}


@settings(max_examples=60, deadline=None)
@given(**draws, out=st.sets(st.text("abcdefgh", min_size=1, max_size=4)))
def test_record_gives_the_same_people_and_nobody_excluded(seed, pool, wanted, per, out):
    record = {
        "seed": seed, "algorithm": drawing.ALGORITHM, "wanted": wanted,
        "rules": {"fields": FIELDS, "per_employer": per, "seated": []},
        "pool": [one.stored() for one in pool], "excluded": [{"username": name, "reason": "unit"} for name in out],
    }  # fmt: skip
    first = drawing.again(record).usernames
    assert drawing.again(record).usernames == first
    assert not set(first) & out
    assert set(first) <= {one.username for one in pool}


def test_seed_decides_and_no_seed_favours_a_name():
    pool = [Candidate(f"expert{n}") for n in range(10)]
    firsts = {draw(f"{seed:064x}", pool, wanted=1).usernames[0] for seed in range(200)}
    assert firsts == {one.username for one in pool}


def test_known_draw_by_hand():
    """The order can be worked out with sha256sum alone: printf '%s' 'abc:b' | sha256sum."""
    pool = [Candidate("a"), Candidate("b"), Candidate("c")]
    ranks = {one.username: drawing.rank("abc", one.username) for one in pool}
    assert draw("abc", pool, wanted=3).usernames == sorted(ranks, key=ranks.__getitem__)
    assert ranks["b"] == hashlib.sha256(b"abc:b").hexdigest()


def test_unknown_algorithm_is_not_guessed():
    with pytest.raises(LookupError):
        drawing.again({"algorithm": "dice"})


# --- with a case ------------------------------------------------------------------------------------------------------


def add_experts(city, count, **more):
    """More of the pool, from other units and employers."""
    for number in range(10, 10 + count):
        expert = person(f"expert{number}", Role.EXPERT, city.water)
        ExpertProfile.objects.create(user=expert, employer=f"所{number}", fields=["cost"], **more)


@pytest.fixture
def case(city):
    """A case before experts, drawn from eleven."""
    add_experts(city, 6)
    return make_case(city, State.EXPERT_REVIEW, amount="150")


def seated(case):
    """User names that hold a place."""
    return set(open_expert_reviews(case).filter(released_at=None).values_list("reviewer__username", flat=True))


@pytest.mark.django_db
def test_arrival_draws_the_quorum_and_keeps_everything(city, case):
    row = ExpertDraw.objects.get()
    assert set(row.drawn) == seated(case)
    assert len(row.drawn) == 5
    assert row.decision.action == "to_experts"
    assert len(row.seed) == 64
    assert row.decision.payload["seed"] == row.seed
    assert len(row.pool) == 11
    assert run_again(row).holds


@pytest.mark.django_db
def test_no_two_draws_have_the_same_seed(city):
    for number in (1, 2):
        make_case(city, State.EXPERT_REVIEW, amount="150", ref=f"P90{number}", text=f"第{number}项功能完全不同的内容")
    seeds = set(ExpertDraw.objects.values_list("seed", flat=True))
    assert len(seeds) == 2


@pytest.mark.django_db
def test_exclusions_name_their_reason(city):
    add_experts(city, 2)
    profiles = {profile.user.username: profile for profile in ExpertProfile.objects.select_related("user")}
    unit = person("of_the_unit", Role.EXPERT, city.hospital)
    above = person("of_the_supervisor", Role.EXPERT, city.health)
    for user in (unit, above):
        ExpertProfile.objects.create(user=user, employer=user.username, fields=["cost"])
    ExpertProfile.objects.filter(pk=profiles["expert1"].pk).update(is_available=False)
    ExpertProfile.objects.filter(pk=profiles["expert2"].pk).update(interests=["U03"])
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    out = {row["username"]: row["reason"] for row in ExpertDraw.objects.get().excluded}
    assert out == {
        "of_the_unit": "unit", "of_the_supervisor": "supervisor", "expert1": "paused", "expert2": "interest",
    }  # fmt: skip
    assert not seated(case) & set(out)


@pytest.mark.django_db
def test_small_pool_seats_who_there_is_and_the_manager_draws_later(city):
    ExpertProfile.objects.exclude(user__username__in=["expert1", "expert2"]).update(is_available=False)
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    assert (seated(case), free_places(fresh(case))) == ({"expert1", "expert2"}, 3)
    ExpertProfile.objects.update(is_available=True)
    act(case, "draw_experts", city.manager)
    assert seated(case) == {f"expert{n}" for n in range(1, 6)}
    assert [row.number for row in ExpertDraw.objects.all()] == [1, 2]


@pytest.mark.django_db
def test_policy_may_leave_the_draw_to_the_manager(city):
    row = PolicyRow.objects.get(key="expert_panel")
    PolicyRow.objects.filter(pk=row.pk).update(value={**row.value, "draw": "manager"})
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    assert not seated(case)
    act(case, "draw_experts", city.manager)
    assert len(seated(case)) == 5


@pytest.mark.django_db
def test_replacement_is_another_person_and_is_recorded(city, case):
    leaver = open_expert_reviews(case).first()
    step_review(leaver, "review_recuse", leaver.reviewer)
    silent = open_expert_reviews(case).first()
    for gone in (leaver, silent):
        act(case, "replace_expert", city.manager, expert=gone.reviewer.username)
    assert not seated(case) & {leaver.reviewer.username, silent.reviewer.username}
    assert len(seated(case)) == 5
    rows = list(ExpertDraw.objects.order_by("number"))
    assert [row.replaces for row in rows] == [None, leaver.reviewer, silent.reviewer]
    assert all(run_again(row).holds for row in rows)
    assert Review.objects.get(pk=silent.pk).released_at
    drawn = [name for row in rows for name in row.drawn]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.django_db
def test_opinion_that_is_in_is_not_replaced(city, case):
    review = open_expert_reviews(case).first()
    step_review(review, "review_open", review.reviewer)
    step_review(review, "review_pass", review.reviewer)
    assert said(case, "replace_expert", city.manager, expert=review.reviewer.username) == "blocked"


@pytest.mark.django_db
def test_auditor_runs_a_draw_again(city, case):
    call_command("redraw", case.ref, stdout=(out := StringIO()))
    assert "the same people" in out.getvalue()
    row = ExpertDraw.objects.get()
    ExpertDraw.objects.filter(pk=row.pk).update(seed="0" * 64)  # somebody chose another seed afterwards
    with pytest.raises(CommandError, match="do not stand"):
        call_command("redraw", case.ref, "1", stdout=(out := StringIO()))
    assert "THE RECORD WAS CHANGED" in out.getvalue()


@pytest.mark.django_db
def test_pool_that_was_changed_afterwards_is_noticed(case):
    row = ExpertDraw.objects.get()
    ExpertDraw.objects.filter(pk=row.pk).update(pool=[one for one in row.pool if one["username"] not in row.drawn[:1]])
    found = run_again(ExpertDraw.objects.get())
    assert (found.same, found.sealed) == (False, False)


@pytest.mark.django_db
def test_recused_experts_never_count(city, case):
    seats = list(open_expert_reviews(case))
    for seat in seats[:2]:
        step_review(seat, "review_recuse", seat.reviewer)
    for seat in seats[2:]:
        step_review(seat, "review_open", seat.reviewer)
        step_review(seat, "review_pass", seat.reviewer)
    assert fresh(case).expert_opinions() == 3
    assert free_places(fresh(case)) == 2
    assert {row["reason"] for row in pool_of(fresh(case)).excluded} == {"seated", "recused"}
    assert Review.objects.filter(kind=ReviewKind.EXPERT).count() == 5
