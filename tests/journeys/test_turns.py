"""The other ways a case can go, each at the browser: returned, withdrawn, deferred, merged, reused, filed, lapsed."""

from datetime import timedelta

import pytest
import time_machine

from approvals import tasks
from approvals.models import CorrectionNotice
from projects.models import Project
from projects.states import State
from tests.approvals.acting import fresh
from tests.cast import TEXTS, duplicate_text, make_case
from tests.journeys import acts
from tests.journeys.people import state_of
from tests.projects import making

pytestmark = pytest.mark.django_db
FIRST = {"items-0-section": "budget", "items-0-problem": "没有测算依据", "items-0-suggestion": "补充测算表"}


def fresh_case(ref="P901"):
    return fresh(Project.objects.get(ref=ref))


def test_return_from_intake_is_answered_item_by_item(town, people):
    make_case(town, State.INTAKE)
    page = people.intake.follow(people.intake.case("P901"), "/steps/return_for_correction/")
    rows = int(page.form(has="comment").fields["items-TOTAL_FORMS"].value)
    page = people.intake.send(page, page.form(has="comment"), FIRST, press="add_item")  # one more line, without scripts
    form = page.form(has="comment")
    assert int(form.fields["items-TOTAL_FORMS"].value) == rows + 1
    assert form.fields["items-0-problem"].value.strip() == FIRST["items-0-problem"]
    last = {f"items-{rows}-{name}": f"最后一行 {name}" for name in ("problem", "suggestion")}
    values = {"comment": "请一次性补正。", **last, f"items-{rows}-section": "needs"}
    page = people.intake.send(page, form, values)
    people.intake.send(page, page.form(has="considered"))
    assert state_of("P901") == "correction"
    assert people.applicant.inbox().says("P901")
    answer(people, town)


def answer(people, town):
    """Not adopting wants a reason, resubmitting wants every answer, and a second submission is a second version."""
    clerk = people.applicant
    page = clerk.follow(clerk.case("P901"), "/notices/1/")
    names = sorted(name for form in page.forms for name in form.fields if name.endswith("-answer"))
    assert len(names) == 2
    page = clerk.send(page, page.form(has=names[0]), {names[0]: "not_adopted"})
    assert page.says(clerk.says("Say why it is not adopted."))
    clerk.send(page, page.form(has=names[0]), {names[0]: "not_adopted", f"{names[0]}_text": "按信息化造价标准测算。"})
    page = acts.submit(clerk, "P901", "resubmit", status=409)
    assert page.says("1")
    assert state_of("P901") == "correction"
    page = clerk.follow(clerk.case("P901"), "/notices/1/")
    clerk.send(page, page.form(has=names[1]), {names[1]: "amended"})
    acts.submit(clerk, "P901", "resubmit")
    assert (state_of("P901"), fresh_case().current_version.number) == ("intake", 2)
    page = people.intake.follow(people.intake.case("P901"), "/versions/")
    assert page.says("1", "2")
    people.intake.step("P901", "accept")
    assert state_of("P901") == "review"


def test_withdrawal_ends_the_case_for_everybody(town, people):
    make_case(town, State.REVIEW)
    sheet = people.planner.follow(people.planner.case("P901"), "/reviews/")
    page = people.applicant.follow(people.applicant.case("P901"), "/steps/withdraw/")
    page = people.applicant.send(page, page.form(has="comment"), {"comment": ""})
    assert state_of("P901") == "review"  # a reason is asked for
    page = people.applicant.send(page, page.form(has="comment"), {"comment": "方案调整。"})
    assert state_of("P901") == "withdrawn"
    assert page.says(people.applicant.says("Withdrawn"), "方案调整。")
    assert not people.planner.inbox().says("P901")
    people.planner.send(sheet, sheet.form("/review_open/"), press="review_open", status=409)
    assert people.planner.case("P901").says(people.planner.says("This case has ended."))


def test_deferred_case_is_taken_up_again(town, people):
    make_case(town, State.DECISION)
    people.approver.step("P901", "defer", {"comment": "待标准发布后再议。"})
    assert state_of("P901") == "deferred"
    assert people.applicant.inbox().says("P901")
    people.applicant.step("P901", "take_up")
    assert state_of("P901") == "draft"
    acts.section(people.applicant, "P901", "needs", {"necessity": "标准已发布。"})
    acts.submit(people.applicant, "P901")
    assert (state_of("P901"), fresh_case().current_version.number) == ("endorsement", 2)


