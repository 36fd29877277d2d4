"""Documents through the client: up, down, away."""

import pytest

from projects.models import Document
from tests.projects.browsing import at, attach
from tests.projects.making import (
    PDF,
    complete,
    make_pdf,
    make_project,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def project():
    """An empty draft."""
    return make_project()


@pytest.fixture
def clerk(client, project):
    """A client signed in as the unit's applicant."""
    client.force_login(project.created_by)
    return client


# --- documents -------------------------------------------------------------------------------------------------------
def test_document_goes_up_and_comes_down_as_an_attachment(clerk, project):
    assert attach(clerk, project, make_pdf("建设 方案.pdf")).status_code == 302
    paper = Document.objects.get()
    response = clerk.get(at("document", project, paper.pk))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%BB%BA")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("upload", "kind"),
    [
        (make_pdf("a.exe"), "plan"),
        (make_pdf(content=b"MZ"), "plan"),
        (make_pdf(content=b""), "plan"),
        (make_pdf(), ""),
        (make_pdf(), "zz"),
        ("no file", "plan"),
    ],
)
def test_refused_upload_says_why_on_the_page(clerk, project, upload, kind):
    if not isinstance(upload, str):
        upload.seek(0)
    response = attach(clerk, project, upload, kind)
    assert response.status_code == 422
    assert response.context["upload"].errors
    assert not Document.objects.exists()


def test_upload_above_the_limit_is_refused(clerk, project, settings):
    settings.DOCUMENT_MAX_BYTES = 100
    assert attach(clerk, project, make_pdf(content=PDF + b" " * 100)).status_code == 422


def test_changed_or_missing_file_is_not_handed_out(clerk, project):
    attach(clerk, project, make_pdf())
    paper = Document.objects.get()
    with open(paper.file.path, "ab") as file:
        file.write(b"!")
    assert clerk.get(at("document", project, paper.pk)).status_code == 409
    paper.file.storage.delete(paper.file.name)
    assert clerk.get(at("document", project, paper.pk)).status_code == 409


def test_document_is_removed_after_asking(clerk, project):
    attach(clerk, project, make_pdf())
    address = at("remove_document", project, Document.objects.get().pk)
    assert clerk.get(address).status_code == 200
    assert Document.objects.exists()
    assert clerk.post(address).status_code == 302
    assert not Document.objects.exists()


def test_document_is_found_only_under_its_own_proposal(clerk, project):
    other = complete(make_project(project.created_by, round=project.round))
    paper = other.documents.first()
    assert clerk.get(at("document", project, paper.pk)).status_code == 404
    assert clerk.post(at("remove_document", project, paper.pk)).status_code == 404
