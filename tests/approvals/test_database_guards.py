"""The database is the second door: every known way round the first one is refused by it, on both vendors."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from approvals.models import Decision, Review, ReviewItem
from approvals.recording import write
from approvals.services import STEPS
from approvals.verify_case_file import digest
from projects.models import Project, Version
from projects.states import State
from tests.approvals.acting import fresh, judge, open_review, pass_reviews, review_of
from tests.cast import make_case

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

UNMOVED = "state change without its decision"
HISTORY = "history is append-only"
DELETED = "a project with a history is never deleted"
VERSION = "a submitted version never changes"
REVIEW = "review step without its decision"
KEPT = "a review keeps its version and basis"


@dataclass(frozen=True)
class Bypass:
    """One way round the door: what it does, in which words the database refuses it, on which vendors."""

    name: str
    words: str
    attack: Callable
    vendors: tuple[str, ...] = ("sqlite", "postgresql")


def sql(text, *values):
    """An attack in raw SQL; %(id)s and %(seq)s are the project's."""

    def attack(case):
        filled = text.replace("{id}", str(case.pk)).replace("{seq}", str(case.seq))
        with connection.cursor() as cursor:
            cursor.execute(filled, values or None)

    return attack


def truncate(text):
    """An attack that PostgreSQL lets nobody make while foreign keys are still to be looked at."""
    return then(sql("SET CONSTRAINTS ALL IMMEDIATE"), sql(text))


def log(action="accept", *, state=None, target=None, seq=1, previous=None):
    """A decision row written past the door; by default the legal next one from intake."""

    def attack(case):
        step = STEPS[state or State.INTAKE, action]
        row = Decision(
            project_id=case.pk, seq=case.seq + seq, action=action, source=step.source, target=target or step.target,
            actor=case.created_by, mandate="x", comment="", taken_at=timezone.now(),
        )  # fmt: skip
        row.project = case
        if previous is None:
            write(row)
        else:
            row.previous, row.algorithm = previous, "sm3"
            row.digest = digest(row.as_row(), previous)
            row.save(force_insert=True)

    return attack


def then(*attacks):
    """One after the other."""
    return lambda case: [attack(case) for attack in attacks]


def with_dict(case):
    """Round django-fsm, through the instance's dictionary."""
    case.__dict__["state"] = State.APPROVED
    case.save()


def bulk(case, **how):
    """The row again with another state, as one of many."""
    twin = Project.objects.get(pk=case.pk)
    twin.__dict__["state"] = State.APPROVED
    if how:
        Project.objects.bulk_create([twin], update_conflicts=True, unique_fields=["id"], **how)
    else:
        models.QuerySet(Project).bulk_update([twin], ["state"])


def born(**facts):
    """A project that begins elsewhere."""

    def attack(case):
        twin = Project.objects.get(pk=case.pk)
        twin.pk, twin.ref = None, "P999"
        twin.__dict__.update(facts)
        twin.save(force_insert=True)

    return attack


def columns(model, **changed):
    """(names, expressions) to copy a row in SQL with some columns changed."""
    names = [field.column for field in model._meta.concrete_fields]
    return ", ".join(names), ", ".join(changed.get(name, name) for name in names)


def copied(model, verb, where, tail="", **changed):
    """INSERT or REPLACE of a row that is there already, with some columns changed."""
    names, values = columns(model, **changed)
    table = model._meta.db_table
    return sql(f"{verb} INTO {table} ({names}) SELECT {values} FROM {table} WHERE {where} {tail}")


UPSERT = "ON CONFLICT (id) DO UPDATE SET state = excluded.state"
MOVE = "UPDATE projects_project SET "
SQLITE, POSTGRESQL = ("sqlite",), ("postgresql",)

