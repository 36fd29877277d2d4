"""Phrases and filters: kept for one person alone, bounded, never filled in by themselves."""

import pytest
from django.core.exceptions import ValidationError

from approvals.models import Phrase, SavedFilter
from approvals.personal_phrases import suggestions
from approvals.personal_services import (
    MOST_FILTERS,
    MOST_PHRASES,
    add_phrase,
    move_phrase,
    rename_filter,
    save_filter,
    tidy,
)
from tests.approvals.listing import browser_of, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def texts(user) -> list[str]:
    """The person's phrases in their order."""
    return [phrase.text for phrase in user.phrases.all()]


def test_phrases_are_added_moved_reworded_and_removed_on_the_page(city):
    browser = browser_of(city.intake)
    for text in ("one", "two", "three"):
        browser.post("/me/phrases/", {"do": "add", "text": text})
    keys = [phrase.pk for phrase in city.intake.phrases.all()]
    browser.post("/me/phrases/", {"do": "up", "key": keys[2]})
    assert texts(city.intake) == ["one", "three", "two"]
    browser.post("/me/phrases/", {"do": "save", "key": keys[0], "text": "first"})
    browser.post("/me/phrases/", {"do": "remove", "key": keys[1]})
    assert texts(city.intake) == ["first", "three"]


def test_phrase_is_refused_with_what_was_typed(city):
    browser = browser_of(city.intake)
    browser.post("/me/phrases/", {"do": "add", "text": "one"})
    answer = browser.post("/me/phrases/", {"do": "add", "text": "one"})
    assert answer.status_code == 422
    assert 'value="one"' in answer.content.decode()
    assert texts(city.intake) == ["one"]


def test_phrases_of_others_are_out_of_reach(city):
    phrase = add_phrase(actor=city.intake, text="mine")
    browser = browser_of(city.planner)
    for do in ("save", "remove", "up"):
        browser.post("/me/phrases/", {"do": do, "key": phrase.pk, "text": "theirs"})
    assert texts(city.intake) == ["mine"]
    assert "mine" not in browser.get("/me/phrases/").content.decode()


def test_phrases_are_bounded_and_the_ends_hold(city):
    Phrase.objects.bulk_create(
        Phrase(user=city.intake, text=f"x{number}", position=number) for number in range(MOST_PHRASES)
    )
    with pytest.raises(ValidationError):
        add_phrase(actor=city.intake, text="one more")
    first = city.intake.phrases.first()
    move_phrase(actor=city.intake, phrase_id=first.pk, by=-1)
    assert city.intake.phrases.first() == first


def test_nothing_is_filled_in_and_consent_is_not_suggested(city):
    case = placed(city, "P901")
    add_phrase(actor=city.intake, text="Documents complete.")
    page = browser_of(city.intake).get(f"/projects/{case.ref}/steps/accept/")
    assert page.context["form"]["comment"].value() in (None, "")
    assert "Documents complete." in page.content.decode()
    assert not {"同意", "Agreed", "Agree"} & set(suggestions(()))


def test_filter_is_kept_opened_renamed_and_removed(city):
    browser = browser_of(city.manager)
    data = {
        "do": "keep",
        "page": "workbench",
        "name": "late",
        "query": "due=overdue&page=3&q=&tab=inbox",
        "next": "/?x=1",
    }
    assert browser.post("/me/filters/", data)["Location"] == "/?x=1"
    row = SavedFilter.objects.get()
    assert row.query == "due=overdue&tab=inbox"
    browser.post("/me/filters/", {"do": "rename", "key": row.pk, "name": "too late"})
    assert SavedFilter.objects.get().name == "too late"
    browser_of(city.intake).post("/me/filters/", {"do": "remove", "key": row.pk})
    assert SavedFilter.objects.count() == 1
    browser.post("/me/filters/", {"do": "remove", "key": row.pk})
    assert not SavedFilter.objects.exists()


def test_chip_of_a_kept_filter_stands_on_its_list(city):
    save_filter(actor=city.manager, page="projects", name="mine", query="state=intake")
    placed(city, "P901")
    page = browser_of(city.manager).get("/projects/?state=intake").content.decode()
    assert 'href="?state=intake" aria-current="true">mine' in page
    assert ">mine<" not in browser_of(city.intake).get("/projects/").content.decode()


def test_filters_are_bounded_named_and_only_of_known_lists(city):
    for number in range(MOST_FILTERS):
        save_filter(actor=city.manager, page="projects", name=str(number), query="q=x")
    save_filter(actor=city.manager, page="projects", name="0", query="q=y")  # replaces
    assert city.manager.saved_filters.count() == MOST_FILTERS
    for page, name, query in (
        ("projects", "new", "q=x"),
        ("projects", "", "q=x"),
        ("else", "n", "q=x"),
        ("projects", "n", ""),
    ):
        with pytest.raises(ValidationError):
            save_filter(actor=city.manager, page=page, name=name, query=query)
    with pytest.raises(ValidationError):
        rename_filter(actor=city.manager, filter_id=city.manager.saved_filters.get(name="1").pk, name="0")


def test_answer_never_leads_to_another_site(city):
    data = {"do": "keep", "page": "workbench", "name": "x", "query": "q=x", "next": "//evil.example/"}
    assert browser_of(city.manager).post("/me/filters/", data)["Location"] == "/me/filters/"


def test_equal_filters_are_equal_texts():
    assert tidy("?b=2&a=1&page=4&c=") == tidy("a=1&b=2") == "a=1&b=2"
