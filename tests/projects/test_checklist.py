"""The checklist before submission: the reviewers' items, what the unit says of them, saved by group, frozen."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from projects.checklist import checklist_of
from projects.errors import NotEditable, StaleEdit
from projects.models import Project, SelfAssessment
from projects.queries import load_parts
from projects.sections import section_hashes, section_snapshot
from projects.services import save_assessment, save_section
from projects.states import State
from tests.approvals.acting import fresh
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(city):
    """A complete draft."""
    return make_case(city)


def loaded(project) -> Project:
    """The proposal as the page reads it."""
    return load_parts(Project.objects.select_related("department", "round", "predecessor").get(pk=project.pk))


def save(project, actor, code="SE-01", *, revision=None, **said):
    """One claim on one item."""
    claims = {code: {"claim": "met", **said}}
    return save_assessment(project_id=project.pk, actor=actor, claims=claims, expected_revision=revision)


def codes_of(project):
    """The codes of the items that apply."""
    return {line.item.code for line in checklist_of(loaded(project)).lines}


def test_items_are_those_of_the_reviewers(city):
    case = make_case(city, State.REVIEW)
    sheets = {row.code for review in fresh(case).all_reviews for row in review.items.filter(applies=True)}
    assert codes_of(case) == sheets
    assert sheets


def test_items_follow_what_the_proposal_says(city, draft):
    before = codes_of(draft)
    facts = {"mlps_level": 3, "public_facing": True, "mobile": True, "personal_data": True, "security_plan": "x"}
    save_section(project_id=draft.pk, actor=city.applicant, section="security", data=facts, expected_revision=None)
    assert codes_of(draft) > before
    others = [row.item.code for group in checklist_of(loaded(draft)).groups for row in group.others]
    assert not set(others) & codes_of(draft)


def test_claims_are_kept_replaced_and_removed(city, draft):
    code = sorted(codes_of(draft))[0]
    paper = draft.documents.first()
    save(draft, city.applicant, code, note=" 见方案 ", document=paper.pk, page="12", field="solution")
    row = SelfAssessment.objects.get()
    assert (row.code, row.claim, row.note, row.document, row.page, row.field, row.written_by) == (
        code, "met", "见方案", paper, "12", "solution", city.applicant,
    )  # fmt: skip
    assert checklist_of(loaded(draft)).done == 1
    save(draft, city.applicant, code, claim="not_met")
    assert SelfAssessment.objects.get().note == ""
    save(draft, city.applicant, code, claim="")
    assert not SelfAssessment.objects.exists()


@pytest.mark.parametrize(
    "said", [{"claim": "perhaps"}, {"document": 999999}, {"field": "state"}, {"page": "1" * 21}, {"note": "\u202ex"}]
)
def test_what_does_not_do_is_refused_at_its_item(city, draft, said):
    with pytest.raises(ValidationError) as caught:
        save(draft, city.applicant, **said)
    assert list(caught.value.message_dict) == ["SE-01"]
    assert not SelfAssessment.objects.exists()


def test_document_of_another_proposal_is_no_evidence(city, draft):
    other = make_case(city, ref="P902", actor=city.applicant2)
    with pytest.raises(ValidationError):
        save(draft, city.applicant, document=other.documents.first().pk)


def test_unknown_item_is_refused(city, draft):
    with pytest.raises(ValidationError):
        save(draft, city.applicant, "ZZ-99")


def test_only_the_unit_and_only_while_it_can_be_edited(city, draft):
    with pytest.raises(PermissionDenied):
        save(draft, city.applicant2)
    submitted = make_case(city, State.INTAKE, ref="P902")
    with pytest.raises(NotEditable):
        save(submitted, city.applicant)


def test_it_overwrites_no_other_edit(city, draft):
    seen = draft.revision
    save(draft, city.applicant, revision=seen)
    with pytest.raises(StaleEdit):
        save(draft, city.applicant, revision=seen, claim="not_met")
    assert SelfAssessment.objects.get().claim == "met"


def test_it_is_frozen_as_a_part_of_its_own(city, draft):
    before = section_hashes(section_snapshot(loaded(draft)))
    assert "assessment" not in before
    save(draft, city.applicant, document=draft.documents.first().pk, page="3")
    after = section_snapshot(loaded(draft))
    assert {code: value for code, value in section_hashes(after).items() if code != "assessment"} == before
    (row,) = after["assessment"]["rows"]
    assert row == {"code": "SE-01", "claim": "met", "document": draft.documents.first().digest, "page": "3"}


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(client, city):
    """The unit's clerk, in English."""
    city.applicant.language = "en"
    city.applicant.save()
    client.force_login(city.applicant)
    return client