PROJECT = [
    Bypass("raw update of the state", UNMOVED, sql(MOVE + "state = 'approved' WHERE id = {id}")),
    Bypass("state and seq without a row", UNMOVED, sql(MOVE + "state = 'screening', seq = seq + 1 WHERE id = {id}")),
    Bypass("seq alone", UNMOVED, sql(MOVE + "seq = seq + 1 WHERE id = {id}")),
    Bypass("seq backwards", UNMOVED, sql(MOVE + "seq = seq - 1 WHERE id = {id}")),
    Bypass("illegal edge", "illegal edge", log(target=State.APPROVED)),
    Bypass("action of another state", "illegal edge", log("approve", state=State.DECISION, target=State.SCREENING)),
    Bypass("skipped seq", "stale or skipped decision", log(seq=2)),
    Bypass("seq that is taken", "stale or skipped decision", log(seq=0)),
    Bypass("wrong source", "stale or skipped decision", log("submit", state=State.DRAFT)),
    Bypass("broken chain", "broken chain", log(previous="0" * 64)),
    Bypass("chain begun anew", "broken chain", log(previous="")),
    Bypass("legal row, other state", UNMOVED, then(log(), sql(MOVE + "state = 'approved', seq = seq + 1"))),
    Bypass("legal row, other seq", UNMOVED, then(log(), sql(MOVE + "state = 'screening', seq = seq + 2"))),
    Bypass("legal row used twice", "stale or skipped decision", then(log(), log(seq=2))),
    Bypass("another key", UNMOVED, sql(MOVE + "id = id + 1000 WHERE id = {id}")),
    Bypass("unknown state", UNMOVED, sql(MOVE + "state = 'paradise' WHERE id = {id}")),
    Bypass("birth in approved", "projects start as draft", born(state="approved")),
    Bypass("birth with a history", "projects start as draft", born(state="draft", seq=3)),
    Bypass("birth in an unknown state", "projects start as draft", born(state="paradise", seq=0)),
    Bypass("delete", DELETED, sql("DELETE FROM projects_project WHERE id = {id}")),
    Bypass("truncate", DELETED, truncate("TRUNCATE projects_project CASCADE"), POSTGRESQL),
    Bypass(
        "upsert",
        "projects start as draft",
        copied(Project, "INSERT", "id = {id}", UPSERT, state="'approved'"),
        POSTGRESQL,
    ),
    Bypass("upsert", "", copied(Project, "INSERT", "id = {id}", UPSERT, state="'approved'"), SQLITE),
    Bypass("replace", "projects start as draft", copied(Project, "REPLACE", "id = {id}", state="'approved'"), SQLITE),
    Bypass("replace by a draft", DELETED, copied(Project, "REPLACE", "id = {id}", state="'draft'", seq="0"), SQLITE),
    Bypass("save of a new instance", UNMOVED, lambda case: Project(**{**vars_of(case), "state": "approved"}).save()),
    Bypass(
        "queryset.update", UNMOVED, lambda case: models.QuerySet(Project).filter(pk=case.pk).update(state="approved")
    ),
    Bypass("bulk_update", UNMOVED, bulk),
    Bypass(
        "bulk_create with update_conflicts", "projects start as draft", lambda case: bulk(case, update_fields=["state"])
    ),
    Bypass("instance.__dict__", UNMOVED, with_dict),
]
LOG = [
    Bypass("update of a decision", HISTORY, sql("UPDATE approvals_decision SET comment = 'x'")),
    Bypass("update without a change", HISTORY, sql("UPDATE approvals_decision SET seq = seq")),
    Bypass("delete of a decision", HISTORY, sql("DELETE FROM approvals_decision WHERE seq = {seq}")),
    Bypass("truncate of the history", HISTORY, truncate("TRUNCATE approvals_decision CASCADE"), POSTGRESQL),
    Bypass("replace of a decision", "", copied(Decision, "REPLACE", "seq = {seq}", comment="'x'"), SQLITE),
    Bypass("Decision.objects.update", HISTORY, lambda case: case.decisions.update(mandate="approver@M01")),
    Bypass("decision.save", HISTORY, lambda case: case.decisions.first().save()),
    Bypass("decision.delete", HISTORY, lambda case: case.decisions.all()._raw_delete(connection.alias)),
    Bypass("update of a version", VERSION, sql("UPDATE projects_version SET amount = 1")),
    Bypass("delete of a version", VERSION, lambda case: models.QuerySet(Version).all()._raw_delete(connection.alias)),
    Bypass("truncate of versions", VERSION, truncate("TRUNCATE projects_version CASCADE"), POSTGRESQL),
    Bypass("replace of a version", VERSION, copied(Version, "REPLACE", "number = 1", amount="1"), SQLITE),
    Bypass("version.save", VERSION, lambda case: case.versions.get().save()),
]


def vars_of(case):
    """The column values of a row by attribute name."""
    return {field.attname: getattr(case, field.attname) for field in Project._meta.concrete_fields}


def here(bypasses):
    """The ways that this vendor knows."""
    return [pytest.param(way, id=way.name) for way in bypasses if connection.vendor in way.vendors]


def refuse(case, way):
    """The database refuses that way, in its words, and nothing has changed."""
    before = snapshot(case)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        way.attack(fresh(case))
    assert f"tongchou: {way.words}" in str(caught.value)
    assert snapshot(case) == before


