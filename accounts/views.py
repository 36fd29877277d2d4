"""Personal pages: what may I do, profile, language; and the list of accounts for administrators."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries, report, services
from accounts.forms import LanguageForm, PeopleFilter, ProfileForm
from accounts.policy import has_permission
from accounts.requests import SignedInRequest

PAGE = 50


@require_GET
def permissions(request: SignedInRequest) -> HttpResponse:
    """What may I do here, and who can where I cannot."""
    context = {**report.mine(request.user), "may_see_people": has_permission(request.user, "accounts.view")}
    return render(request, "accounts/permissions.html", context)


@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Own name, unit and roles; language and phone can be changed."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        services.save_profile(request.user, **form.cleaned_data)
        language = form.cleaned_data["language"]
        with override(language or request.LANGUAGE_CODE):
            messages.success(request, _("Your profile was saved."))
        return with_language(redirect("accounts:profile"), language)
    rights = ("accounts.substitute", "accounts.substitute_others")
    own, others = (has_permission(request.user, name) for name in rights)
    context = {"form": form, "may_substitute": own, "may_substitute_others": others}
    return render(request, "accounts/profile.html", context)


@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Accounts, their roles, and who is locked out."""
    form = PeopleFilter(request.GET)
    found = queries.people_for(request.user, **form.chosen())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    locked = queries.mark_locks(page)
    may_unlock = has_permission(request.user, "accounts.unlock")
    context = {"form": form, "page": page, "locked": locked, "may_unlock": may_unlock}
    return render(request, "accounts/people.html", context)


@require_POST
def unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a locked account before its time."""
    person = queries.person_for(request.user, pk, "accounts.unlock")
    services.release_lock(person, actor=request.user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.label})
    return redirect("accounts:people")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, for this browser and, when signed in, for the person; then back to the page."""
    response = redirect(_way_back(request))
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return response
    if request.user.is_authenticated:
        services.remember_language(request.user, form.cleaned_data["language"])
    return with_language(response, form.cleaned_data["language"])


def with_language(response: HttpResponse, language: str) -> HttpResponse:
    """The response with the cookie that carries the language; without a language the cookie is dropped."""
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _way_back(request: HttpRequest) -> str:
    """The page named in `next` or the one the person came from, where it is ours; else the start page."""
    for address in (request.POST.get("next"), request.headers.get("Referer")):
        if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
            return address
    return "/"
