"""The review page: one item, its evidence first, tabs without scripts, one round trip for a verdict, precedents."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from approvals.evidence import looked_at
from approvals.models import ReviewItem, Seen
from approvals.names import BASIS
from approvals.review_sheet import Where, next_open
from approvals.sheet_services import save_verdicts
from projects.states import State
from tests.approvals.acting import REASONED, guards_down, judge, open_review, step_review
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture
def review(city, client):
    """The standards review of a case, taken by its reviewer, who is signed in."""
    made = open_review(make_case(city, State.REVIEW), "standards", city.standards)
    client.force_login(city.standards)
    return made


def address(review, query=""):
    return f"/projects/{review.project.ref}/reviews/{review.pk}/{query}"


def read(client, review, query=""):
    """The page and its context."""
    answer = client.get(address(review, query))
    assert answer.status_code == 200
    return answer.content.decode(), answer.context


def codes(review):
    return list(review.items.filter(applies=True).order_by("position").values_list("code", flat=True))


def test_item_opens_the_sections_that_it_rests_on(client, review):
    page, context = read(client, review, "?item=SE-01")
    opened = [section["code"] for section in context["sections"] if section["open"]]
    assert opened == ["security", "overview"]
    assert [section["code"] for section in context["sections"]][:2] == opened  # and they come first
    assert page.index("6 Security design") < page.index("Attachments") < page.index("Other sections")


def test_what_the_unit_names_comes_first_and_is_marked(client, review):
    version = review.version
    row = {"code": "SE-01", "claim": "met", "note": "见第五章", "field": "data_needs", "document": "", "page": ""}
    snapshot = {**version.snapshot, "assessment": {"rows": [row]}}
    with guards_down():
        type(version).objects.filter(pk=version.pk).update(snapshot=snapshot)
    _page, context = read(client, review, "?item=SE-01")
    first = context["sections"][0]
    assert (first["code"], first["open"]) == ("resources", True)
    assert [row["named"] for row in first["rows"]].count(True) == 1


def test_sections_to_look_at_fall_back_on_the_basis_of_the_review():
    assert set(looked_at("ZZ-99", "planning")) == set(BASIS["planning"])
    assert looked_at("SE-01", "standards", "budget")[0] == "budget"


def test_every_tab_works_as_a_link(client, review):
    _page, context = read(client, review, "?item=SE-02")
    assert [tab["current"] for tab in context["tabs"]].count(True) == 1
    for tab in context["tabs"]:
        page, chosen = read(client, review, tab["url"].replace("&amp;", "&"))
        assert chosen["item"].code == "SE-02"
        assert 'id="verdict"' in page  # the verdict is there beside every tab
    assert read(client, review, "?tab=planning")[1]["tab"] == "evidence"  # not a tab of this review


def test_verdict_goes_on_to_the_next_open_item_and_says_what_was_saved(client, review):
    first, second, third = codes(review)[:3]
    save_verdicts(review_id=review.pk, actor=review.reviewer, verdicts={second: {"verdict": "pass"}})
    answer = client.post(
        address(review, f"?item={first}&tab=duplicates"), {"code": first, "verdict": "pass"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == address(review, f"?item={third}&tab=duplicates")
    assert f"Saved: {first}, Pass." in answer.content.decode()


def test_refused_verdict_keeps_item_tab_and_text(client, review):
    code = codes(review)[0]
    answer = client.post(
        address(review, f"?item={code}&tab=changes"), {"code": code, "verdict": "fail", "problem": "缺材料"}
    )
    page = answer.content.decode()
    assert answer.context["tab"] == "changes"
    assert "缺材料" in page
    assert page.count("Needed with this verdict.") >= 1


def test_judged_items_can_be_left_out(client, review):
    first, second = codes(review)[:2]
    save_verdicts(review_id=review.pk, actor=review.reviewer, verdicts={first: {"verdict": "pass"}})
    _page, everything = read(client, review)
    _page, opened = read(client, review, "?open=1")
    assert everything["shows_done"]
    assert not opened["shows_done"]
    assert opened["item"].code == second
    assert opened["before_url"] == ""
    assert "open=1" in opened["after_url"]


def test_next_open_item_wraps_around():
    rows = [ReviewItem(code=code, verdict=verdict) for code, verdict in (("A", ""), ("B", "pass"), ("C", ""))]
    assert [next_open(rows, code) for code in ("A", "C", "")] == ["C", "A", "A"]
    assert next_open([ReviewItem(code="A", verdict="pass")], "A") == ""


def test_address_says_only_what_differs():
    assert Where().link() == "?"
    assert Where.of({"item": "SE-01", "open": "1"}).link(tab="changes") == "?item=SE-01&tab=changes&open=1"


def test_wording_of_a_precedent_fills_the_form_and_no_verdict(client, city, review):
    before = open_review(make_case(city, State.REVIEW, ref="P902"), "standards", city.standards)
    judge(before, city.standards)
    save_verdicts(review_id=before.pk, actor=city.standards, verdicts={"SE-02": {"verdict": "doubt", **REASONED}})
    step_review(before, "review_ask", city.standards)
    row = before.items.get(code="SE-02")
    page, _context = read(client, review, "?item=SE-02&tab=precedents")
    link = re.search(rf'href="(\?[^"]*take={row.pk})#verdict"', page)
    assert link, "no link to take the wording over"
    page, context = read(client, review, link.group(1).replace("&amp;", "&"))
    assert context["form"].initial["problem"] == REASONED["problem"]
    assert context["form"].initial["verdict"] == ""
    assert 'name="verdict" value="doubt" required id="id_verdict_2" checked' not in page
    foreign = review.items.get(code="SE-01")
    _page, context = read(client, review, f"?item=SE-02&take={foreign.pk}")
    assert context["form"].initial["problem"] == ""


def test_picture_is_shown_in_place_when_asked_for(client, city, review):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 40
    paper = review.project.documents.create(
        kind="other", name="拓扑图.png", file=SimpleUploadedFile("x.png", png), size=48, content_type="image/png",
        digest="0" * 64, uploaded_by=city.applicant,
    )  # fmt: skip
    page, _context = read(client, review)
    assert "tc-shown" not in page
    answer = client.get(address(review, f"?show={paper.pk}"))
    assert (
        f'<img class="tc-shown" src="/projects/{review.project.ref}/documents/{paper.pk}/"' in answer.content.decode()
    )
    assert "default-src 'none'" in answer["Content-Security-Policy"]  # nothing was relaxed for it
    assert "frame-src" not in answer["Content-Security-Policy"]


def test_changes_start_at_the_version_that_the_reviewer_saw(client, city, review):
    read(client, review)
    assert Seen.objects.filter(user=city.standards, version=review.version).exists()
    _page, context = read(client, review, "?tab=changes")
    assert context["base"] is None  # one version: nothing to compare


def test_expert_and_reader_see_the_same_material(client, city):
    case = make_case(city, State.EXPERT_REVIEW, ref="P903", amount="150.00")
    seat = case.reviews.filter(kind="expert").first()
    client.force_login(seat.reviewer)
    page, context = read(client, seat)
    assert not context["sheet"]
    assert [section["open"] for section in context["sections"]].count(True) > 3
    assert "tc-desk" in page
