"""Attach a document to a proposal and remove it."""

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from projects.documents import clean_name, digest_of_file, recognise
from projects.models import Document, Project
from projects.services.locking import count_edit, lock_for_edit
from projects.states import DocumentKind

MAX_DOCUMENTS = 50


@transaction.atomic
def attach_document(
    *, project_id: int, actor: User, kind: str, upload: UploadedFile, expected_revision: int | None = None
) -> Document:
    """Store a file under a random name, after looking at its content.

    kind: a value of DocumentKind. upload: at most settings.DOCUMENT_MAX_BYTES. expected_revision: may be None, since a
    new file overwrites nobody's edit. Returns the document.
    Raises ValidationError by field, PermissionDenied, NotEditable, StaleEdit.
    """
    if kind not in DocumentKind.values:
        raise ValidationError({"kind": _("Choose what the document is.")})
    name = clean_name(upload.name or "")
    content_type = recognise(upload, name)
    project = lock_for_edit(project_id, actor, expected_revision)
    if project.documents.count() >= MAX_DOCUMENTS:
        message = _("A proposal can carry at most %(limit)s documents.")
        raise ValidationError({"file": message % {"limit": MAX_DOCUMENTS}})
    document = Document(
        project=project,
        kind=kind,
        name=name,
        size=upload.size or 0,
        content_type=content_type,
        digest=digest_of_file(upload),
        uploaded_by=actor,
    )
    upload.seek(0)
    document.file.save(uuid.uuid4().hex, upload, save=False)
    try:
        with transaction.atomic():
            document.save()
            count_edit(project, actor)
    except BaseException:
        default_storage.delete(str(document.file.name))
        raise
    return document


@transaction.atomic
def remove_document(*, project_id: int, document_id: int, actor: User, expected_revision: int | None = None) -> None:
    """Take a document off a proposal. The file of a submitted version stays in the store, because the version cites it.

    Raises Document.DoesNotExist, PermissionDenied, NotEditable, StaleEdit.
    """
    project = lock_for_edit(project_id, actor, expected_revision)
    document = project.documents.get(pk=document_id)
    if document.digest not in _submitted_digests(project):
        forget_files([document])
    document.delete()
    count_edit(project, actor)


def forget_files(documents: Iterable[Document]) -> None:
    """Delete the files once the transaction has committed."""
    names = [str(document.file.name) for document in documents]

    def forget() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(forget)


def _submitted_digests(project: Project) -> set[str]:
    snapshots = project.versions.values_list("snapshot", flat=True)
    return {row["digest"] for snapshot in snapshots for row in snapshot["attachments"]["documents"]}