def snapshot(case):
    """Every guarded row as it is."""
    rows = [model.objects.order_by("pk").values() for model in (Project, Decision, Version, Review, ReviewItem)]
    return [list(found) for found in rows]


@pytest.mark.parametrize("way", here(PROJECT))
def test_project_does_not_move_past_the_door(city, way):
    refuse(make_case(city, State.INTAKE), way)


def test_manager_refuses_before_the_database_has_to(city):
    case = make_case(city, State.INTAKE)
    for change in ({"state": "approved"}, {"seq": 9}, {"title": "x", "state": "draft"}):
        with pytest.raises(AttributeError):
            Project.objects.filter(pk=case.pk).update(**change)


@pytest.mark.parametrize("way", here(LOG))
def test_history_does_not_change(city, way):
    refuse(make_case(city, State.INTAKE), way)


def new_review(**facts):
    """A review that begins concluded."""

    def attack(case):
        row = review_of(case, "planning")
        row.pk = None
        row.__dict__.update(facts)
        row.save(force_insert=True)

    return attack


ONE = " WHERE kind = 'planning'"
REVIEWS = [
    Bypass("birth as passed", "reviews start as not started", new_review(status="passed", seq=0)),
    Bypass("birth with a history", "reviews start as not started", new_review(status="not_started", seq=2)),
    Bypass("status alone", REVIEW, sql("UPDATE approvals_review SET status = 'passed'" + ONE)),
    Bypass("status and seq", REVIEW, sql("UPDATE approvals_review SET status = 'passed', seq = seq + 1" + ONE)),
    Bypass("seq alone", REVIEW, sql("UPDATE approvals_review SET seq = seq + 1" + ONE)),
    Bypass("back to the start", REVIEW, sql("UPDATE approvals_review SET status = 'not_started'" + ONE)),
    Bypass("another basis", KEPT, sql("UPDATE approvals_review SET basis = ''" + ONE)),
    Bypass("another kind", KEPT, sql("UPDATE approvals_review SET kind = 'standards'" + ONE)),
    Bypass("another version", KEPT, sql("UPDATE approvals_review SET version_id = version_id + 1" + ONE)),
    Bypass("another project", KEPT, sql("UPDATE approvals_review SET project_id = project_id + 1" + ONE)),
    Bypass("delete", "reviews are never deleted", lambda case: Review.objects.all()._raw_delete(connection.alias)),
    Bypass("truncate", "reviews are never deleted", truncate("TRUNCATE approvals_review CASCADE"), POSTGRESQL),
    Bypass("delete of verdicts", "verdicts are never deleted", sql("DELETE FROM approvals_reviewitem")),
    Bypass(
        "truncate of verdicts",
        "verdicts are never deleted",
        truncate("TRUNCATE approvals_reviewitem CASCADE"),
        POSTGRESQL,
    ),
    Bypass(
        "verdict before it is opened", "verdicts change only", sql("UPDATE approvals_reviewitem SET verdict = 'pass'")
    ),
    Bypass("ORM: update", REVIEW, lambda case: Review.objects.filter(kind="planning").update(status="passed")),
]


@pytest.mark.parametrize("way", here(REVIEWS))
def test_review_does_not_move_past_the_door(city, way):
    case = make_case(city, State.REVIEW)
    open_review(case, "planning", city.planner)
    refuse(case, way)


def test_verdict_does_not_change_after_the_conclusion(city):
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning")
    items = "WHERE review_id IN (SELECT id FROM approvals_review WHERE kind = 'planning')"
    refuse(case, Bypass("", "verdicts change only", sql(f"UPDATE approvals_reviewitem SET verdict = 'fail' {items}")))
    refuse(case, Bypass("", "verdicts are never", sql(f"DELETE FROM approvals_reviewitem {items}")))


def test_enough_ways_are_tried():
    tried = [way for way in (*PROJECT, *LOG, *REVIEWS) if connection.vendor in way.vendors]
    assert len(tried) >= 50


# --- what stays allowed ---------------------------------------------------------------------------------------------


def test_harmless_columns_may_change(city):
    case = make_case(city, State.REVIEW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET title = 'x', seq = seq, state = state")
    row = Project.objects.get(pk=case.pk)
    row.title = "新标题"
    row.save()
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner)
    Review.objects.update(carried_to=fresh(case).current_version)
    assert Project.objects.get(pk=case.pk).title == "新标题"


def test_draft_that_was_never_submitted_may_be_deleted(city):
    case = make_case(city)
    case.documents.all().delete()
    case.delete()
    assert not Project.objects.exists()
