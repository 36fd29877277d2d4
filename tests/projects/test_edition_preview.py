"""Editions and proposals: a preview of whom a draft touches, and a review that nothing moves while it is under way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.models import Review
from config.demo.walk import Walker
from projects import edition_preview
from projects.models import Project
from projects.queries import facts, tiers, with_facts
from projects.states import State
from standards import edition_queries, editions
from standards.models import ChecklistEdition, Standard
from standards.snapshots import fingerprint, item_values, standard_values
from tests.approvals.acting import ITEM, act, fresh
from tests.cast import TEXTS, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(city):
    """A draft edition in which SE-04 is asked of level 2 too, and DO-04 of nobody."""
    draft = editions.start_draft(actor=city.standards, edition=ChecklistEdition(code="2027", name="2027版"))
    item = draft.items.select_related("standard", "edition").get(code="SE-04")
    seen = fingerprint(item_values(item))
    item.condition = "mlps_level >= 2 or cii"
    editions.save_draft_item(actor=city.standards, item=item, related=item.related.all(), expected=seen)
    editions.retire_item(actor=city.standards, item=draft.items.get(code="DO-04"))
    return draft


def seen_by(city, draft):
    return edition_preview.preview(city.standards, edition_queries.difference(draft))


def browser(user):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def publish(city, draft, days=0):
    """Through the page, as the keeper does it."""
    address = reverse("editions:preview_edition", args=[draft.pk])
    page = browser(city.standards).get(address)
    day = timezone.localdate() + timedelta(days=days)
    posted = {"effective_on": day.isoformat(), "expected": page.context["expected"]}
    return browser(city.standards).post(address, posted)


def test_preview_names_what_each_draft_would_gain_and_lose(city, draft):
    make_case(city, ref="P901")
    preview = seen_by(city, draft)
    [touched] = preview.touched
    assert touched.project.ref == "P901"
    assert [(effect.change.code, effect.because) for effect in touched.gained] == [("SE-04", "等级保护拟定二级")]
    assert [effect.change.code for effect in touched.lost] == ["DO-04"]
    assert not touched.is_open  # the keeper of the checklists may not read what a unit is still writing
    page = browser(city.standards).get(reverse("editions:preview_edition", args=[draft.pk])).text
    assert "P901" in page
    assert "项目 P901" not in page


def test_a_proposal_that_nothing_changes_for_is_counted_as_untouched(city, draft):
    make_case(city, ref="P901")
    Project.objects.update(mlps_level=1)
    Project.objects.get(ref="P901").budget_lines.update(category="hardware")
    preview = seen_by(city, draft)
    assert (preview.touched, preview.untouched) == ([], 1)


def test_submitted_and_returned_proposals_are_listed_as_untouched(city, draft):
    make_case(city, State.REVIEW, ref="P901")
    returned = make_case(city, State.INTAKE, ref="P902", text=TEXTS[2])
    act(returned, "return_for_correction", city.intake, items=[ITEM])
    preview = seen_by(city, draft)
    assert preview.touched == []
    assert [(row.ref, row.pinned_edition) for row in preview.pinned] == [("P901", "2025版"), ("P902", "2025版")]


def test_preview_takes_as_many_queries_for_ten_as_for_one(city, draft):
    counts = []
    for number in range(10):
        make_case(city, ref=f"P9{number:02}", text=TEXTS[number % 6])
        if number in (0, 9):
            with CaptureQueriesContext(connection) as queries:
                preview = seen_by(city, draft)
            counts.append(len(queries))
    assert len(preview.touched) == 10
    assert counts[0] == counts[1]


def test_facts_are_the_same_one_by_one_and_for_many(city):
    make_case(city, State.REVIEW, ref="P901", amount="300.00")
    [many] = with_facts(Project.objects.all())
    assert facts(many, tiers()) == facts(Project.objects.get())


def test_condition_is_tried_on_the_open_proposals_one_may_see(city):
    make_case(city, State.REVIEW, ref="P901")
    make_case(city, ref="P902", text=TEXTS[2])
    address = reverse("editions:try_condition")
    page = browser(city.standards).post(address, {"condition": "mlps_level >= 2"})
    assert [(row.project.ref, row.decided.applies) for row in page.context["tried"]] == [("P901", True)]
    broken = browser(city.standards).post(address, {"condition": "mlps_level >="})
    assert broken.context["caret"] == " " * 13 + "^"
    assert browser(city.planner).post(address, {"condition": ""}).status_code == 403


def test_superseding_shows_items_and_proposals_and_moves_none(city):
    make_case(city, State.REVIEW, ref="P901")
    old, new = (Standard.objects.get(number=number) for number in ("GB/T 22239-2019", "GB/T 22240-2020"))
    address = reverse("editions:supersede", args=[old.pk])
    page = browser(city.standards).get(address)
    assert [item.code for item in page.context["items"]] == ["SE-02"]
    assert [(row.project.ref, row.codes) for row in page.context["resting"]] == [("P901", ["SE-02"])]
    stale = browser(city.standards).post(address, {"successor": new.pk, "expected": "0"})
    assert stale.status_code == 422
    posted = {"successor": new.pk, "expected": fingerprint(standard_values(old))}
    assert browser(city.standards).post(address, posted).status_code == 302
    old.refresh_from_db()
    assert old.superseded_by == new


def test_page_refuses_to_publish_backwards_and_what_was_not_previewed(city, draft):
    assert publish(city, draft, days=-1).status_code == 422
    address = reverse("editions:preview_edition", args=[draft.pk])
    answer = browser(city.standards).post(address, {"effective_on": "2099-01-01", "expected": "0"})
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def sheet_of(review):
    """Everything that a review's sheet and verdicts say."""
    rows = review.items.order_by("position").values_list("code", "item", "severity", "applies", "verdict")
    return [review.status, review.basis, *rows]


