"""Capabilities and budget lines through their services: codes, order, refusals."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from projects import services
from projects.services.rows import MAX_CAPABILITIES
from tests.projects.making import (
    capability_row,
    complete,
    line_row,
    make_project,
)

pytestmark = pytest.mark.django_db
BAD_TEXTS = ["a\0b", "a\ud800b", "a\x1bb", "a\u202eb", "a\u2066b", "\x85"]
BAD_AMOUNTS = ["NaN", "1e309", "-1", "0", "10000000.01", "1.005", "Infinity", "", None, "一百", "0x10", "1_0" * 200]


def save_caps(project, *rows):
    """Replace the capabilities; returns (code, text) in order."""
    services.save_capabilities(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    return [(row.code.removeprefix(f"{project.ref}-"), row.text) for row in project.capabilities.all()]


def test_capability_codes_stay_with_their_rows():
    project = make_project()
    full = f"{project.ref}-"
    assert save_caps(project, capability_row(text="甲"), capability_row(text="乙"), capability_row(text="丙")) == [
        ("01", "甲"),
        ("02", "乙"),
        ("03", "丙"),
    ]
    kept = save_caps(
        project,
        capability_row(code=full + "03", text="丙"),
        {"code": full + "02", "remove": True},
        capability_row(code=full + "01", text="甲二"),
        capability_row(text="丁"),
    )
    assert kept == [("03", "丙"), ("01", "甲二"), ("04", "丁")]


def test_capability_sent_again_without_its_code_keeps_it():
    project = make_project()
    save_caps(project, capability_row(text="甲"))
    first = capability_row(code=f"{project.ref}-01", text="甲")
    assert save_caps(project, first, capability_row(text="乙")) == [("01", "甲"), ("02", "乙")]
    again = save_caps(project, first, capability_row(text="乙二"), capability_row(text="丙"))
    assert again == [("01", "甲"), ("02", "乙二"), ("03", "丙")]


def test_capability_code_of_a_submitted_version_is_never_given_again():
    project = complete(make_project())
    save_caps(project, capability_row(code=f"{project.ref}-01"), capability_row(text="乙"))
    services.take_snapshot(project, project.created_by, timezone.now())
    one, two = f"{project.ref}-01", f"{project.ref}-02"
    save_caps(project, {"code": one, "remove": True}, {"code": two, "remove": True})
    assert save_caps(project, capability_row(text="丙")) == [("03", "丙")]


def test_line_follows_its_capability_through_an_edit_and_loses_it_on_removal():
    project = complete(make_project())
    code = project.capabilities.get().code
    save_caps(project, capability_row(code=code, text="改写"))
    assert project.budget_lines.first().capability.text == "改写"
    save_caps(project, {"code": code, "remove": True})
    assert (project.budget_lines.count(), project.budget_lines.first().capability) == (2, None)


@pytest.mark.parametrize(
    "rows",
    [
        [{"code": "P99-01", "text": "x"}],
        [{"code": "", "text": ""}],
        [{"code": "", "text": "长" * 501}],
        *([{"code": "", "text": text}] for text in BAD_TEXTS),
        [{"code": "", "text": "x", "service_object": "外星人"}],
        [{"code": "", "text": "x"}] * (MAX_CAPABILITIES + 1),
    ],
)
def test_bad_capabilities_are_refused_and_the_list_stays(rows):
    project = complete(make_project())
    with pytest.raises(ValidationError) as refused:
        save_caps(project, *rows)
    assert list(refused.value.message_dict) == ["capabilities"]
    assert project.capabilities.get().text == "调度抢险队伍"


def test_capability_of_another_project_or_named_twice_is_refused():
    project, other = complete(make_project()), complete(make_project())
    code = project.capabilities.get().code
    for rows in ([capability_row(code=other.capabilities.get().code)], [capability_row(code=code)] * 2):
        with pytest.raises(ValidationError):
            save_caps(project, *rows)


def save_lines(project, *rows):
    """Replace the budget."""
    services.save_budget(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    return [(line.name, line.amount) for line in project.budget_lines.all()]


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_insane_amount_is_refused(amount):
    project = complete(make_project())
    with pytest.raises(ValidationError) as refused:
        save_lines(project, line_row(amount=amount))
    assert list(refused.value.message_dict) == ["lines"]
    assert project.budget_lines.count() == 2


def test_lines_are_replaced_in_order():
    project = make_project()
    assert save_lines(project, line_row(name="甲"), line_row(name="乙", amount="10000000")) == [
        ("甲", Decimal("120.00")),
        ("乙", Decimal("10000000.00")),
    ]
    assert save_lines(project, line_row(name="丙", amount="0.01")) == [("丙", Decimal("0.01"))]
    assert save_lines(project) == []


def test_line_cannot_point_at_another_projects_capability():
    project, other = make_project(), complete(make_project())
    strange = {"capability": other.capabilities.get().code}
    for change in (strange, {"category": "x"}, {"fund_source": "x"}, {"name": ""}):
        with pytest.raises(ValidationError):
            save_lines(project, line_row(**change))
