"""Real processes that reach for the door at the same instant; started by test_races.py on a database of its own.

    python -m tests.approvals.racing SCENARIO PROCESSES ROUNDS

The processes live through all rounds and meet at a barrier before each, so that a round costs no process start. Prints
one JSON object: what each process was answered in each round, and what the database holds afterwards.
"""

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, connections, models  # noqa: E402 - the apps must be loaded first

from accounts.roles import Role  # noqa: E402
from approvals import services  # noqa: E402
from approvals.audit import problems  # noqa: E402
from approvals.errors import WorkflowError  # noqa: E402
from approvals.models import Approval, Case, Decision, Review  # noqa: E402
from approvals.sheet_services import save_verdicts  # noqa: E402
from projects.models import Project, ScreeningRun  # noqa: E402
from projects.screening import execute, request_run  # noqa: E402
from projects.states import State  # noqa: E402
from tests.approvals.seats import sign_by  # noqa: E402
from tests.cast import TEXTS, make_case, make_city, person  # noqa: E402
from tests.guards_off import drop_guards  # noqa: E402
from tests.projects.making import make_round  # noqa: E402
from tests.quick_commits import quick  # noqa: E402

connections.settings["default"]["OPTIONS"] = quick(connections.settings["default"]["OPTIONS"])

PAUSE = 0.01  # seconds between the checks and the decision row, in every scenario: where two could slip through
PATIENCE = 120  # seconds at the barrier: a process that hangs ends the run instead of the evening
ITEM = {"section": "budget", "problem": "没有测算依据", "suggestion": "补充测算表"}
CALLS = {
    "approve": {"entry": {"approved_amount": Decimal("50.00")}},
    "defer": {},
    "return_for_correction": {"entry": {"items": [ITEM]}},
}


def main(scenario: str, processes: int, rounds: int) -> dict:
    """Prepare, race, and report."""
    prepare, attempt = SCENARIOS[scenario]
    tasks = prepare(make_city(), processes, rounds)
    if scenario.startswith("broken"):
        take_fences_down()
    connections.close_all()
    started = time.monotonic()
    answers = race(attempt, tasks, processes)
    return {"answers": answers, "seconds": time.monotonic() - started, **aftermath(scenario)}


def race(attempt, tasks, processes: int) -> list:
    """Every process takes its turn of every round; one list of answers a round."""
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(processes), context.SimpleQueue()
    runners = [
        context.Process(target=run, args=(number, attempt, tasks, barrier, answers)) for number in range(processes)
    ]
    for runner in runners:
        runner.start()
    said = [answers.get() for _runner in runners]
    for runner in runners:
        runner.join()
    return [list(answer) for answer in zip(*said, strict=True)]


def run(number: int, attempt, tasks, barrier, answers) -> None:
    """One process with its own connection."""
    slowly(services.write)
    heard = []
    for task in tasks:
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        try:
            heard.append(attempt(number, task))
        except WorkflowError as refusal:
            heard.append(type(refusal).__name__)
        except Exception as error:
            heard.append(f"ERROR {type(error).__name__}: {error}")
    connections.close_all()
    answers.put(heard)


def slowly(write) -> None:
    """The step that has passed its checks waits a moment before it writes."""

    def wait_and_write(decision):
        time.sleep(PAUSE)
        return write(decision)

    services.write = wait_and_write


def take_fences_down() -> None:
    """The broken variant: no lock, no transaction, no version, no guards, no unique decision or approval."""
    drop_guards()
    once = next(constraint for constraint in Decision._meta.constraints if constraint.name == "decision_seq_once")
    granted = Approval._meta.get_field("project")
    loose = models.ForeignKey(Project, models.PROTECT)
    loose.set_attributes_from_name("project")
    loose.model = Approval
    Decision._meta.constraints = []  # SQLite makes the table again from what the model says
    with connection.schema_editor() as editor:
        editor.remove_constraint(Decision, once)
        editor.alter_field(Approval, granted, loose)
    drop_guards()
    models.QuerySet.select_for_update = lambda rows, **_words: rows  # wherever a step asks for a row of its own
    Case.locked = lambda pk: Case.objects.select_related("department", "round").get(pk=pk)
    services.transaction = SimpleNamespace(atomic=nullcontext)


def aftermath(scenario: str) -> dict:
    """What the database holds: histories, approvals, and whether every chain and head fits."""
    rows = Decision.objects.order_by("project_id", "seq").values_list("project__ref", "action", "source")
    return {
        "decided": [[ref, action] for ref, action, source in rows if source == State.DECISION],
        "moved_on": [
            [ref, action] for ref, action, source in rows if source == State.REVIEW and action == "to_decision"
        ],
        "states": dict(Case.objects.values_list("ref", "state")),
        "approvals": Approval.objects.count(),
        "runs": sorted(ScreeningRun.objects.values_list("status", flat=True)),
        "signed": dict(Counter(row[0] for row in rows if row[1] == "seat_sign")),
        "concluded": dict(Counter(row[0] for row in rows if row[1].startswith("seats_"))),
        "problems": [] if scenario.startswith("broken") else list(problems()),
    }


