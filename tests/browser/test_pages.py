"""Every page a person meets: accessible, inside its width, nothing fetched from outside, in both languages."""

import pytest

from approvals.models import CorrectionNotice
from config.demo.walk import Walker
from projects.models import Project
from projects.states import State
from tests.browser.conftest import NARROW, WIDE, faults
from tests.cast import duplicate_text, make_case

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # Chromium keeps its connections to the server open a moment longer than the server lives.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
SECTIONS = ("overview", "unit", "needs", "solution", "resources", "security", "management", "budget", "attachments")


@pytest.fixture
def cases(town):
    """A draft, a returned one, one in adjudication, one under review, one to decide."""
    walker = Walker()
    draft = make_case(town, ref="P901")
    returned = make_case(town, State.INTAKE, ref="P902")
    items = [{"section": "budget", "problem": "没有测算依据。", "suggestion": "补充测算表。"}]
    walker.take(walker.to(returned.ref, State.INTAKE), "return_for_correction", town.intake, "请补正。", items=items)
    disputed = make_case(town, State.ADJUDICATION, ref="P903", text=duplicate_text(town))
    reviewed = make_case(town, State.REVIEW, ref="P904")
    decided = make_case(town, State.DECISION, ref="P905")
    approved = make_case(town, State.APPROVED, ref="P906")
    return {
        "draft": draft, "returned": returned, "disputed": disputed, "reviewed": reviewed, "decided": decided,
        "approved": approved,
    }  # fmt: skip


def addresses(town, cases):
    """Who looks at what."""
    disputed, reviewed = cases["disputed"].ref, cases["reviewed"]
    finding = Project.objects.get(ref=disputed).findings.filter(is_current=True).first()
    seat = reviewed.reviews.get(kind="planning")
    notice = CorrectionNotice.objects.get(project__ref="P902")
    yield town.applicant, [
        "/", "/?tab=drafts", "/projects/", "/projects/new/", "/projects/P901/", "/projects/P901/edit/",
        *(f"/projects/P901/edit/{code}/" for code in SECTIONS), "/projects/P901/check/",
        f"/projects/P902/notices/{notice.number}/", f"/projects/{disputed}/findings/",
        f"/projects/{disputed}/findings/{finding.pk}/reply/", "/projects/P906/", "/projects/P906/versions/",
        "/projects/P906/print/", "/notifications/", "/me/permissions/", "/me/", "/no-such-page/",
    ]  # fmt: skip
    yield town.manager, [
        "/", "/duplicates/", f"/projects/{disputed}/", f"/projects/{disputed}/findings/",
        f"/projects/{disputed}/findings/{finding.pk}/", f"/projects/{disputed}/steps/return_for_correction/",
        "/standards/", "/planning/", "/planning/policies/", "/projects/P905/steps/approve/",
    ]  # fmt: skip
    yield town.planner, [f"/projects/{reviewed.ref}/", f"/projects/{reviewed.ref}/reviews/{seat.pk}/"]
    yield town.approver, ["/projects/P905/", "/projects/P905/steps/approve/"]
    yield town.steward, ["/portfolio/", "/portfolio/systems/S900/", "/portfolio/unified/", "/portfolio/import/"]


@pytest.mark.parametrize(("language", "size"), [("zh-hans", WIDE), ("en", NARROW), ("en", WIDE), ("zh-hans", NARROW)])
def test_pages_are_accessible_and_fit(town, cases, visit, live_server, language, size):
    found = []
    for user, pages in addresses(town, cases):
        page = visit(user, language, size)
        for address in pages:
            answer = page.goto(live_server.url + address)
            assert answer.status < 500, address
            found += faults(page)
    assert found == []
