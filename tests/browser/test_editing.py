"""Editing with scripts: what is typed is saved by itself, and never collides with what the person sends."""

import pytest

pytestmark = pytest.mark.browser
# The answer to an autosave comes late, as on a slow line; the server has long since stored it.
SLOW = """const quick = window.fetch;
window.fetch = async (...given) => { const answer = await quick(...given); await new Promise(go => setTimeout(go, 900)); return answer; };"""


@pytest.fixture
def clerk(desk, site):
    """The clerk of a draft at their desk."""
    return lambda **more: desk(site.keys["clerk_P39"], **more)


def test_leaving_a_field_saves_it(clerk):
    window = clerk()
    page = window.open("/projects/P39/edit/needs/")
    page.fill("[name=users_estimate]", "约 3000 人")
    with page.expect_response(lambda response: response.request.method == "POST") as caught:
        page.focus("[name=background]")
    assert caught.value.status == 200
    page.wait_for_function("document.querySelector('[data-autosave-status]').textContent.includes('自动保存')")
    assert window.open("/projects/P39/edit/needs/").input_value("[name=users_estimate]") == "约 3000 人"


def test_sending_waits_for_a_save_in_flight(clerk):
    window = clerk()
    window.page.add_init_script(SLOW)
    page = window.open("/projects/P39/edit/needs/")
    page.fill("[name=necessity]", "现有手段不能满足需要，等待时间长。")
    page.focus("[name=background]")  # the autosave starts
    window.press("button[name=next]")
    assert page.url.endswith("/edit/solution/"), page.inner_text("main")
    assert "等待时间长" in window.open("/projects/P39/edit/needs/").input_value("[name=necessity]")


def test_two_windows_of_one_proposal_are_told_of_each_other(clerk):
    first, second = clerk(), clerk()
    first.open("/projects/P39/edit/management/")
    second.open("/projects/P39/edit/management/")
    first.page.fill("[name=om_plan]", "第一个窗口")
    first.press("button[name=next]")
    second.page.fill("[name=om_plan]", "第二个窗口")
    with second.page.expect_response(lambda response: response.status == 409):
        second.page.focus("[name=management]")
    second.page.wait_for_function("document.querySelector('[data-autosave-status]').classList.contains('tc-err')")
    assert second.page.input_value("[name=om_plan]") == "第二个窗口"
    second.press("button[name=next]")
    second.reads("第一个窗口")
    assert second.page.input_value("[name=om_plan]") == "第二个窗口"


def test_rows_are_added_by_script_and_saved(clerk):
    window = clerk()
    page = window.open("/projects/P39/edit/budget/")
    before = page.locator("[data-row]").count()
    page.click("[data-row-add]")
    assert page.locator("[data-row]").count() == before + 1
    page.fill(f"[name=lines-{before}-name]", "新增运维费")
    page.fill(f"[name=lines-{before}-amount]", "3.50")
    page.select_option(f"[name=lines-{before}-category]", "cloud")
    page.select_option(f"[name=lines-{before}-fund_source]", "own")
    window.press("button[name=next]")
    assert window.open("/projects/P39/edit/budget/").input_value(f"[name=lines-{before}-name]") == "新增运维费"