# --- what is raced for ----------------------------------------------------------------------------------------------


def cases(city, count: int, state: State, first: int = 0, **facts) -> list[Case]:
    """Cases of a round each, so that none meets another; first: the number of the first one."""
    found = []
    for number in range(first, first + count):
        city.round = make_round(f"X{number}")
        found.append(make_case(city, state, ref=f"R{number:02}", **facts))
    return found


def step(case, action: str, username: str, expected: int | None) -> str:
    """One attempt; "won" when it was let through."""
    actor = services.User.objects.get(username=username)
    call = CALLS[action]
    services.perform(case_id=case[0], action=action, actor=actor, comment="同意", expected_version=expected, **call)
    return f"won {action}"


def for_decision(city, _processes, rounds):
    """One case a round, as (key, seq)."""
    return [(case.pk, case.seq) for case in cases(city, rounds, State.DECISION)]


def approve(number, case):
    """Half of them say which version they saw, half do not."""
    return step(case, "approve", "approver", case[1] if number % 2 else None)


def approve_blindly(_number, case):
    """Nobody says which version they saw."""
    return step(case, "approve", "approver", None)


def decide(number, case):
    """A third approves, a third defers, a third returns."""
    return step(case, list(CALLS)[number % 3], "approver", None)


def for_pairs(city, _processes, rounds):
    """Two cases a round."""
    found = for_decision(city, 0, rounds * 2)
    return list(zip(found[::2], found[1::2], strict=True))


def approve_both(number, pair):
    """Half of them in the one order, half in the other; how many each won."""
    won = 0
    for case in pair if number % 2 else reversed(pair):
        try:
            won += step(case, "approve", "approver", None).startswith("won")
        except WorkflowError:
            continue
    return won


def for_reviews(city, _processes, rounds):
    """The three reviews of a case, judged and not concluded."""
    tasks = []
    for case in cases(city, rounds, State.REVIEW):
        reviews = list(Review.objects.filter(project_id=case.pk).order_by("kind"))
        for review in reviews:
            reviewer = getattr(city, "planner" if review.kind == "planning" else review.kind)
            services.perform_review(review_id=review.pk, action="review_open", actor=reviewer)
            codes = review.items.filter(applies=True).values_list("code", flat=True)
            save_verdicts(review_id=review.pk, actor=reviewer, verdicts={code: {"verdict": "pass"} for code in codes})
        tasks.append([(review.pk, Review.objects.get(pk=review.pk).reviewer_id) for review in reviews])
    return tasks


def conclude(number, reviews):
    """Several browsers of each of the three reviewers press the same button."""
    pk, reviewer = reviews[number % 3]
    actor = services.User.objects.get(pk=reviewer)
    services.perform_review(review_id=pk, action="review_pass", actor=actor, expected_version=1)
    return f"won {number % 3}"


def for_signatures(city, _processes, rounds):
    """The standards review of a case, judged, with three free hands: all must sign, or (every other case) any one."""
    people = [city.standards, *(person(f"standards{n}", Role.STANDARDS, city.office) for n in (2, 3))]
    tasks = []
    for number in range(rounds):
        sign_by(mode="all" if number % 2 == 0 else "any", seats=3)
        case = cases(city, 1, State.REVIEW, first=number)[0]
        review = Review.objects.get(project_id=case.pk, kind="standards")
        services.perform_review(review_id=review.pk, action="review_open", actor=people[0])
        seats = list(review.seats.order_by("order"))
        for seat, who in zip(seats[1:], people[1:], strict=True):
            services.perform_review(review_id=review.pk, action="seat_take", actor=who, entry={"seat": seat.pk})
        codes = review.items.filter(applies=True).values_list("code", flat=True)
        save_verdicts(review_id=review.pk, actor=people[0], verdicts={code: {"verdict": "pass"} for code in codes})
        tasks.append([review.pk, [(seat.pk, who.pk) for seat, who in zip(seats, people, strict=True)]])
    return tasks


def sign(number, task):
    """Several browsers of each of three signers press the same button."""
    review, seats = task
    seat, who = seats[number % 3]
    actor, entry = services.User.objects.get(pk=who), {"seat": seat, "outcome": "pass"}
    services.perform_review(review_id=review, action="seat_sign", actor=actor, comment="同意", entry=entry)
    return f"won {number % 3}"


def for_screening(city, processes, rounds):
    """Proposals of one application round that ask for the same: each screening writes findings on all of them."""
    found = [make_case(city, State.REVIEW, ref=f"R{number:02}", text=TEXTS[0]) for number in range(processes)]
    return [[case.pk for case in found]] * rounds


def screen(number, projects):
    """Each process screens one of them again."""
    case = Case.objects.get(pk=projects[number])
    return execute(request_run(case, case.versions.get()).pk).status


SCENARIOS = {
    "approve": (for_decision, approve),
    "broken": (for_decision, approve_blindly),
    "decide": (for_decision, decide),
    "pairs": (for_pairs, approve_both),
    "reviews": (for_reviews, conclude),
    "screening": (for_screening, screen),
    "signatures": (for_signatures, sign),
    "broken signatures": (for_signatures, sign),
}

if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
