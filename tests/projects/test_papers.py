"""Attaching and removing documents through their services."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone

from projects import services
from projects.models import Document, Project
from projects.services.papers import MAX_DOCUMENTS
from tests.projects.making import (
    complete,
    make_pdf,
    make_project,
)

pytestmark = pytest.mark.django_db
BAD_TEXTS = ["a\0b", "a\ud800b", "a\x1bb", "a\u202eb", "a\u2066b", "\x85"]
BAD_AMOUNTS = ["NaN", "1e309", "-1", "0", "10000000.01", "1.005", "Infinity", "", None, "一百", "0x10", "1_0" * 200]


def stored_files():
    """Every file in the document store."""
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def test_document_is_stored_under_a_random_name():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by, "kind": "plan"}
    papers = [services.attach_document(upload=make_pdf("../方案.pdf"), **keys) for _ in range(2)]
    assert [paper.name for paper in papers] == ["方案.pdf"] * 2
    assert len({path.name for path in stored_files()}) == 2
    assert all(len(path.name) == 32 and "." not in path.name for path in stored_files())
    assert papers[0].digest == papers[1].digest
    assert Project.objects.get(pk=project.pk).revision == 2


def test_refused_document_leaves_no_file():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by}
    cases = [("kind", "nonsense", make_pdf()), ("file", "plan", make_pdf("a.exe"))]
    for field, kind, upload in [*cases, ("file", "plan", make_pdf(content=b""))]:
        with pytest.raises(ValidationError) as refused:
            services.attach_document(kind=kind, upload=upload, **keys)
        assert list(refused.value.message_dict) == [field]
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_document_count_is_limited():
    project = make_project()
    paper = services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())
    paper.pk = None
    values = {field.attname: getattr(paper, field.attname) for field in Document._meta.fields}
    Document.objects.bulk_create([Document(**values) for _ in range(MAX_DOCUMENTS - 1)])
    with pytest.raises(ValidationError):
        services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())


def test_file_that_cannot_be_recorded_is_not_kept(monkeypatch):
    project = make_project()

    def fail(self, *args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Document, "save", fail)
    with pytest.raises(RuntimeError):
        services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())
    assert stored_files() == []


def test_removal_deletes_the_file_unless_a_version_cites_it(django_capture_on_commit_callbacks):
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by}
    cited = services.attach_document(kind="plan", upload=make_pdf(), **keys)
    services.take_snapshot(project, project.created_by, timezone.now())
    loose = services.attach_document(kind="other", upload=make_pdf(content=b"%PDF-1.4 other"), **keys)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_document(document_id=cited.pk, **keys)
        services.remove_document(document_id=loose.pk, **keys)
    assert [path.name for path in stored_files()] == [Path(cited.file.name).name]


def test_document_of_another_project_cannot_be_removed():
    project, other = complete(make_project()), make_project()
    with pytest.raises(Document.DoesNotExist):
        services.remove_document(project_id=other.pk, document_id=project.documents.first().pk, actor=other.created_by)
