"""People at their browsers: each has their own client and language, reads pages, follows links, fills in forms."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.test import Client, TestCase
from django.utils.translation import gettext, override

from accounts.models import User
from projects.models import Project
from tests.journeys.pages import Form, Page


class Person:
    """One signed-in person. What a commit sets in motion (screening, mail) happens after each form that is sent."""

    def __init__(self, user: User, language: str) -> None:
        self.user, self.language, self.client = user, language, Client()
        self.client.force_login(user)
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    def open(self, address: str, status: int = 200) -> Page:
        """The page at that address, in the person's language."""
        return self._checked(Page(address, self.client.get(address)), status)

    def follow(self, page: Page, part: str, status: int = 200) -> Page:
        """The page behind the first link whose address contains `part`."""
        return self.open(page.link(part), status)

    def send(
        self, page: Page, form: Form, values: dict[str, Any] | None = None, *, press: str = "", status: int = 200
    ) -> Page:
        """Fill in the form and press its main button, or the one whose name or address contains `press`.

        `status`: of the page that follows, after a redirect where there is one.
        """
        form.fill(values or {})
        button = form.button(press)
        address = urljoin(page.address, button.get("formaction") or form.action)
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = self.client.post(address, form.data(button))
        if response.status_code in {301, 302}:
            return self.open(urljoin(address, response["Location"]), status)
        return self._checked(Page(address, response), status)

    def _checked(self, page: Page, status: int) -> Page:
        assert page.status == status, f"{page.address}: {page.status}, not {status}: {page.text[:600]}"
        if page.html.startswith("<!doctype"):
            assert f'<html lang="{"en" if self.language == "en" else "zh-Hans"}">' in page.html
        return page

    # --- what people do all day ---
    def says(self, text: str, **values: Any) -> str:
        """A text of the product in the person's language."""
        with override(self.language):
            return gettext(text) % values if values else gettext(text)

    def inbox(self) -> Page:
        """The workbench."""
        return self.open("/")

    def case(self, ref: str) -> Page:
        """The page of a case."""
        return self.open(f"/projects/{ref}/")

    def step(self, ref: str, action: str, values: dict[str, Any] | None = None, status: int = 200) -> Page:
        """From the case page to the page of a step, fill it in, send it."""
        page = self.follow(self.case(ref), f"/steps/{action}/")
        page = self.send(page, page.form(has="expected_version"), values, status=status)
        return self.send(page, page.form(has="considered")) if page.address.endswith("/notice/") else page


def state_of(ref: str) -> str:
    """Where the case is."""
    return Project.objects.values_list("state", flat=True).get(ref=ref)
