"""Upload, download and remove the documents of a proposal."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from projects import queries, sections, services
from projects.documents import digest_of_file
from projects.errors import DamagedDocument
from projects.forms import SectionEdit, UploadForm
from projects.models import Document
from projects.views import pages
from projects.views.editing import editable
from projects.views.refusals import answers_refusals

SECTION = "attachments"


@require_POST
@answers_refusals
def upload(request: SignedInRequest, ref: str) -> HttpResponse:
    """Attach one file."""
    project = editable(request, ref)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        kind, file = form.cleaned_data["kind"], form.cleaned_data["file"]
        try:
            paper = services.attach_document(project_id=project.pk, actor=request.user, kind=kind, upload=file)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("“%(name)s” was attached.") % {"name": paper.name})
            return redirect(pages.section_url(project, SECTION))
    return _again(request, ref, form)


@require_GET
@answers_refusals
def document(request: SignedInRequest, ref: str, pk: int) -> HttpResponseBase:
    """Hand out a file as an attachment, after checking that it is still what was uploaded."""
    paper = queries.document_for(request.user, ref, pk)
    response = FileResponse(_intact(paper), as_attachment=True, filename=paper.name, content_type=paper.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_http_methods(["GET", "POST"])
@answers_refusals
def remove_document(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """Take a document off the proposal, after asking."""
    project = editable(request, ref)
    paper = queries.document_for(request.user, ref, pk)
    if request.method == "POST":
        services.remove_document(project_id=project.pk, document_id=paper.pk, actor=request.user)
        messages.success(request, _("“%(name)s” was removed.") % {"name": paper.name})
        return redirect(pages.section_url(project, SECTION))
    return render(request, "projects/remove_document.html", {"project": project, "paper": paper})


def _intact(paper: Document) -> File:
    """The open file. Raises DamagedDocument when it is gone or is not what was uploaded."""
    try:
        file = paper.file.open("rb")
        matches = digest_of_file(file) == paper.digest
    except OSError as error:
        raise DamagedDocument(_("The stored file cannot be read. Ask the system administrator.")) from error
    if not matches:
        file.close()
        raise DamagedDocument(
            _("The stored file is not what was uploaded, so it is not handed out. Ask the system administrator.")
        )
    file.seek(0)
    return file


def _again(request: SignedInRequest, ref: str, form: UploadForm) -> HttpResponse:
    project = editable(request, ref)
    context = pages.section_page(project, SectionEdit(project, sections.section_of(SECTION)), upload=form)
    return render(request, "projects/section.html", context, status=422)
