"""Chromium: one context per person; every page is watched for outside requests and console errors."""

import os
import shutil
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tests.cast import make_city

# Playwright's synchronous interface runs an event loop in this thread, and Django would refuse its database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's Chromium; without one the family is skipped, and says so."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium here (CHROMIUM names it)")
    return {"executable_path": path, "args": FLAGS}


@pytest.fixture
def town(transactional_db):
    """The cast and their city, committed, so that the server sees them."""
    return make_city()


@pytest.fixture
def visit(browser, live_server):
    """visit(user, language, width, javascript) → a page of that person; checks at the end what every page did."""
    opened = []

    def open_context(user=None, language="zh-hans", size=None, *, javascript=True):
        context = browser.new_context(
            viewport=size or WIDE, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=javascript
        )
        cookies = [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        if user is not None:
            signed = {"name": django_settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": live_server.url}
            cookies.append(signed)
        context.add_cookies(cookies)
        page = context.new_page()
        page.seen = SimpleNamespace(outside=[], said=[])
        page.on("request", lambda request: page.seen.outside.append(request.url) if is_outside(request.url) else None)
        page.on("console", lambda message: page.seen.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.seen.said.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        opened.append(page)
        return page

    def is_outside(url):
        return not url.startswith((live_server.url, "data:", "about:"))

    yield open_context
    for page in opened:
        assert page.seen.outside == []
        wanted = [text for text in page.seen.said if "status of 4" not in text]  # a refusal is told as an error too
        assert wanted == []
        page.context.close()


def session_of(user) -> str:
    """The key of a session in which the person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


def inspect(page) -> None:
    """Fail when the page breaks a rule of accessibility or sticks out sideways."""
    assert faults(page) == []


def faults(page) -> list[str]:
    """What axe finds on the page, and how far it sticks out sideways."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    told = [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found]
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        told.append(("too wide", [f"{width} px at {page.viewport_size['width']}"]))
    return [f"{page.url}: {rule} {nodes}" for rule, nodes in told]
