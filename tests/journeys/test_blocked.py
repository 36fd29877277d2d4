"""Ways round a gate, tried at the browser: each is refused with its reason, and nothing moves."""

import pytest

from accounts.models import User
from accounts.roles import Role
from approvals.models import Decision, Review
from portfolio.models import Capability, System
from projects.models import Project, ScreeningRun
from projects.states import RunStatus, State
from tests.approvals.acting import fresh, pass_reviews
from tests.cast import TEXTS, duplicate_text, make_case, person
from tests.journeys import acts
from tests.journeys.people import Person, state_of
from tests.projects import making

pytestmark = pytest.mark.django_db
REASONED = {"verdict": "fail", "problem": "缺测算依据", "suggestion": "补充测算表", "clause": "第十条"}


def knock(who, ref, action, status, **values):
    """Send the form of a step straight to its address, as somebody with a stale link or a script would."""
    before = Project.objects.values_list("state", "seq").get(ref=ref), Decision.objects.count()
    data = {"expected_version": before[0][1], "comment": "同意", **values}
    response = who.client.post(f"/projects/{ref}/steps/{action}/", data)
    assert response.status_code == status, response.content.decode()[:500]
    assert (Project.objects.values_list("state", "seq").get(ref=ref), Decision.objects.count()) == before
    return response.content.decode()


def test_nothing_is_approved_without_reviews(town, people):
    make_case(town, State.REVIEW)
    page = people.manager.case("P901")
    kinds = ", ".join(people.manager.says(f"{kind} review") for kind in ("Planning", "Requirements", "Standards"))
    assert page.says(people.manager.says("Not passed on this version: %(kinds)s.", kinds=kinds))
    text = knock(people.approver, "P901", "approve", 403, approved_amount="50.00")
    state = people.approver.says("Parallel unified review")
    assert people.approver.says("This step is not open in the present state “%(state)s”.", state=state) in text
    text = knock(people.manager, "P901", "reject", 409)
    assert people.manager.says("No review has failed on a veto item.") in text
    assert people.manager.says("Still under review: %(kinds)s.", kinds=kinds) in text


def test_nothing_is_approved_with_an_open_red_finding(town, people):
    case = make_case(town, State.ADJUDICATION, text=duplicate_text(town))
    finding = case.findings.filter(is_current=True).first()
    assert finding.band == "red"
    knock(people.approver, "P901", "approve", 403, approved_amount="50.00")
    page = people.manager.case("P901")
    assert page.says(
        "1 duplicate finding is not settled." if people.manager.language == "en" else "还有 1 条重复提示未研判。"
    )
    page = people.manager.open(f"/projects/P901/findings/{finding.pk}/")
    until = fresh(case).reply_until().isoformat()
    wanted = "The applicant may still answer %(codes)s until %(day)s."
    reason = people.manager.says(wanted, codes=finding.capability_code, day=until)
    assert page.says(reason)
    form = page.form("/findings/", has="decision")
    assert form.buttons == []  # the button is there and says why it does nothing
    form.fill({**acts.EXCEPTION, "expires_on": "2099-01-01"})
    response = people.manager.client.post(page.address, form.data())
    assert response.status_code == 409
    assert reason in response.content.decode()
    assert acts.EXCEPTION["comment"] in response.content.decode()
    assert state_of("P901") == "adjudication"
    acts.answer_findings(people.applicant, "P901")
    acts.settle_findings(people.manager, "P901")
    assert state_of("P901") == "decision"


def test_failed_screening_holds_the_case_until_it_has_been_repaired(town, people):
    make_case(town, State.INTAKE)
    Capability.objects.all().delete()
    System.objects.all().delete()
    page = people.intake.step("P901", "accept")
    assert state_of("P901") == "screening"
    assert page.says(people.intake.says("Screening failed"))
    assert page.says(people.intake.says("The system registry is empty, so nothing can be compared."))
    assert people.manager.inbox().says("P901")
    knock(people.approver, "P901", "approve", 403, approved_amount="50.00")
    people.manager.step("P901", "rescreen")
    assert (state_of("P901"), ScreeningRun.objects.filter(status=RunStatus.FAILED).count()) == ("screening", 2)
    system = making.make_system(town.office, "S902", name="渔船北斗终端管理系统")
    Capability.objects.create(system=system, code="S902-01", text="渔船北斗终端登记发放")
    people.manager.step("P901", "rescreen")
    assert state_of("P901") == "review"
    knock(people.manager, "P901", "rescreen", 409)  # offered there too, and not needed


def test_change_of_the_budget_voids_the_reviews_that_rested_on_it(town, people):
    make_case(town, State.REVIEW)
    pass_reviews(fresh_case(), "planning", "standards")
    page = people.requirements.follow(people.requirements.case("P901"), "/reviews/")
    page = people.requirements.send(page, page.form("/review_open/"), press="review_open")
    first = page.form(has="verdict").fields["code"].value
    page = judge_rest(people, page, first)
    acts.conclude(people.requirements, page, "review_ask", "请补正。")
    page = people.manager.follow(people.manager.case("P901"), "/steps/return_for_correction/")
    assert page.says(REASONED["problem"], REASONED["suggestion"])  # collected, without anybody typing it again
    page = people.manager.send(page, page.form(has="comment"), {"comment": "请一次补正。"})
    people.manager.send(page, page.form(has="considered"))
    assert state_of("P901") == "correction"

    page = people.applicant.open("/projects/P901/edit/budget/")
    people.applicant.send(page, page.form("/edit/budget/", has="revision"), {"lines-0-amount": "45.00"})
    answer_notice(people.applicant, "P901")
    acts.submit(people.applicant, "P901", "resubmit")
    people.intake.step("P901", "accept")
    assert state_of("P901") == "review"
    standing = {kind: fresh_case().review_of(kind) for kind in ("planning", "requirements", "standards")}
    assert {kind: review.status for kind, review in standing.items()} == {
        "planning": "not_started", "requirements": "not_started", "standards": "passed",
    }  # fmt: skip
    assert standing["standards"].carried_to == fresh_case().current_version
    assert people.planner.inbox().says("P901")
    old = Review.objects.filter(kind="planning").order_by("pk").first()
    assert people.planner.open(f"/projects/P901/reviews/{old.pk}/").says(people.planner.says("Passed"))