@pytest.fixture
def double(town):
    """Two proposals of tier T2 that ask for what exists: P901 waits for adjudication, P902 is under review."""
    make_case(town, State.REVIEW, ref="P902", actor=town.applicant2, amount="150.00", text=TEXTS[2])
    return make_case(town, State.ADJUDICATION, ref="P901", amount="150.00", text=duplicate_text(town))


def test_merger_above_the_managers_tier_is_confirmed_by_the_approver(double, people):
    page = people.manager.case("P901")
    assert not page.has_link("/steps/merge/")
    assert page.says(people.manager.says("Above tier %(limit)s the approver decides on your proposal.", limit="T1"))
    page = people.manager.follow(page, "/steps/propose_ending/")
    page = people.manager.send(
        page, page.form(has="ending"), {"ending": "merge", "target_project": "P999", "comment": "合并"}
    )
    assert page.says(people.manager.says("There is no other project with the reference %(ref)s.", ref="P999"))
    people.manager.send(page, page.form(has="ending"), {"target_project": "P902"})
    assert state_of("P901") == "adjudication"
    assert people.approver.inbox().says("P901")
    people.approver.step("P901", "decline_ending", {"comment": "先核实服务对象。"})
    assert not people.approver.inbox().says("P901")
    assert not people.approver.case("P901").has_link("/steps/confirm_merge/")
    values = {"ending": "merge", "target_project": "P902", "comment": "服务对象已核实，合并建设。"}
    people.manager.step("P901", "propose_ending", values)
    people.approver.step("P901", "confirm_merge", {"comment": "同意合并。"})
    assert state_of("P901") == "merged"
    assert people.applicant.case("P901").says(people.applicant.says("Merged into another project"), "同意合并。")


def test_case_is_redirected_to_a_system_that_is_not_retired(town, people):
    make_case(town, State.ADJUDICATION, text=duplicate_text(town))
    making.make_system(town.office, "S903", status="retired")
    page = people.manager.follow(people.manager.case("P901"), "/steps/redirect/")
    page = people.manager.send(page, page.form(has="target_system"), {"target_system": "S903", "comment": "复用"})
    assert page.says(people.manager.says("%(code)s is retired and cannot be reused.", code="S903"))
    assert state_of("P901") == "adjudication"
    people.manager.send(page, page.form(has="target_system"), {"target_system": "S900"})
    assert state_of("P901") == "reuse"
    assert people.applicant.case("P901").says(people.applicant.says("Redirected to reuse"))
    assert people.applicant.open("/notifications/").says("P901")


def test_small_project_is_filed(town, people):
    make_case(town, State.INTAKE, amount="10.00")
    people.intake.step("P901", "file", {"comment": "小额项目，备案。"})
    assert state_of("P901") == "filed"
    assert people.finance.open("/?tab=copied").says("P901")
    make_case(town, State.INTAKE, ref="P902", amount="50.00", text=TEXTS[2])
    page = people.intake.case("P902")
    wanted = "Only projects of tier T0 or approved at a higher level are filed; this one is %(tier)s."
    assert page.says(people.intake.says(wanted, tier="T1"))
    assert not page.has_link("/steps/file/")


def test_correction_lapses_after_deadline_and_grace(town, people):
    make_case(town, State.INTAKE)
    people.intake.step("P901", "return_for_correction", {"comment": "请补正。", **FIRST})
    lapses = CorrectionNotice.objects.get().lapses_on
    with time_machine.travel(lapses, tick=True):
        tasks.lapse_corrections()
    assert state_of("P901") == "correction"  # the last day still counts
    with time_machine.travel(lapses + timedelta(days=1), tick=True):
        tasks.lapse_corrections()
        tasks.lapse_corrections()
    assert state_of("P901") == "withdrawn"
    page = people.applicant.case("P901")
    assert page.says(people.applicant.says("Time for correction ran out"))
    assert page.says(people.applicant.says("This case has ended."))