def posted(project, group="SE", **values):
    """The form of one group as a browser sends it."""
    fresh_revision = Project.objects.get(pk=project.pk).revision
    return {"revision": fresh_revision, "group": group, **{name.replace("__", "-"): v for name, v in values.items()}}


def group_of(project, prefix):
    """The codes of one group."""
    return sorted(code for code in codes_of(project) if code.startswith(prefix))


def test_page_shows_one_group_with_reasons(browser, draft):
    text = browser.get(reverse("projects:checklist", args=[draft.ref]) + "?group=SE").content.decode()
    assert "Applies because" in text
    assert "Does not apply because" in text
    assert f"0 of {len(codes_of(draft))} items assessed" in text
    assert all(code in text for code in group_of(draft, "SE"))


def test_group_is_saved_at_once_and_the_next_one_follows(browser, draft):
    address = reverse("projects:checklist", args=[draft.ref])
    codes = group_of(draft, "PL")
    data = posted(draft, "PL") | {f"{code}-claim": "met" for code in codes}
    response = browser.post(address, {**data, "next": "1"})
    assert response.status_code == 302
    assert "group=PL" not in response["Location"]
    assert SelfAssessment.objects.filter(claim="met").count() == len(codes)


def test_errors_stand_at_their_field_and_the_rest_is_kept(browser, draft):
    address = reverse("projects:checklist", args=[draft.ref])
    first, second = group_of(draft, "PL")[:2]
    data = posted(draft, "PL") | {
        f"{first}-claim": "not_applicable", f"{second}-claim": "met", f"{second}-note": "字字保留", f"{second}-page": "3",
    }  # fmt: skip
    response = browser.post(address, data)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Say why the item does not apply." in text
    assert "Choose the document that the page is of." in text
    assert "字字保留" in text
    assert not SelfAssessment.objects.exists()


def test_conflict_keeps_what_was_typed(browser, city, draft):
    address, code = reverse("projects:checklist", args=[draft.ref]), group_of(draft, "PL")[0]
    data = posted(draft, "PL") | {f"{code}-claim": "met", f"{code}-note": "字字保留"}
    save(draft, city.applicant, code, claim="not_met", note="别人写的")
    response = browser.post(address, data)
    text = response.content.decode()
    assert response.status_code == 409
    assert "字字保留" in text
    assert "别人写的" in text
    assert SelfAssessment.objects.get().claim == "not_met"


def test_unmet_veto_is_a_warning_and_no_gate(browser, city, draft):
    lines = checklist_of(loaded(draft)).lines
    veto = next(line.item.code for line in lines if line.item.severity == "veto")
    save(draft, city.applicant, veto, claim="not_met")
    text = browser.get(reverse("projects:check", args=[draft.ref])).content.decode()
    assert "By your own account these stop an approval" in text
    from tests.approvals.acting import act

    act(draft, "submit", city.applicant)
    assert fresh(draft).current_version.snapshot["assessment"]["rows"] == [{"code": veto, "claim": "not_met"}]


def test_page_takes_no_more_queries_for_many_claims(browser, city, draft, django_assert_max_num_queries):
    for code in codes_of(draft):
        save(draft, city.applicant, code)
    with django_assert_max_num_queries(30):
        browser.get(reverse("projects:checklist", args=[draft.ref]) + "?group=SE")
