"""Every page, wide and narrow, in both languages: accessible, inside the window, and asking nobody else for anything."""

import os
from pathlib import Path

import pytest

from tests.browser.places import PLACES
from tests.browser.watching import DESKTOP, PHONE

pytestmark = pytest.mark.browser
RULED = (("en", DESKTOP), ("zh", PHONE))  # where the rules are applied: every other page in turn
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_page_is_accessible_and_fits(desk, site, place, language):
    window = desk(place.who.format(**site.keys), language)
    window.open(place.path.format(**site.keys), place.status)
    if place.press:
        window.press(place.press)
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size(size)
        if os.environ.get("SCREENSHOTS"):
            folder = PICTURES / f"{size['width']}-{language}"
            folder.mkdir(parents=True, exist_ok=True)
            window.page.screenshot(path=folder / f"{place.name}.png", full_page=True)
        # The rules take longer than all the rest: wide in English for one page, narrow in Chinese for the next.
        # EVERY_RULE=1 applies them in both languages and at both widths.
        ruled = os.environ.get("EVERY_RULE") or (language, size) == RULED[PLACES.index(place) % 2]
        found = window.faults() if ruled else window.overflow()
        assert found == [], size["width"]


def test_breach_is_seen(desk):
    window = desk("auditor")
    page = window.open("/me/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/img/favicon.svg>')")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p class=text-nowrap>' + 'x'.repeat(999) + '</p>')"
    )
    found = window.faults()
    assert any("image-alt" in text for text in found)
    assert any("wider than the window" in text for text in found)


def test_request_elsewhere_and_refused_script_are_seen(desk):
    window = desk("auditor")
    page = window.open("/me/")
    page.evaluate("fetch('https://example.invalid/').catch(() => 0)")
    page.evaluate("document.body.appendChild(Object.assign(document.createElement('script'), {text: '1'}))")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in text or "Content-Security-Policy" in text for text in window.complaints)
    assert any("example.invalid" in text for text in window.complaints)
    window.complaints.clear()
