"""The preview while capabilities are typed: the fragment for the script, and the whole page without it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from projects import screening
from projects.models import DuplicateStatement, Finding, Project, ScreeningRun, TextVector
from tests.cast import duplicate_text, make_case
from tests.projects.browsing import at, body, formset

MOST_PER_ROW = 5  # queries of the engine's candidate store for one capability
SHIP = "渔船北斗终端登记发放"


@pytest.fixture(autouse=True)
def _fresh_engine():
    screening._encoder.cache_clear()
    yield
    screening._encoder.cache_clear()


@pytest.fixture
def draft(city):
    """A draft of the hospital."""
    return make_case(city)


@pytest.fixture
def clerk(client, city):
    """The hospital's clerk at the browser."""
    client.force_login(city.applicant)
    return client


def ask(clerk, draft, text, **more):
    return clerk.post(at("preview", draft), {"text": text, "number": "3", **more})


def says(text):
    """The words of the default language."""
    with translation.override("zh-hans"):
        return translation.gettext(text)


def stored():
    """What a preview must leave alone."""
    models = (Finding, ScreeningRun, DuplicateStatement, TextVector)
    return [model.objects.count() for model in models], list(Project.objects.values_list("revision", "updated_at"))


def test_fragment_says_what_is_met_and_stores_nothing(clerk, draft, city):
    before = stored()
    response = ask(clerk, draft, SHIP)
    text = body(response)
    assert response.status_code == 200
    assert "<html" not in text
    for word in (says("Very probably a duplicate"), "渔船北斗终端管理系统", city.office.name, "<mark>", "0."):
        assert word in text, word
    assert stored() == before


def test_unified_platform_says_whom_to_ask_and_what_remains(clerk, draft, city):
    city.system.build_mode, city.system.department_keeps = "unified", "登记本单位终端"
    city.system.provides, city.system.contact_name = "终端统一发放", "周海"
    city.system.save()
    text = body(ask(clerk, draft, SHIP))
    for word in ("登记本单位终端", "终端统一发放", "周海"):
        assert word in text


def test_own_system_is_one_to_extend(clerk, draft, city):
    city.system.department = city.hospital
    city.system.save()
    assert "宜在其上扩展" in body(ask(clerk, draft, SHIP))


def test_retired_system_and_predecessor_are_not_offered(clerk, draft, city):
    Project.objects.filter(pk=draft.pk).update(predecessor=city.system)
    assert "渔船北斗终端管理系统" not in body(ask(clerk, draft, SHIP))
    Project.objects.filter(pk=draft.pk).update(predecessor=None)
    city.system.status = "retired"
    city.system.save()
    assert "渔船北斗终端管理系统" not in body(ask(clerk, draft, SHIP))


def test_missing_tag_is_suggested(clerk, draft, city):
    capability = city.system.capabilities.get()
    capability.taxonomy_id = draft.capabilities.get().taxonomy_id
    capability.save()
    assert "F02" in body(ask(clerk, draft, SHIP))
    assert "<strong>F02" not in body(ask(clerk, draft, SHIP, taxonomy="F02"))


def test_reason_is_in_the_language_of_the_page(clerk, draft):
    clerk.cookies["django_language"] = "en"
    with translation.override("en"):
        assert "Duplicates “渔船北斗终端登记发放” of" in body(ask(clerk, draft, SHIP))


def test_text_is_escaped(clerk, draft):
    text = body(ask(clerk, draft, SHIP + "<script>alert(1)</script>"))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("text", ["", "   \n "])
def test_empty_text_says_so_and_asks_nobody(clerk, draft, text, monkeypatch):
    monkeypatch.setattr("projects.views.looks.previews", None)
    answer = ask(clerk, draft, text)
    assert (answer.status_code, "tc-notice bad" in body(answer)) == (200, False)


def test_text_that_cannot_be_compared_says_why(clerk, draft):
    assert "tc-notice bad" in body(ask(clerk, draft, "字" * 501))
    assert "U+202E" in body(ask(clerk, draft, "正\u202e反"))


def test_empty_registry_says_so(clerk, draft, city):
    city.system.delete()
    answer = ask(clerk, draft, SHIP)
    assert says(screening.EMPTY_INVENTORY) in body(answer)


def test_broken_engine_says_so_and_is_logged(clerk, draft, monkeypatch, caplog):
    monkeypatch.setattr(screening, "portfolio", None)
    answer = ask(clerk, draft, SHIP)
    assert (answer.status_code, "AttributeError" in body(answer)) == (200, True)
    assert "the preview of" in caplog.text


def test_degraded_encoder_is_said(clerk, draft, settings, monkeypatch):
    settings.ENCODER = "use"
    monkeypatch.setattr(screening, "choose", lambda _encoder: (None, "lexical", "use: ImportError: gone"))
    assert "use: ImportError: gone" in body(ask(clerk, draft, SHIP))


def test_submitted_proposal_is_not_previewed(clerk, city):
    case = make_case(city, "intake")
    assert ask(clerk, case, SHIP).status_code == 409


def test_form_token_is_needed(draft, city):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(city.applicant)
    assert ask(browser, draft, SHIP).status_code == 403


# --- without scripts --------------------------------------------------------------------------------------------------


def test_button_checks_every_row_and_loses_nothing(clerk, draft, city):
    stored_row = draft.capabilities.get()
    rows = [
        {"code": stored_row.code, "text": "改过还没保存的描述"},
        {"code": "", "text": duplicate_text(city), "domain": "BD15"},
        {"code": "", "text": ""},
    ]
    before = stored()
    data = formset("capabilities", rows, initial=1, look="1", revision=draft.revision, solution="还没保存的总体方案")
    response = clerk.post(at("section", draft, "solution"), data)
    text = body(response)
    assert response.status_code == 200
    for typed in ("改过还没保存的描述", "渔船北斗终端", "还没保存的总体方案", "data-autosave-dirty"):
        assert typed in text
    assert text.count('class="tc-look-result"') == 2
    assert says("No duplicate found") in text
    assert says("Very probably a duplicate") in text
    assert stored() == before
    draft.refresh_from_db()
    assert draft.capabilities.get().text == stored_row.text


def test_removed_rows_are_not_checked(clerk, draft, city):
    rows = [{"code": draft.capabilities.get().code, "text": SHIP, "DELETE": "on"}]
    data = formset("capabilities", rows, initial=1, look="1", revision=draft.revision)
    assert 'class="tc-look-result"' not in body(clerk.post(at("section", draft, "solution"), data))


def test_only_the_index_of_candidates_is_asked_for_each_row(clerk, draft):
    def post(count):
        rows = [{"code": "", "text": f"{SHIP}{number}"} for number in range(count)]
        data = formset("capabilities", rows, look="1", revision=draft.revision)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.post(at("section", draft, "solution"), data).status_code == 200
        return len(queries)

    post(1)
    assert post(30) - post(1) <= 29 * MOST_PER_ROW


def test_word_of_another_section_saves_as_ever(clerk, draft):
    data = {"look": "1", "revision": draft.revision, "background": "现状"}
    assert clerk.post(at("section", draft, "needs"), data).status_code == 302
