"""The algebra of seats: whatever happens in whatever order, a review is decided or says for whom it waits."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import seat_moves as moves
from approvals.names import Outcome, Placement, SeatState, SigningMode
from approvals.seat_moves import Actor, Refused, refusal
from approvals.seating import AGAINST, Decided, Panel, Rule, Seat, Waiting, due, due_people, free, lead, result, voices

PEOPLE = range(1, 9)  # 1–6 may sit, 7 is of the applicant's unit, 8 prepared the proposal and still has the role
APART = frozenset({7, 8})
PAST = settings(max_examples=100, deadline=None)
PASS, ASK, FAIL = Outcome.PASS, Outcome.ASK, Outcome.FAIL


def panel(mode="all", seats=3, **rule) -> Panel:
    """So many seats, held by 1, 2, 3 …"""
    rows = tuple(Seat(key, order=key, holder=key) for key in range(1, seats + 1))
    return Panel(Rule(mode, seats, **rule), rows, eligible=frozenset(range(1, 7)), barred=APART)


def signed(start: Panel, *outcomes: str) -> Panel:
    """The first seats sign in turn."""
    for key, outcome in enumerate(outcomes, start=1):
        start = moves.sign(start, key, Actor(key), outcome)
    return start


def outcome_of(found) -> str:
    """What was decided, or "" while it waits."""
    result_of = result(found)
    return result_of.outcome if isinstance(result_of, Decided) else ""


# --- any order of operations ------------------------------------------------------------------------------------------

NAMES = ("sign", "take_back", "add", "remove", "transfer", "delegate", "give_back", "recuse", "release", "take", "read")
STEPS = st.lists(
    st.tuples(
        st.sampled_from((*NAMES, "sign", "sign", "leave")), st.integers(-6, 4), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE),
        st.sampled_from(list(Outcome)), st.sampled_from(list(Placement)), st.booleans(), st.none() | st.sampled_from(PEOPLE),
    ),
    max_size=25,
)  # fmt: skip
RULES = st.builds(
    Rule, mode=st.sampled_from(list(SigningMode)), seats=st.integers(1, 4), refusal=st.sampled_from(["wait", "at_once"]),
    ratio=st.sampled_from([Decimal("0.5"), Decimal("0.67"), Decimal(1)]), nobody_left=st.sampled_from(["reopen", "manager"]),
)  # fmt: skip


def begun(rule: Rule, weights: list[int]) -> Panel:
    """Some seats are held, the last is free."""
    rows = tuple(
        Seat(key, order=key, weight=weights[key - 1], holder=key if key < 4 else None)
        for key in range(1, rule.seats + 1)
    )
    return Panel(rule, rows, eligible=frozenset(range(1, 7)), barred=APART)


def moved(now: Panel, step) -> Panel:
    """One operation; "leave" is somebody who leaves the service, whose open seats are swept at once."""
    name, key, who, whom, outcome, placement, is_manager, principal = step
    stands_for = frozenset({principal} - {None, who})
    actor = Actor(who, stands_for, is_manager)
    if name == "leave":
        now = replace(now, eligible=now.eligible - {who})
        for seat in now.open:
            if who in {seat.holder, seat.delegate} and not isinstance(result(now), Decided):
                now = moves.release(now, seat.key)
        return now
    more = {"sign": (outcome,), "add": (whom, placement), "transfer": (whom,), "delegate": (whom,)}.get(name, ())
    if name == "release":
        return moves.release(now, key)
    return getattr(moves, name)(now, key, actor, *more)


@PAST
@given(RULES, st.lists(st.integers(1, 3), min_size=4, max_size=4), STEPS)
def test_any_order_of_operations_ends_decided_or_waiting_for_somebody(rule, weights, steps):
    now = begun(rule, weights)
    for step in steps:
        was = result(now)
        try:
            after = moved(now, step)
        except Refused:
            continue
        if isinstance(was, Decided) and step[0] != "leave":
            pytest.fail(f"{step} was let through after the decision")
        check(now, after, step)
        now = after


def check(before: Panel, after: Panel, step) -> None:
    """What holds after every operation."""
    name, found = step[0], result(after)
    if isinstance(found, Waiting):
        assert found.people or found.pool or found.manager, "it waits for nobody"
        assert found.why
        assert set(due_people(after)) == set(found.people)
        assert not after.active or due(after), "nobody's turn"
    else:
        assert found.outcome in Outcome.values
        assert due_people(after) == []
        assert after.signed
    if name == "add":
        assert isinstance(found, Waiting), "adding a signer concluded"
    if name in {"remove", "recuse", "release"}:
        assert isinstance(result(before), Waiting)
        assert {seat.key for seat in before.signed} <= {seat.key for seat in after.signed}, "a signature was lost"
    sitting = [seat.holder for seat in after.active if seat.holder is not None]
    assert len(sitting) == len(set(sitting)), "two seats for one person"
    assert not {*sitting, *(seat.delegate for seat in after.open)} & APART
    hands = [person for seat in after.signed for person in {seat.holder, seat.signed_by}]
    assert len(hands) == len(set(hands)), "one person has signed twice"
    assert not set(hands) & APART


@PAST
@given(RULES, st.lists(st.integers(1, 3), min_size=4, max_size=4), STEPS)
def test_after_the_decision_every_operation_is_refused(rule, weights, steps):
    now = begun(rule, weights)
    for step in steps:
        try:
            now = moved(now, step)
        except Refused:
            continue
        if isinstance(result(now), Decided):
            break
    if isinstance(result(now), Waiting):
        return
    for name in NAMES:
        for seat in now.seats:
            for person in PEOPLE:
                attempt = (name, seat.key, person, 6, PASS, Placement.AFTER, True, None)
                with pytest.raises(Refused):
                    moved(now, attempt)


@PAST
@given(
    st.sampled_from(["all", "any", "vote"]), st.sampled_from(["wait", "at_once"]), st.sampled_from([Decimal("0.5"), Decimal("0.67")]),
    st.lists(st.sampled_from([Outcome.PASS, Outcome.ASK]), min_size=3, max_size=3),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
)  # fmt: skip
def test_signatures_count_the_same_in_every_order(mode, refusal_, ratio, said, weights):
    start = begun(Rule(mode, 3, ratio, refusal_), [*weights, 1])
    ends = set()
    for order in permutations((1, 2, 3)):
        now = start
        for key in order:
            if isinstance(result(now), Waiting):
                now = moves.sign(now, key, Actor(key), said[key - 1])
        assert isinstance(result(now), Decided)
        ends.add(outcome_of(now))
    if mode == "any" and refusal_ == "at_once":
        assert ends <= set(said)  # whoever comes first: that is what "any one" means
    else:
        assert len(ends) == 1


@PAST
@given(st.sampled_from(list(SigningMode)), st.permutations([1, 2, 3]))
def test_the_same_signatures_make_the_same_panel(mode, order):
    given_ = [key for key in order if key != order[-1]]
    for start in (panel("all"), panel("vote", ratio=Decimal(1))):
        one = two = start
        for key in given_:
            one = moves.sign(one, key, Actor(key), PASS)
        for key in reversed(given_):
            two = moves.sign(two, key, Actor(key), PASS)
        assert (one, result(one)) == (two, result(two))


# --- the four modes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "rule", "given_", "outcome"),
    [
        ("all", {}, [PASS, PASS], ""),
        ("all", {}, [PASS, PASS, PASS], "pass"),
        ("all", {}, [PASS, ASK], ""),
        ("all", {}, [PASS, ASK, PASS], "ask"),
        ("all", {}, [FAIL, ASK, PASS], "fail"),
        ("all", {"refusal": "at_once"}, [PASS, ASK], "ask"),
        ("any", {}, [PASS], "pass"),
        ("any", {}, [ASK], ""),
        ("any", {}, [ASK, PASS], "pass"),
        ("any", {}, [ASK, ASK, FAIL], "fail"),
        ("any", {"refusal": "at_once"}, [ASK], "ask"),
        ("vote", {"ratio": Decimal("0.5")}, [PASS], ""),
        ("vote", {"ratio": Decimal("0.5")}, [PASS, PASS], "pass"),
        ("vote", {"ratio": Decimal("0.5")}, [ASK, ASK], "ask"),
        ("vote", {"ratio": Decimal(1)}, [ASK], "ask"),
        ("sequence", {}, [PASS, PASS, PASS], "pass"),
        ("sequence", {"refusal": "at_once"}, [ASK], "ask"),
    ],
)
def test_what_signatures_say_together(mode, rule, given_, outcome):
    assert outcome_of(signed(panel(mode, **rule), *given_)) == outcome


def test_weight_counts_in_a_vote():
    heavy = panel("vote", ratio=Decimal("0.5")).change(1, weight=3)
    assert outcome_of(signed(heavy, PASS)) == "pass"
    assert outcome_of(signed(heavy, ASK)) == "ask"


def test_in_sequence_the_second_waits_for_the_first():
    start = panel("sequence")
    assert refusal(moves.sign, start, 2, Actor(2), PASS)
    assert due_people(start) == [1]
    assert due_people(signed(start, PASS)) == [2]
    assert refusal(moves.take_back, signed(start, PASS, PASS), 1, Actor(1))
    assert not refusal(moves.take_back, signed(start, PASS), 1, Actor(1))


# --- the operations ---------------------------------------------------------------------------------------------------


def test_added_before_me_blocks_my_step_and_added_after_me_waits_for_it():
    start = moves.add(panel("any", 1), 1, Actor(1), 4, Placement.BEFORE)
    assert due_people(start) == [4]
    assert refusal(moves.sign, start, 1, Actor(1), PASS)
    start = moves.add(start, 1, Actor(1), 5, Placement.AFTER)
    first, second = (seat.key for seat in start.seats if seat.placement)
    assert refusal(moves.sign, start, second, Actor(5), PASS)
    now = moves.sign(start, first, Actor(4), PASS)
    now = moves.sign(now, 1, Actor(1), PASS)
    assert (outcome_of(now), due_people(now)) == ("", [5])
    assert outcome_of(moves.sign(now, second, Actor(5), PASS)) == "pass"
    assert outcome_of(moves.sign(now, second, Actor(5), ASK)) == "ask"


def test_only_an_unopened_added_seat_is_removed_by_who_added_it_or_the_manager():
    start = moves.add(panel(), 1, Actor(1), 4, Placement.AFTER)
    key = min(seat.key for seat in start.seats)
    assert refusal(moves.remove, start, key, Actor(2))
    assert refusal(moves.remove, moves.read(start, key, Actor(4)), key, Actor(1))
    assert refusal(moves.remove, start, 2, Actor(1))  # a seat of the rule
    assert due_people(moves.remove(start, key, Actor(1))) == [1, 2, 3]
    assert due_people(moves.remove(start, 2, Actor(6, is_manager=True))) == [1, 3]
    assert refusal(moves.remove, panel(seats=1), 1, Actor(6, is_manager=True))


def test_who_is_asked_for_a_view_gives_it_back_and_does_not_decide():
    start = moves.delegate(panel(), 1, Actor(1), 4)
    assert due_people(start) == [4, 2, 3]
    assert refusal(moves.sign, start, 1, Actor(1), PASS)
    assert refusal(moves.sign, start, 1, Actor(4), PASS)
    now = moves.give_back(start, 1, Actor(4))
    assert due_people(now) == [1, 2, 3]
    assert due_people(moves.take_back(start, 1, Actor(1))) == [1, 2, 3]


def test_transfer_makes_the_other_person_decide():
    now = moves.transfer(panel(), 1, Actor(1), 4)
    assert refusal(moves.sign, now, 1, Actor(1), PASS)
    assert not refusal(moves.sign, now, 1, Actor(4), PASS)
    for person in (2, 7, 8, 9):  # seated already, of the unit, prepared it, no such role
        assert refusal(moves.transfer, panel(), 1, Actor(1), person)


def test_recusal_counts_the_others_and_reopens_only_when_nobody_is_left():
    two = moves.recuse(panel(), 3, Actor(3))
    assert outcome_of(signed(two, PASS, PASS)) == "pass"
    assert refusal(moves.add, two, 1, Actor(1), 3, Placement.AFTER)
    alone = moves.recuse(panel(seats=1), 1, Actor(1))
    assert (result(alone).pool, [seat.holder for seat in alone.open]) == (True, [None])
    assert refusal(moves.take, alone, alone.open[0].key, Actor(1))
    assert lead(moves.take(alone, alone.open[0].key, Actor(2))).holder == 2
    by_manager = moves.recuse(panel(seats=1, nobody_left="manager"), 1, Actor(1))
    assert (result(by_manager).manager, by_manager.active) == (True, [])
    nobody = replace(panel(seats=1), eligible=frozenset({1}))
    assert result(moves.recuse(nobody, 1, Actor(1))).manager


def test_a_leavers_seat_is_free_again_and_what_is_signed_stays():
    gone = replace(signed(panel(), PASS), eligible=frozenset({2, 3, 4}))
    assert refusal(moves.release, gone, 1)
    now = moves.release(replace(gone, eligible=frozenset({1, 3, 4})), 2)
    assert (now.seat(2).holder, result(now).pool, free(now)) == (None, True, frozenset({4}))
    assert result(replace(now, eligible=frozenset({1, 3}))).manager


def test_one_person_signs_one_seat_also_in_somebodys_stead():
    stand_in = Actor(2, frozenset({1}))
    now = moves.sign(panel(), 1, stand_in, PASS)
    assert (now.seat(1).holder, now.seat(1).signed_by) == (1, 2)
    assert refusal(moves.sign, now, 2, Actor(2), PASS)
    assert result(now).manager
    assert refusal(moves.sign, moves.sign(panel(), 2, Actor(2), PASS), 1, stand_in, PASS)
    outside = moves.sign(panel(), 1, Actor(5, frozenset({1})), PASS)
    assert refusal(moves.transfer, outside, 2, Actor(2), 5)
    assert refusal(moves.sign, panel(), 1, Actor(7, frozenset({1})), PASS)  # of the unit, as a substitute
    stepped_back = moves.recuse(panel(), 2, Actor(2))
    assert refusal(moves.sign, stepped_back, 1, stand_in, PASS)


def test_who_was_asked_or_seated_has_one_part():
    assert [seat.key for seat in voices(moves.delegate(panel(), 1, Actor(1), 4), 4)] == [1]
    assert refusal(moves.add, moves.delegate(panel(), 1, Actor(1), 4), 2, Actor(2), 4, Placement.AFTER)
    assert {"ask", "fail"} == AGAINST
    assert SeatState.OPEN == "open"
