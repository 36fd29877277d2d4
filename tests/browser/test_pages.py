"""Every page, wide and narrow, in both languages: accessible, inside the window, and asking nobody else for anything."""

import os
from pathlib import Path

import pytest

from tests.browser.places import visits
from tests.browser.watching import DESKTOP, PHONE

pytestmark = pytest.mark.browser
# Applies every rule everywhere, in both languages and at both widths.
EVERY_RULE = bool(os.environ.get("EVERY_RULE"))
# One person's pages one after the other, so that their window stays open.
VISITS = sorted(visits(everything=EVERY_RULE), key=lambda visit: (visit.place.who, visit.language))
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_page_is_accessible_and_fits(kept_desk, site, visit):
    place = visit.place
    window = kept_desk(place.who.format(**site.keys), visit.language)
    window.open(place.path.format(**site.keys), place.status)
    if place.press:
        window.press(place.press)
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size(size)
        if os.environ.get("SCREENSHOTS"):
            folder = PICTURES / f"{size['width']}-{visit.language}"
            folder.mkdir(parents=True, exist_ok=True)
            window.page.screenshot(path=folder / f"{place.name}.png", full_page=True)
        # The rules take longer than all the rest: once a page, at one width (places.visits).
        ruled = EVERY_RULE or (visit.ruled and visit.is_wide == (size is DESKTOP))
        found = window.faults(contrast=visit.contrast) if ruled else window.overflow()
        assert found == [], size["width"]


def test_verdict_and_evidence_are_in_view_together(desk, site):
    """On a common office screen (1366 × 768): the item, its evidence and the button that stores the verdict."""
    window = desk("standards", "zh", viewport={"width": 1366, "height": 768})
    page = window.open(f"/projects/P31/reviews/{site.keys['standards_P31']}/?item=SE-02")
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 768, "the page as a whole scrolls"
    for selector in (
        "#sheet [aria-current=true]",
        "#q",
        "details.tc-submitted[open] > summary",
        "#verdict [type=submit]",
    ):
        box = page.locator(selector).first.bounding_box()
        assert box, selector
        assert box["y"] >= 0, (selector, box)
        assert box["y"] + box["height"] <= 768, (selector, box)
    page.set_viewport_size({"width": 390, "height": 844})
    for target in ("#sheet", "#material", "#verdict", "#concl"):
        assert page.locator(f".tc-jump a[href='{target}']").is_visible()
        assert page.locator(target).count() == 1


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
