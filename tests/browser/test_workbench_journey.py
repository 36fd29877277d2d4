"""The daily loop by keyboard, several cases reminded at once, and a phrase in an opinion."""

import pytest

pytestmark = pytest.mark.browser


def test_rows_are_chosen_by_keyboard_and_reminded_together(desk):
    manager = desk("manager")
    page = manager.open("/projects/?state=adjudication")  # no other journey acts on these
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.inner_text("[data-selected-count]") == "2"
    manager.press("button[name=act][value=urge]")
    again = page.url
    page.fill("[name=comment]", "请尽快办理")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.locator("main tbody .tc-badge.is-passed").count() == 2
    manager.open(again.removeprefix(manager.site))
    manager.press("aside button[type=submit]")
    assert page.locator("main tbody .tc-badge.is-stopped").count() == 2  # once a working day, with the reason
    assert not manager.faults()


def test_lists_are_reached_by_two_keys_until_they_are_switched_off(desk):
    manager = desk("manager")
    page = manager.open("/")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("d")
    assert page.url.endswith("?tab=done")
    page.keyboard.press("?")
    assert page.locator("dialog[data-keys]").is_visible()
    assert not manager.faults()
    page.click("[data-shortcuts]")
    page.keyboard.press("Escape")
    for key in ("j", "g", "i", "?"):
        page.keyboard.press(key)
    assert page.url.endswith("?tab=done")
    assert not page.evaluate("document.activeElement.hasAttribute('data-row-link')")
    assert not page.locator("dialog[data-keys]").is_visible()


def test_phrase_is_put_into_an_opinion(desk):
    intake = desk("intake")
    page = intake.open("/me/phrases/")
    intake.press("aside form button")
    intake.open("/projects/P29/steps/accept/")
    assert page.input_value("[name=comment]") == ""
    page.select_option("[data-phrases-tool] select", index=1)
    page.click("[data-phrases-tool] button")
    assert page.input_value("[name=comment]") == page.inner_text("[data-phrases-tool] option:nth-child(2)")
    assert page.evaluate("document.activeElement.name") == "comment"
