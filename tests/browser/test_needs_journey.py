"""A need becomes a proposal becomes an approved project in Chromium, and the thread is seen at each end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.acts import put

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SENT = "main form.tc-panel .btn-primary"
NEED = {
    "title": "母乳库冷链交接登记",
    "problem": "母乳库交接靠纸质单，批次追不到人。",
    "wanted": "登记母乳采集、检测、冷链交接和领用，按批次追溯到人",
    "duty_item": "人类母乳库运行管理",
    "users": "护士 46 人",
    "estimate": "60",
    "contact_name": "毕书文",
    "contact_phone": "5555 0174",
}
# What is long and has journeys of its own: the rest of the nine sections, and the way to the approval.
WALK = """
import sys, django
django.setup()
from accounts.models import User
from config.demo.walk import Walker
from projects.models import Project
from projects.states import State
from tests.cast import fill
project = Project.objects.get(ref=sys.argv[1])
needs = list(project.needs.all())
fill(project, project.created_by, amount="60.00", text="母乳库冷链交接登记与批次追溯")
Walker().to(project.ref, State.APPROVED)
assert list(project.needs.all()) == needs
"""


def test_a_need_becomes_an_approved_project(desk, site):
    clerk, office = desk("applicant"), desk("requirements")
    code = file_need(clerk)
    decide(office, code)

    page = clerk.open(f"/needs/{code}/")
    clerk.reads("列入专业建设")
    clerk.press(f"a[href$='/needs/start/?need={code}']")
    clerk.press(SENT)
    assert "/needs/start/" in page.url  # without the declaration nothing is stored
    page.check("[name=declared_unclassified]")
    clerk.press(SENT)
    ref = page.url.split("/")[-3]
    assert page.url.endswith("/edit/"), page.inner_text("main")
    assert page.locator(f"main a[href='/needs/{code}/']").count() == 1
    clerk.open(f"/projects/{ref}/edit/needs/")
    assert page.input_value("[name=background]") == NEED["problem"]

    walk(site, ref)
    clerk.open(f"/needs/{code}/")
    clerk.reads(ref, "已批复", "60.00")
    office.open(f"/needs/{code}/")
    office.press(f"main a[href='/projects/{ref}/']")
    office.reads("已批复", code)
    office.press(f"main a[href='/needs/{code}/']")
    office.reads(NEED["wanted"])
    page = office.open(f"/needs/pool/decide/?need={code}")
    put(office, "mode", "refused")
    page.fill("[name=lead]", "") if page.locator("input[name=lead]").count() else page.select_option("[name=lead]", "")
    page.fill("[name=reason]", "改主意")
    with page.expect_navigation():
        page.click("main form .btn-primary")
    office.reads(ref, "409")


def file_need(clerk) -> str:
    """Too little first: what is missing is said at the fields and nothing typed is lost; then everything."""
    page = clerk.open("/needs/new/")
    page.fill("[name=contact_name]", "")
    page.fill("[name=title]", NEED["title"])
    clerk.press("button[name=then][value=file]")
    assert page.locator("[name=problem][aria-invalid=true]").count() == 1, page.inner_text("main")
    assert page.input_value("[name=title]") == NEED["title"]
    for name, value in NEED.items():
        page.fill(f"[name={name}]", value)
    clerk.press("button[name=then][value=file]")
    code = page.url.rstrip("/").split("/")[-1]
    assert code.startswith("N2027-"), page.inner_text("main")
    clerk.reads(code, NEED["wanted"])
    return code


def decide(office, code: str) -> None:
    """Make a group, put the need into it, give it a number, decide the group."""
    page = office.open("/needs/calls/XQ2027/groups/")
    page.fill("[name=title]", "母乳库")
    office.press(SENT)
    page.check(f"[name=need][value={code}]")
    page.select_option("select[name=group] >> nth=-1", label="母乳库")
    office.press("button[value=group]")
    page.fill(f"[name=position-{code}]", "1")
    office.press("button[value=order]")
    assert page.input_value(f"[name=position-{code}]") == "1"
    office.press("a[href*='/needs/pool/decide/?group='] >> nth=-1")
    office.reads(code)
    page.check("[name=mode][value=own]")
    page.fill("[name=reason]", "列入专业建设，由本院建设。")
    office.press("main form .btn-primary")
    assert "/needs/pool/" in page.url, page.inner_text("main")


def walk(site, ref: str) -> None:
    """Beside the server, on its database, through the door."""
    folder = Path(site.folder)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'browser.sqlite3'}",
        "MEDIA_ROOT": str(folder / "documents"),
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "ENCODER": "lexical",
        "REDIS_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", WALK, ref], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