def conditions_of(review):
    return [(row.code, row.item.condition, row.item.standard_id) for row in review.items.select_related("item")]


def test_journey_a_standard_is_superseded_and_an_edition_published_mid_review_and_nothing_moves(city, draft):
    running = make_case(city, State.REVIEW, ref="P901")
    review = fresh(running).review_of("standards")
    before = (sheet_of(review), conditions_of(review))
    old, new = (Standard.objects.get(number=number) for number in ("GB/T 39786-2021", "GB/T 22239-2019"))
    posted = {"successor": new.pk, "expected": fingerprint(standard_values(old))}
    browser(city.standards).post(reverse("editions:supersede", args=[old.pk]), posted)
    assert publish(city, draft).status_code == 302
    review = Review.objects.get(pk=review.pk)
    assert (sheet_of(review), conditions_of(review)) == before
    assert {row.item.edition.code for row in review.items.select_related("item__edition")} == {"2025"}
    assert browser(city.standards).get(reverse("approvals:review", args=["P901", review.pk])).status_code == 200
    done = Walker().to("P901", State.APPROVED)
    assert (done.state, done.current_version.edition.code) == (State.APPROVED, "2025")
    later = fresh(make_case(city, State.REVIEW, ref="P902", text=TEXTS[2]))
    assert later.current_version.edition.code == "2027"
    asked = {row.code: row.applies for row in later.review_of("standards").items.all()}
    assert asked["SE-04"]
    assert "DO-04" not in asked
    assert "DO-04" in {row.code for row in review.items.all()}


def test_corrected_version_keeps_its_edition_and_its_reviews_ask_the_same(city, draft):
    case = make_case(city, State.INTAKE, ref="P901")
    act(case, "return_for_correction", city.intake, items=[ITEM])
    publish(city, draft)
    done = Walker().to("P901", State.REVIEW)
    version = done.current_version
    assert (version.number, version.edition.code) == (2, "2025")
    review = Review.objects.filter(project_id=done.pk, kind="standards").order_by("-pk").first()
    asked = {row.code for row in review.items.all()}
    assert "DO-04" in asked
    assert not review.items.get(code="SE-04").applies


def test_a_proposal_that_went_back_to_being_a_draft_takes_the_new_edition(city, draft):
    case = make_case(city, State.ENDORSEMENT, ref="P901")
    act(case, "send_back", city.endorser, items=[ITEM])
    publish(city, draft)
    assert fresh(case).state == State.DRAFT
    act(case, "submit", city.applicant)
    assert [version.edition.code for version in case.versions.order_by("number")] == ["2025", "2027"]
