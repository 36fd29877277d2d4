"""What the reviewers see of the requirement table: the frozen lines, the estimate of that day, the gaps by name."""

import pytest
from django.urls import reverse

from planning.models import PolicyRow
from projects.compare import compare
from projects.models import Project, TraceRow
from projects.services import save_functions, take_snapshot
from projects.states import State
from projects.trace_lines import trace_of_version
from tests.approvals.acting import fresh
from tests.cast import make_case
from tests.projects.making import force_state

pytestmark = pytest.mark.django_db


def review_page(client, city, case, kind: str, who: str):
    client.force_login(getattr(city, who))
    review = fresh(case).review_of(kind)
    return client.get(reverse("approvals:review", args=[case.ref, review.pk]))


def test_requirements_reviewer_reads_the_table_and_its_gaps(client, city):
    case = make_case(city, State.REVIEW, amount="60.00")
    TraceRow.objects.filter(project=case).update(criterion="")
    page = review_page(client, city, case, "requirements", "requirements")
    code = case.capabilities.get().code
    assert page.context["trace"]["lines"][0]["text"] == f"需求 {code}"
    assert [code in gap for gap in page.context["gaps"]] == [True]
    text = page.content.decode()
    assert f"需求 {code}" in text
    assert "600.00" in text  # 150 inputs of 4 points
    other = review_page(client, city, case, "planning", "planner")
    assert other.context["gaps"] == []


def test_later_policy_row_does_not_touch_the_estimate_of_a_submitted_version(city):
    case = make_case(city, State.REVIEW)
    version = fresh(case).current_version
    before = trace_of_version(version)["estimate"]["result"]
    row = PolicyRow.objects.get(key="function_points")
    later = version.submitted_at.date().replace(year=version.submitted_at.year + 1)
    PolicyRow.objects.create(key=row.key, value={**row.value, "rate": "9"}, source="x", valid_from=later)
    assert trace_of_version(version)["estimate"]["result"] == before


def test_submitted_case_is_not_stopped_by_what_is_asked_only_at_submission(city):
    case = make_case(city, State.REVIEW)
    TraceRow.objects.filter(project=case).delete()
    from projects import sections
    from projects.queries import load_parts

    assert sections.gaps(load_parts(Project.objects.get(pk=case.pk))) == []


def test_draft_without_a_line_is_not_submitted(client, city):
    case = make_case(city, State.DRAFT)
    TraceRow.objects.filter(project=case).delete()
    client.force_login(city.applicant)
    page = client.get(reverse("projects:check", args=[case.ref]))
    assert [gap["url"] for gap in page.context["gaps"]] == [reverse("projects:trace", args=[case.ref])]


def test_comparison_of_versions_names_the_changed_lines(city):
    case = make_case(city, State.REVIEW)
    old = fresh(case).current_version
    project = force_state(Project.objects.get(pk=case.pk), State.CORRECTION)
    TraceRow.objects.filter(project=case).update(criterion="抽查 50 笔")
    code = project.capabilities.get().code
    rows = [{"capability": code, "name": "登记", "type": "EI", "count": 90, "reuse": "high"}]
    save_functions(
        project_id=project.pk, actor=city.applicant, rows=rows, expected_revision=None, factors={"team": "none"}
    )
    new = take_snapshot(Project.objects.get(pk=case.pk), city.applicant, old.submitted_at)
    found = dict(compare(old, new).tables)
    assert len(found) == 3
    texts = str(found)
    for words in ("抽查 50 笔", "90", "high"):
        assert words in texts