def judge_rest(people, page, first):
    """One item fails, the others pass."""
    while page.response.context["open_items"]:
        form = page.form(has="verdict")
        passed = {"verdict": "pass"}
        page = people.requirements.send(page, form, REASONED if form.fields["code"].value == first else passed)
    return page


def fresh_case():
    return fresh(Project.objects.get(ref="P901"))


def answer_notice(applicant: Person, ref: str) -> None:
    """Every item is answered."""
    page = applicant.follow(applicant.case(ref), "/notices/")
    form = page.form(has=next(name for form in page.forms for name in form.fields if name.endswith("-answer")))
    values = {name: "amended" for name in form.fields if name.endswith("-answer")}
    applicant.send(page, form, values)


def test_reviewer_of_the_own_unit_is_kept_out(town, people, language):
    make_case(town, State.REVIEW)
    colleague = Person(person("colleague", Role.PLANNER, town.hospital), language)
    assert not colleague.inbox().says("P901")
    review = fresh_case().review_of("planning")
    page = colleague.open(f"/projects/P901/reviews/{review.pk}/")
    reason = colleague.says("You belong to the applicant unit, so another person has to act.")
    assert page.says(reason)
    with pytest.raises(LookupError):
        page.form("/review_open/")
    address = f"/projects/P901/reviews/{review.pk}/review_open/"
    response = colleague.client.post(address, {"expected_version": review.seq, "comment": ""})
    text = response.content.decode()
    assert response.status_code == 403
    assert reason in text
    assert "planner" in text
    assert Review.objects.get(pk=review.pk).reviewer is None


@pytest.mark.parametrize("declared", [{}, {"declared_unclassified": ""}])
def test_without_the_declaration_nothing_is_stored(town, people, declared):
    clerk = people.applicant
    page = clerk.open("/projects/new/")
    form = page.form("/projects/new/")
    page = clerk.send(page, form, {"title": "某涉密系统", "kind": "new"}, status=422)
    wanted = "Without this declaration nothing is stored: classified projects must not be entered here."
    assert page.says(clerk.says(wanted))
    assert page.form("/projects/new/").fields["title"].value == "某涉密系统"  # typed, not stored
    assert not Project.objects.exists()


def test_stale_form_is_409_and_the_text_is_kept(town, people, language):
    make_case(town, State.INTAKE)
    other = Person(person("intake2", Role.INTAKE, town.office), language)
    mine = people.intake.follow(people.intake.case("P901"), "/steps/reject/")
    other.step("P901", "return_for_correction", {
        "comment": "缺附件", "items-0-section": "attachments", "items-0-problem": "缺附件", "items-0-suggestion": "补充",
    })  # fmt: skip
    values = {"clause": "负面清单第 3 条", "comment": "一个字也不能丢的意见"}
    page = people.intake.send(mine, mine.form(has="expected_version"), values, status=409)
    assert page.says(
        people.intake.says("The case has changed since you opened the page."), "intake2", values["comment"]
    )
    assert page.has_link("/projects/P901/")
    assert state_of("P901") == "correction"


def test_stale_section_is_409_and_both_texts_are_shown(town, people, language):
    make_case(town, State.DRAFT)
    other = Person(person("clerk2", Role.APPLICANT, town.hospital), language)
    mine = people.applicant.open("/projects/P901/edit/needs/")
    acts.section(other, "P901", "needs", {"necessity": "同事的文字"})
    form = mine.form("/edit/needs/", has="revision")
    page = people.applicant.send(mine, form, {"necessity": "我的文字"}, press="next", status=409)
    assert page.says("同事的文字", "clerk2")
    again = page.form("/edit/needs/", has="revision")
    assert again.fields["necessity"].value.strip() == "我的文字"
    people.applicant.send(page, again, {"necessity": "两人的文字"}, press="next")
    assert Project.objects.get(ref="P901").necessity == "两人的文字"


def test_step_that_is_not_offered_names_who_may(town, people):
    make_case(town, State.DECISION)
    User.objects.filter(username="approver").update(phone="5555 0118")
    for name in ("applicant", "planner", "manager", "finance"):
        text = knock(getattr(people, name), "P901", "approve", 403, approved_amount="50.00")
        assert "approver 5555 0118" in text
        assert getattr(people, name).says("This step is for others.") in text
    assert not people.manager.case("P901").has_link("/steps/approve/")


def test_case_of_another_unit_does_not_exist(town, people):
    make_case(town, State.DECISION, text=TEXTS[2])
    page = people.applicant2.open("/projects/P901/", status=404)
    assert not page.says("项目 P901")
    knock(people.applicant2, "P901", "withdraw", 404)
