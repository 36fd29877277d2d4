"""The registry's pages: what they show, to whom, in both languages."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.roles import ASSIGNABLE, Role
from portfolio.models import NegativeRule, System
from portfolio.services import load_negative_rules
from tests.portfolio.making import SYSTEM, changed, load, make_person, make_system, make_world

pytestmark = pytest.mark.django_db

READING = ["index", "unified", "negative", "taxonomy", "system", "export"]
EDITING = ["new", "edit"]
IMPORTING = ["import_systems", "import_check", "import_errors", "import_result", "import_template"]
POSTING = ["import_confirm", "import_cancel"]
ARGUMENTS = {"system": ["S001"], "edit": ["S001"], "export": ["csv"], "import_template": ["xlsx"]}
ADMINISTRATORS = {Role.SECADMIN, Role.SYSADMIN}


@pytest.fixture(autouse=True)
def registry():
    """One system with everything."""
    make_world()
    load(SYSTEM)
    load_negative_rules()


def url(name: str) -> str:
    """The address of a page."""
    return reverse(f"portfolio:{name}", args=ARGUMENTS.get(name, []))


def page_for(client, role: Role | None, name: str) -> str:
    """The page as someone with the role sees it."""
    client.force_login(make_person(role))
    return client.get(url(name)).content.decode()


@pytest.mark.parametrize("role", [*ASSIGNABLE, None])
def test_who_may_open_what(client, role):
    client.force_login(make_person(role))
    reads, edits = role not in (*ADMINISTRATORS, None), role is Role.STEWARD
    for names, allowed in ((READING, reads), (EDITING, edits), (IMPORTING, edits)):
        answers = {name: client.get(url(name)).status_code for name in names}
        assert all((answer in (200, 302)) is allowed for answer in answers.values()), answers
        assert allowed or set(answers.values()) == {403}
    assert {client.post(url(name)).status_code for name in POSTING} == ({302} if edits else {403})


def test_nobody_is_sent_to_sign_in(client):
    for name in (*READING, *EDITING, *IMPORTING, *POSTING):
        answer = client.post(url(name)) if name in POSTING else client.get(url(name))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.url


def test_only_reading_pages_answer_get_only(client):
    client.force_login(make_person(Role.STEWARD))
    assert {client.post(url(name)).status_code for name in READING} == {405}
    assert {client.get(url(name)).status_code for name in POSTING} == {405}


def test_unknown_system_is_not_found(client):
    client.force_login(make_person(Role.STEWARD))
    for name in ("system", "edit"):
        for code in ("S999", "%00", "🙂", "x" * 300):
            assert client.get(f"/portfolio/systems/{code}/{'edit/' if name == 'edit' else ''}").status_code == 404
    for kind in ("pdf", "xls", "csv.exe"):
        assert client.get(f"/portfolio/export.{kind}").status_code == 404
        assert client.get(f"/portfolio/import/template.{kind}").status_code == 404


def test_system_page_shows_everything(client):
    page = page_for(client, Role.APPLICANT, "system")
    for text in (
        "统一身份认证平台",
        "云海通行证",
        "市政务服务和数据管理局",
        "扫码登录与单点跳转",
        "统一身份认证/单点登录",
        "身份与信任",
    ):
        assert text in page
    for text in ("政务服务", "维护业务角色", "周岚", "020-5555 0101", "1,260.50", "2018-11-20", "5,280,000", "S001-01"):
        assert text in page
    assert url("edit") not in page
    assert url("edit") in page_for(client, Role.STEWARD, "system")


def test_text_from_people_is_escaped(client):
    load(changed(name="<script>alert(1)</script>", description="<b>x</b>\n第二行", capabilities=[]))
    for name in ("index", "system", "unified"):
        page = page_for(client, Role.APPLICANT, name)
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "&lt;script&gt;" in page


def test_unified_list_says_what_it_provides_and_who_is_asked(client):
    make_system("S002", name="部门系统", build_mode="departmental")
    make_system("S003", name="停用平台", build_mode="unified", status="retired")
    page = page_for(client, Role.APPLICANT, "unified")
    for text in ("统一身份认证平台", "扫码登录", "维护业务角色", "周岚"):
        assert text in page
    assert "部门系统" not in page
    assert "停用平台" not in page


def test_negative_list_shows_rule_effect_words_and_source(client):
    page = page_for(client, Role.APPLICANT, "negative")
    assert len(NegativeRule.objects.all()) >= 10
    for rule in NegativeRule.objects.all():
        assert rule.title in page
        assert rule.source in page
        assert rule.keywords[0] in page


def test_taxonomy_counts_both_axes_and_their_crossing(client):
    client.force_login(make_person(Role.APPLICANT))
    context = client.get(url("taxonomy")).context
    branch = context["branches"][0]
    assert (branch.root.code, branch.total) == ("A", 1)
    assert [(leaf.code, leaf.capability_count, leaf.system_count) for leaf in branch.leaves] == [
        ("A01", 1, 1),
        ("A02", 0, 0),
    ]
    assert [(d.code, d.capability_count) for d in context["domains"]] == [("BD15", 0), ("BD22", 1)]
    assert [[c["number"] for c in row["cells"]] for row in context["crossing"]] == [[""], [1]]


def exported(client, kind: str = "csv", **query) -> list[list[str]]:
    """The rows of an exported CSV."""
    answer = client.get(reverse("portfolio:export", args=[kind]), query)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_export_follows_the_filter_and_names_contacts_to_stewards_only(client):
    make_system("S002", name="=HYPERLINK(1)", texts=("甲",))
    client.force_login(make_person(Role.APPLICANT))
    rows = exported(client)
    assert [row[0] for row in rows] == ["code", "S001", "S002"]
    assert rows[2][1] == "'=HYPERLINK(1)"
    assert "contact_name" not in rows[0]
    assert "周岚" not in str(rows)
    assert [row[0] for row in exported(client, q="hyper")] == ["code", "S002"]
    client.force_login(make_person(Role.STEWARD))
    assert "周岚" in str(exported(client))


def test_export_as_workbook_holds_no_formula(client):
    import openpyxl

    System.objects.update(name="=1+1")
    client.force_login(make_person(Role.APPLICANT))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("portfolio:export", args=["xlsx"])).content))
    cell = book.active["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_pages_speak_english(client):
    client.force_login(make_person(Role.STEWARD, language="en"))
    client.cookies["django_language"] = "en"
    for name, words in {
        "index": ["Existing systems", "Any status", "In operation", "Data Administration"],
        "system": ["What it provides", "Single sign-on", "Government services", "MLPS level"],
        "negative": ["New or extended machine room", "Not allowed"],
        "taxonomy": ["Identity &amp; trust", "Where the axes cross"],
        "import_systems": ["Step 1 of 3", "Blank form"],
        "edit": ["Save and add more capabilities"],
    }.items():
        page = client.get(url(name)).content.decode()
        for word in words:
            assert word in page, (name, word)
