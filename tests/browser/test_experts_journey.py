"""An auditor runs the draw of a panel again in Chromium: the same people, and the seed to check by hand."""

import hashlib

import pytest

pytestmark = pytest.mark.browser


def test_auditor_runs_the_draw_again_from_its_seed(desk):
    auditor = desk("auditor")
    page = auditor.open("/projects/P40/")
    auditor.press("section[aria-labelledby=experts] a[href$='/draws/1/']")
    seed = page.locator("section[aria-labelledby=rested] dd code").first.inner_text()
    rows = page.locator("section[aria-labelledby=order] tbody tr")
    names = [row.locator(".tc-sub").inner_text() for row in rows.all()]
    assert names == sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
    drawn = [row.locator("td").nth(1).inner_text() for row in rows.all() if row.locator("td strong").count()]
    auditor.press("a[href^='?again=1']")
    said = page.locator("#verdict")
    assert "good" in said.get_attribute("class")
    assert all(name.split()[0] in said.inner_text() for name in drawn)
