"""Random people take random steps, edit, answer and cheat; what the product promises holds after every one of them."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import Assignment, User
from accounts.roles import SIDES, Role
from approvals.audit import problems
from approvals.errors import WorkflowError
from approvals.models import Approval, Case, NoticeItem, Review, ReviewItem, Waiver
from approvals.names import BASIS, UNIFIED_KINDS, ReviewKind
from approvals.screening_services import screen_and_advance
from approvals.services import REVIEW, STEPS, advance, perform, perform_review
from approvals.sheet_services import answer_item, save_verdicts
from config.demo.walk import Stuck, Walker
from projects.errors import ProjectRefusal
from projects.models import Finding, Project, ScreeningRun, Version
from projects.sections import digest_of
from projects.services import reply_to_finding, save_budget, save_section
from projects.states import ENDINGS, RunStatus, State
from tests.approvals.acting import ITEM
from tests.cast import duplicate_text, fill, make_case, person
from tests.projects.making import line_row

REFUSALS = (WorkflowError, ProjectRefusal, PermissionDenied, ValidationError, Stuck)
LIVES = int(os.environ.get("LIVES", "16"))  # 16 take seconds, 500 many minutes
ACTIONS = sorted({action for _source, action in STEPS})
REVIEW_ACTIONS = sorted({action for _status, action in REVIEW})
VERDICTS = ("pass", "fail", "doubt", "")
TURNCOATS = (Role.PLANNER, Role.MANAGER, Role.APPROVER, Role.INTAKE)
START = (State.DRAFT, State.INTAKE, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION)
# What the preview of a notice sends with it; whoever acts past it sends nothing.
LOOKED_AT = {"lines", "considered", "dropped"}


class Life(RuleBasedStateMachine):
    """One project from some state on."""

    city = None
    people: list[str] = []

    def __init__(self):
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.history: list[tuple[int, str]] = []

    def teardown(self):
        """Nothing of this life stays for the next one."""
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    @initialize(state=st.sampled_from(START), large=st.booleans(), known=st.booleans())
    def begin(self, state, large, known):
        """A project of some size, that resembles something or not."""
        large, known = large or state == State.EXPERT_REVIEW, known or state == State.ADJUDICATION
        text = {"text": duplicate_text(self.city)} if known else {}
        self.pk = make_case(self.city, state, amount="150" if large else "50", **text).pk

    # --- what happens ---
    @rule()
    def go_on(self):
        """The ordinary next step."""
        case = self.case()
        if case.state not in ENDINGS and case.state != State.DEFERRED:
            self.attempt(lambda: getattr(Walker(), f"from_{case.state}")(case))

    @rule(data=st.data(), who=st.integers(0, 99), age=st.sampled_from([None, None, 0, 1]))
    def take_a_step(self, data, who, age):
        """Somebody tries something, perhaps on an old page, half of the time something of the present state."""
        case = self.case()
        here = [action for source, action in STEPS if source == case.state]
        action = data.draw(st.sampled_from(here or ACTIONS) | st.sampled_from(ACTIONS))
        step = STEPS.get((case.state, action))
        entry = {name: data.draw(self.entered(name)) for name in (step.fields if step else ()) if name not in LOOKED_AT}
        seen = None if age is None else case.seq - age
        comment = data.draw(st.sampled_from(["同意", "同意", ""]))
        self.attempt(
            lambda: perform(
                case_id=self.pk,
                action=action,
                actor=self.somebody(who, step),
                comment=comment,
                expected_version=seen,
                entry=entry,
            )  # fmt: skip
        )

    @rule(kind=st.sampled_from(ReviewKind.values), action=st.sampled_from(REVIEW_ACTIONS), who=st.integers(0, 99))
    def take_a_step_of_a_review(self, kind, action, who):
        """Somebody tries a step of some review."""
        review = Review.objects.filter(project_id=self.pk, kind=kind).order_by("-pk").first()
        if review:
            reviewer = review.reviewer if review.reviewer and who % 2 else self.somebody(who)
            self.attempt(lambda: perform_review(review_id=review.pk, action=action, actor=reviewer, comment="意见"))

    @rule(
        kind=st.sampled_from(UNIFIED_KINDS), verdict=st.sampled_from(["pass", "fail", "doubt", ""]), most=st.booleans()
    )
    def judge(self, kind, verdict, most):
        """The reviewer fills in the sheet, or a line of it."""
        review = Review.objects.filter(project_id=self.pk, kind=kind).exclude(reviewer=None).order_by("-pk").first()
        if review:
            codes = list(review.items.filter(applies=True).values_list("code", flat=True))[: None if most else 1]
            words = {"verdict": verdict, "problem": "不合理", "suggestion": "修改", "clause": "第1条"}
            verdicts = dict.fromkeys(codes, words)
            self.attempt(lambda: save_verdicts(review_id=review.pk, actor=review.reviewer, verdicts=verdicts))

    @rule(section=st.sampled_from(["overview", "needs", "security", "budget"]), who=st.integers(0, 99))
    def edit(self, section, who):
        """The unit, or somebody else, changes the proposal."""
        actor = self.city.applicant if who % 2 else self.somebody(who)
        column = {"overview": "summary", "needs": "necessity", "security": "security_plan"}.get(section)
        if column:
            data = {"section": section, "data": {column: f"改动 {who}"}, "expected_revision": None}
            self.attempt(lambda: save_section(project_id=self.pk, actor=actor, **data))
        else:
            code = self.case().capabilities.values_list("code", flat=True).first()
            rows = [line_row(amount=Decimal(40 + who), capability=code)]
            self.attempt(lambda: save_budget(project_id=self.pk, actor=actor, rows=rows, expected_revision=None))

    @rule(answer=st.sampled_from(["explain", "reuse", "remove"]), decision=st.sampled_from(["amended", ""]))
    def answer(self, answer, decision):
        """The unit answers findings and notice items."""
        for finding in Finding.objects.filter(project_id=self.pk, is_current=True)[:2]:
            call = {"finding_id": finding.pk, "actor": self.city.applicant, "reply": answer, "text": "不同"}
            self.attempt(lambda call=call: reply_to_finding(**call))
        for item in NoticeItem.objects.filter(notice__project_id=self.pk)[:3]:
            call = {"item_id": item.pk, "actor": self.city.applicant, "answer": decision, "text": "已改"}
            self.attempt(lambda call=call: answer_item(**call))

    @rule(fails=st.booleans())
    def screen(self, fails):
        """A worker carries out the newest run, or breaks on it."""
        run = ScreeningRun.objects.filter(project_id=self.pk).order_by("-pk").first()
        if run and fails and run.status == RunStatus.QUEUED:
            ScreeningRun.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, finished_at=timezone.now())
        elif run:
            screen_and_advance(run.pk)
        advance(self.pk)

    @rule(who=st.integers(0, 99), role=st.sampled_from(TURNCOATS))
    def change_sides(self, who, role):
        """Somebody is given one more role."""
        Assignment.objects.get_or_create(user=self.somebody(who), role=role, department=self.city.office)

    @rule(state=st.sampled_from(State.values))
    def cheat(self, state):
        """Somebody with a database client moves the project."""
        cursor, move = connection.cursor(), "UPDATE projects_project SET state = %s, seq = seq + 1 WHERE id = %s"
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(move, [state, self.pk])

    # --- what always holds ---
    @invariant()
    def state_is_what_the_history_says(self):
        """As many rows as steps, numbered, chained, and the last one led here."""
        case = self.case()
        rows = list(case.decisions.order_by("seq").values_list("seq", "digest", "target", "action", "actor", "mandate"))
        assert [row[0] for row in rows] == list(range(1, case.seq + 1))
        assert case.state == (rows[-1][2] if rows else State.DRAFT)
        assert list(problems()) == []
        known = [(seq, digest) for seq, digest, *_rest in rows]
        assert known[: len(self.history)] == self.history
        self.history = known

    @invariant()
    def nobody_decides_from_two_sides(self):
        """Promise 4."""
        sides: dict[int, set[str]] = {}
        for actor, mandate, unit in self.case().decisions.values_list("actor", "mandate", "actor__department"):
            side = {name for name, roles in SIDES.items() if mandate.split("@")[0] in {role.value for role in roles}}
            sides.setdefault(actor, set()).update(side)
            assert "applicant" in side or mandate == "system" or unit != self.city.hospital.pk
        assert all(len(found) <= 1 for found in sides.values())

    @invariant()
    def every_return_carries_items(self):
        """Promise 5."""
        for row in self.case().decisions.filter(action__in=["return_for_correction", "send_back"]):
            assert row.notice.items.exists()

    @invariant()
    def approval_keeps_the_promises(self):
        """Promises 1, 2 and 6, reckoned here and not by the guards."""
        approval = Approval.objects.filter(project_id=self.pk).select_related("version").first()
        assert (self.case().state == State.APPROVED) == (approval is not None)
        if approval is None:
            return
        version = approval.version
        assert version == Version.objects.filter(project_id=self.pk).order_by("-number").first()
        for kind in UNIFIED_KINDS:
            assert any(self.stands(review, version) for review in Review.objects.filter(project_id=self.pk, kind=kind))
        run = ScreeningRun.objects.filter(project_id=self.pk).order_by("-pk").first()
        assert (run.version, run.status) == (version, RunStatus.SUCCEEDED)
        assert run.band != "insufficient"
        blocking = Finding.objects.filter(project_id=self.pk, is_current=True, band__in=["red", "amber"])
        assert all(finding.is_settled for finding in blocking.exclude(relation="related"))
        assert 0 < approval.amount <= version.amount
        self.wanting_majors_are_waived(approval)

    def wanting_majors_are_waived(self, approval):
        """No veto found wanting at all, and a waiver for every major, granted before the approval."""
        sheets = Review.objects.filter(project_id=self.pk, kind__in=UNIFIED_KINDS).order_by("kind", "-pk")
        newest = {review.kind: review for review in reversed(sheets.exclude(status="recused"))}
        rows = ReviewItem.objects.filter(review__in=newest.values(), applies=True, verdict__in=["fail", "doubt"])
        assert not rows.filter(severity="veto").exists()
        for row in rows.filter(severity="major"):
            waivers = Waiver.objects.filter(project_id=self.pk, code=row.code)
            assert waivers.filter(granted_at__lte=approval.decision.taken_at).exists()

    # --- help ---
    def case(self) -> Case:
        """As the database has it now."""
        return Case.objects.select_related("department", "round").get(pk=self.pk)

    def somebody(self, who, step=None) -> User:
        """A person by number; half of the time one whose step it is."""
        likely = Assignment.objects.filter(role__in=[role.value for role in step.by] if step and who % 2 else [])
        names = list(likely.order_by("pk").values_list("user__username", flat=True)) or self.people
        return User.objects.get(username=names[who % len(names)])

    def entered(self, name):
        """What may be entered in a field, right or wrong."""
        findings = list(Finding.objects.filter(project_id=self.pk).values_list("pk", flat=True))
        return {
            "items": st.sampled_from([[], [ITEM]]),
            "clause": st.sampled_from(["", "第3条"]),
            "findings": st.lists(st.sampled_from(findings or [0]), max_size=2, unique=True),
            "decision": st.sampled_from(["exception", "not_duplicate", "cut", "reuse"]),
            "reason_code": st.sampled_from(["emergency", ""]),
            "expires_on": st.sampled_from([None, timezone.localdate() + timedelta(days=9)]),
            "ending": st.sampled_from(["merge", "redirect", "reject"]),
            "target_project": st.sampled_from(["", "P902"]),
            "target_system": st.sampled_from(["", "S900"]),
            "approved_amount": st.sampled_from([None, Decimal("0.01"), Decimal(50), Decimal(151)]),
            "conditions": st.just("分期"),
            "item": st.sampled_from(self.wanting() or [""]),
            "measure": st.sampled_from(["每月核对", "每月核对", ""]),
            "until": st.sampled_from([timezone.localdate() + timedelta(days=days) for days in (90, 90, 0, 999)]),
            "evidence": st.sampled_from(["报告第 3 页", ""]),
            "days": st.sampled_from([1, 3, 99]),
            "expert": st.sampled_from(["expert1", "expert5", "applicant"]),
        }[name]

    def wanting(self):
        """Codes that some review found wanting."""
        rows = ReviewItem.objects.filter(review__project_id=self.pk, verdict__in=["fail", "doubt"])
        return sorted(set(rows.values_list("code", flat=True)))

    def attempt(self, call):
        """Let it happen or be refused; a refusal leaves nothing behind."""
        before = self.traces()
        try:
            with transaction.atomic():
                call()
        except REFUSALS:
            assert self.traces() == before

    def traces(self):
        """What a step would have changed."""
        case = self.case()
        reviews = Review.objects.filter(project_id=self.pk).order_by("pk")
        return case.state, case.seq, case.revision, case.updated_at, list(reviews.values_list("pk", "status", "seq"))

    @staticmethod
    def stands(review, version) -> bool:
        """Whether that review passed on what the version says."""
        hashes = {section: digest_of(values) for section, values in version.snapshot.items()}
        same = all(review.version.sections[section] == hashes[section] for section in BASIS[review.kind])
        return review.status in {"passed", "passed_with_conditions"} and same


@pytest.mark.postgres
def test_promises_hold_through_random_lives(city):
    person("planner2", Role.PLANNER, city.office)
    person("manager2", Role.MANAGER, city.office)
    person("insider", Role.APPROVER, city.hospital)
    other = Project.objects.create(
        ref="P902", title="x", department=city.water, round=city.round, created_by=city.applicant2,
        declared_unclassified=True,
    )  # fmt: skip
    fill(other, city.applicant2, amount="10", text="图书借阅登记")
    Life.city, Life.people = city, sorted(User.objects.values_list("username", flat=True))
    # The databases' own fences have tests of their own: on PostgreSQL a few lives show that both agree.
    lives = LIVES if connection.vendor == "sqlite" else min(LIVES, 5)
    how = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
    run_state_machine_as_test(Life, settings=settings(max_examples=lives, stateful_step_count=40, **how))
