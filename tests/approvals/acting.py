"""Small hands for the tests of the door: take a step, ask what the door says, put a row somewhere past the guards."""

from contextlib import contextmanager
from decimal import Decimal
from functools import cache

import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.services import system_user
from approvals.errors import Blocked, NotOffered, WorkflowError
from approvals.expert_services import declare, save_scores
from approvals.models import Case, Decision, Review
from approvals.names import OPEN, ReviewKind
from approvals.services import perform, perform_review
from approvals.sheet_services import answer_item, save_verdicts
from config.demo.walk import Walker, points_of
from projects.models import Finding, Project
from tests.guards_off import drop_guards

ITEM = {"section": "budget", "problem": "没有测算依据", "suggestion": "补充测算表"}
REASONED = {"problem": "缺密码应用方案", "suggestion": "补充方案", "clause": "GB/T 39786"}


class Undo(Exception):
    """Rolls back what a test only wanted to try."""


def fresh(project) -> Case:
    """The case as the database has it now."""
    return Case.objects.select_related("department", "round", "created_by").get(pk=project.pk)


def asked(guard, project, entry=None) -> str | None:
    """What a guard says of the case as it is now, with what the actor entered (None: the step is only offered)."""
    case = fresh(project)
    case.entry = entry
    return guard(case)


def act(project, action, actor, comment="同意", **entry) -> Decision:
    """One step through the door."""
    return perform(case_id=project.pk, action=action, actor=actor, comment=comment, entry=entry)


def said(project, action, actor, comment="同意", **entry) -> str:
    """What the door says to that person: the state it would lead to, "blocked" or "refused". Nothing stays."""
    try:
        with transaction.atomic():
            raise Undo(act(project, action, actor, comment, **entry).target)
    except Undo as undo:
        return str(undo)
    except NotOffered:
        return "refused"
    except Blocked:
        return "blocked"


def refusal(kind: type[WorkflowError], project, action, actor, comment="同意", **more) -> WorkflowError:
    """The refusal of that kind which the door must answer with; nothing may have been written."""
    before = traces(project)
    with pytest.raises(kind) as caught:
        perform(case_id=project.pk, action=action, actor=actor, comment=comment, **more)
    assert traces(project) == before
    return caught.value


def review_refusal(kind: type[WorkflowError], review, action, actor, comment="意见", **more) -> WorkflowError:
    """The same for a step of a review."""
    before = traces(review.project)
    with pytest.raises(kind) as caught:
        perform_review(review_id=review.pk, action=action, actor=actor, comment=comment, **more)
    assert traces(review.project) == before
    return caught.value


@cache
def tables() -> list:
    """Every model with a table of its own."""
    there = set(connection.introspection.table_names())
    return [model for model in apps.get_models() if model._meta.db_table in there and not model._meta.proxy]


def traces(project) -> dict:
    """Everything a step leaves behind: how many rows each table has, and what moves in the rows it changes."""
    counts = {model._meta.label: model._base_manager.count() for model in tables()}
    row = Project.objects.filter(pk=project.pk).values("state", "seq", "state_since", "round", "updated_at").get()
    reviews = list(
        Review.objects.order_by("pk").values_list("pk", "status", "seq", "reviewer", "carried_to", "opinion")
    )
    return {**counts, **row, "reviews": reviews}


@contextmanager
def guards_down():
    """Without the database's guards, as somebody with the owner's password could work."""
    drop_guards()
    yield connection.cursor()


def put(project, state) -> Case:
    """The case in a state it was not walked to; seq and history stay as they are."""
    with guards_down() as cursor:
        cursor.execute("UPDATE projects_project SET state = %s WHERE id = %s", [str(state), project.pk])
    return fresh(project)


def review_of(project, kind) -> Review:
    """The review of that kind in force."""
    return fresh(project).review_of(kind)


def judge(review, reviewer, verdict="pass", **reasons) -> None:
    """The same verdict on every item that applies."""
    codes = review.items.filter(applies=True).values_list("code", flat=True)
    verdicts = {code: {"verdict": verdict, **reasons} for code in codes}
    save_verdicts(review_id=review.pk, actor=reviewer, verdicts=verdicts)


def judge_one(review, reviewer, verdict, *, severity="major", **reasons) -> None:
    """One item of that severity gets another verdict than the rest."""
    code = review.items.filter(applies=True, severity=severity).first().code
    verdicts = {code: {"verdict": verdict, **(reasons or REASONED)}}
    save_verdicts(review_id=review.pk, actor=reviewer, verdicts=verdicts)


def step_review(review, action, reviewer, comment="意见", **more) -> Decision:
    """One step of a review through the door; an expert declares before the first and has given points for the last."""
    if review.kind == ReviewKind.EXPERT and review.reviewer_id == reviewer.pk:
        make_ready(review, action, reviewer)
    return perform_review(review_id=review.pk, action=action, actor=reviewer, comment=comment, **more)


def make_ready(review, action, expert) -> None:
    """What the door asks of an expert besides the step itself."""
    if action == "review_open":
        declare(review_id=review.pk, actor=expert)
    elif action in {"review_pass", "review_fail"} and not review.scores.exists():
        save_scores(review_id=review.pk, actor=expert, scores=points_of(expert, review))


def open_review(project, kind, reviewer) -> Review:
    """The review of that kind, opened by its reviewer."""
    review = review_of(project, kind)
    step_review(review, "review_open", reviewer)
    return Review.objects.get(pk=review.pk)


def pass_reviews(project, *kinds) -> None:
    """Those reviews pass; the rest stays open."""
    walker = Walker()
    for kind in kinds:
        walker.review(fresh(project), kind)


def answer_all(project, actor) -> None:
    """Every item of the open notice is answered."""
    for item in fresh(project).open_notice().items.all():
        answer_item(item_id=item.pk, actor=actor, answer="amended", text="已修改")


def open_expert_reviews(project):
    """Seats of experts that wait for an opinion."""
    return Review.objects.filter(project_id=project.pk, kind=ReviewKind.EXPERT, status__in=OPEN).order_by("pk")


def the_system():
    """The account in whose name the system acts."""
    return system_user()


def add_finding(project, band="amber", **facts) -> Finding:
    """One more finding of the newest run."""
    facts = {"capability_code": "X-09", "capability_text": "调度", "relation": "duplicate", "score": 0.8} | facts
    run = fresh(project).latest_run
    return Finding.objects.create(project_id=project.pk, run=run, band=band, money=Decimal(5), **facts)
