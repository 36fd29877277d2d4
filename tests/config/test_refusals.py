"""Refusals and errors become pages that help, and lose nothing that was typed."""

import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.test import RequestFactory
from django.utils.translation import override

from accounts import policy
from approvals.errors import Blocked, NotOffered, Stale
from config import context, views
from config.errors import RefusalMiddleware, back_address, kept_text, refusal

TYPED = {"comment": "<b>agree</b>", "expected_version": "3", "csrfmiddlewaretoken": "x", "password1": "secret"}


def make_request(method="post", path="/projects/P17/act/", **extra):
    """A request as the middleware sees it, of someone who is not signed in."""
    request = getattr(RequestFactory(), method)(path, TYPED if method == "post" else {}, **extra)
    request.user, request.id = AnonymousUser(), "req123"
    return request


@pytest.fixture(autouse=True)
def english():
    """Source texts."""
    with override("en"):
        yield


@pytest.mark.parametrize(("kind", "status"), [(NotOffered, 403), (Blocked, 409), (Stale, 409)])
def test_refusal_lists_reasons_people_and_text(kind, status):
    response = refusal(make_request(), kind(["first reason", "second reason"], ["Wang", "Li"]))
    text = response.content.decode()
    assert response.status_code == status
    for part in ("first reason", "second reason", "Wang, Li", "&lt;b&gt;agree&lt;/b&gt;", "req123"):
        assert part in text
    assert "secret" not in text


def test_refusal_leads_back_to_the_case():
    request = make_request()
    request.resolver_match = SimpleNamespace(kwargs={"ref": "P17"}, url_name="step")
    assert 'href="/projects/P17/"' in refusal(request, Stale(["newer"])).content.decode()


def test_stale_shows_what_the_service_kept():
    response = refusal(make_request("get"), Stale(["seen"], kept={"comment": "my long opinion"}))
    assert "my long opinion" in response.content.decode()


def test_refusal_answers_scripts_in_json():
    response = refusal(make_request(headers={"accept": "application/json"}), Stale(["newer version"], ["Li"]))
    assert response.status_code == 409
    assert json.loads(response.content) == {"message": "newer version", "reasons": ["newer version"], "who": ["Li"]}


def test_refusal_answers_htmx_with_a_fragment():
    request = make_request()
    request.htmx = True
    response = refusal(request, Blocked(["missing"]))
    assert response["X-Refusal"] == "1"
    assert "<html" not in response.content.decode()


def test_middleware_leaves_other_errors_alone():
    assert RefusalMiddleware(lambda request: None).process_exception(make_request(), ValueError("x")) is None


def test_middleware_explains_an_address_that_only_takes_forms():
    response = RefusalMiddleware(lambda request: HttpResponseNotAllowed(["POST"]))(make_request("get"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "form" in response.content.decode()


def test_kept_text_leaves_out_what_nobody_typed():
    assert [item["name"] for item in kept_text(TYPED)] == ["comment"]


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/projects/P17/?tab=1", "/projects/P17/?tab=1"),
        ("http://evil.example/projects/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_way_back_stays_on_this_site(referer, back):
    assert back_address(make_request(headers={"referer": referer})) == back


def test_permission_denied_names_permission_and_roles():
    text = views.permission_denied(make_request("get"), PermissionDenied("duplicates.adjudicate")).content.decode()
    assert "Adjudicate duplicate findings" in text
    assert "Portfolio manager" in text


def test_not_found_says_nothing_about_the_object():
    response = views.page_not_found(make_request("get"), Exception("No Project matches P17 secret"))
    assert response.status_code == 404
    assert "secret" not in response.content.decode()


def test_server_error_needs_neither_user_nor_session():
    request = RequestFactory().get("/")
    request.id = "req500"
    response = views.server_error(request)
    assert response.status_code == 500
    assert "req500" in response.content.decode()


def test_server_error_survives_a_broken_template(monkeypatch):
    monkeypatch.setattr("django.template.loader.get_template", lambda name: 1 / 0)
    assert views.server_error(RequestFactory().get("/")).status_code == 500


def test_csrf_failure_keeps_the_text():
    response = views.csrf_failure(make_request())
    assert response.status_code == 403
    assert "agree" in response.content.decode()


def test_navigation_asks_only_for_known_permissions():
    assert {item[2] for item in context.NAVIGATION} - {None} <= set(policy.PERMISSIONS)


def test_navigation_marks_the_longest_fitting_address():
    items = [{"url": url, "current": False} for url in ("/", "/projects/", "/projects/archive/")]
    context._mark_current(items, "/projects/archive/2025/")
    assert [item["current"] for item in items] == [False, False, True]


def test_navigation_marks_nothing_for_an_unknown_address():
    items = [{"url": "/", "current": False}, {"url": "/projects/", "current": False}]
    context._mark_current(items, "/elsewhere/")
    assert not any(item["current"] for item in items)
