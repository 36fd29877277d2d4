"""The shipped library: every item of the domain reference once, with its source; loading it twice changes nothing."""

import json
from collections import Counter
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from standards import queries, services
from standards.applicability import check
from standards.kinds import SECTIONS, ReviewKind, Severity, StandardStatus
from standards.models import ChecklistEdition, ChecklistItem, Standard

# Codes and severities as the domain reference lists them (§5.1–5.3), written out by hand: V, M, A or X(weight).
EXPECTED = {
    "PL-01": "V", "PL-02": "V", "PL-03": "M", "PL-04": "M", "PL-05": "M", "PL-06": "M", "PL-07": "M", "PL-08": "M",
    "RQ-01": "V", "RQ-02": "M", "RQ-03": "V", "RQ-04": "V", "RQ-05": "V", "RQ-06": "V", "RQ-07": "M", "RQ-08": "V",
    "RQ-09": "M", "RQ-10": "A", "RQ-11": "V",
    "SC-01": "A", "SE-01": "V", "SE-02": "V", "SE-03": "X(V)", "SE-04": "V", "SE-05": "X(V)", "SE-06": "M",
    "SE-07": "M", "SE-08": "M", "SE-09": "M",
    "DA-01": "V", "DA-02": "V", "DA-03": "M", "DA-04": "V", "DA-05": "A",
    "PF-01": "V", "PF-02": "V", "PF-03": "M", "PF-04": "V", "PF-05": "V",
    "IN-01": "V", "IN-02": "M", "IN-03": "X(A)", "IN-04": "V", "IN-05": "M",
    "AC-01": "X(M)", "AC-02": "X(M)", "AC-03": "M",
    "DO-01": "A; X(M)", "DO-02": "X(M)", "DO-03": "M", "DO-04": "A", "DO-05": "M", "DO-06": "X(V)", "DO-07": "A",
    "PR-01": "M", "PR-02": "V",
}  # fmt: skip
LETTERS = {"veto": "V", "major": "M", "advisory": "A"}
# Numbers that appear in the reference and must be in the catalogue, written out by hand.
NAMED = """
GB/T 40692-2021|GB/T 22240-2020|GB/T 22239-2019|GB/T 28448-2019|GB/T 39786-2021|GM/T 0054-2018|
GB/T 43697-2024|GB/T 35273-2020|GB/T 39477-2020|GB/T 39204-2022|GB/T 21063.1-2007|GB/T 21063.4-2007|
GB/T 21063.6-2007|GB/T 21062.1-2007|GB/T 21062.4-2007|GB/T 38664.1-2020|GB/T 38664.4-2022|GB 32100-2015|
GB 11643-1999|GB/T 2260-2007|GB/T 36901-2018|GB/T 36906-2018|GB/T 38540-2020|GB/T 33190-2016|
GB/T 44810-2024|GB/T 31167-2023|GB/T 31168-2023|GB/T 37668-2019|GB/T 8567-2006|GB/T 9385-2008|
GB/T 25000.51-2016|GB/T 36964-2018|GB/T 42449-2023|GB/T 19668.1-2014|DA/T 28-2018|GB/T 28827.1-2022
""".replace("\n", "").split("|")


def _rows(name):
    return json.loads((services.DATA / name).read_text(encoding="utf-8"))


def _everything():
    models = (ChecklistItem, Standard, ChecklistItem.related.through)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_every_item_of_the_reference_is_shipped_exactly_once():
    found = Counter(row["code"] for row in _rows("checklist.json"))
    assert found == Counter(EXPECTED.keys())
    kinds = Counter(row["kind"] for row in _rows("checklist.json"))
    assert kinds == {"planning": 8, "requirements": 11, "standards": 37}


def test_every_item_has_source_both_languages_and_the_severity_of_the_reference():
    for row in _rows("checklist.json"):
        code, severity, later = row["code"], row["severity"], row["acceptance_severity"]
        assert row["source"].startswith("domain reference §5."), code
        texts = [row[f"{field}{tail}"] for field in ("question", "evidence", "applies") for tail in ("", "_en")]
        assert all(text.strip() for text in texts), code
        shown = f"X({LETTERS[later]})" if severity == "acceptance" else LETTERS[severity]
        shown += f"; X({LETTERS[later]})" if later and severity != "acceptance" else ""
        assert shown == EXPECTED[code], code
        assert code[:2] in SECTIONS


def test_every_condition_parses_and_only_items_for_everyone_have_none():
    for row in _rows("checklist.json"):
        assert bool(check(row["condition"])) is (row["applies_en"] != "all projects"), row["code"]


def test_every_standard_named_in_the_reference_is_in_the_catalogue():
    numbers = [row["number"] for row in _rows("standards.json")]
    assert len(numbers) == len(set(numbers))
    assert len(NAMED) == 36
    assert set(NAMED) <= set(numbers)
    named = {number for row in _rows("checklist.json") for number in [row["standard"], *row["related"]] if number}
    assert named <= set(numbers)
    for row in _rows("standards.json"):
        assert all(row[field] for field in ("source", "summary", "summary_en", "title_en", "issuer_en")), row["number"]


@pytest.mark.django_db
def test_seed_loads_everything_and_a_second_time_changes_nothing(django_assert_max_num_queries):
    first = services.seed()
    assert (first.standards, first.items, first.created, first.updated) == (67, 56, 123, 0)
    before = _everything()
    with django_assert_max_num_queries(70):
        second = services.seed()
    assert (second.created, second.updated) == (0, 0)
    assert before == _everything()


@pytest.mark.django_db
def test_seed_puts_shipped_wording_back_and_leaves_own_rows_alone():
    services.seed()
    ChecklistItem.objects.filter(code="SE-04").update(question="另一种写法")
    ChecklistItem.objects.get(code="SE-05").related.clear()
    own = make_item("SE-04")  # of another edition
    counts = services.seed()
    assert (counts.created, counts.updated) == (0, 1)
    shipped = ChecklistItem.objects.filter(edition__code=services.SHIPPED_EDITION)
    assert shipped.get(code="SE-04").question.startswith("是否按等级编制密码应用方案")
    assert shipped.get(code="SE-05").related.count() == 1
    assert ChecklistItem.objects.get(pk=own.pk).question == "是否合规？"


@pytest.mark.django_db
def test_seed_is_all_or_nothing(monkeypatch):
    broken = [*_rows("checklist.json")]
    broken[-1] = {**broken[-1], "condition": "nonsense >= 1"}
    read = {"standards.json": _rows("standards.json"), "checklist.json": broken}
    monkeypatch.setattr(services, "_read", read.__getitem__)
    with pytest.raises(ValidationError):
        services.seed()
    assert not ChecklistItem.objects.exists()
    assert not Standard.objects.exists()


@pytest.mark.django_db
def test_seed_command_says_what_it_did(capsys):
    call_command("seed_standards")
    assert capsys.readouterr().out == "67 standards, 56 checklist items: 123 created, 0 changed.\n"


@pytest.mark.django_db
def test_superseded_standard_names_its_successor():
    services.seed()
    old = Standard.objects.get(number="GM/T 0054-2018")
    assert old.status == StandardStatus.SUPERSEDED
    assert old.superseded_by.number == "GB/T 39786-2021"
    cited = ChecklistItem.objects.filter(standard__status=StandardStatus.SUPERSEDED)
    assert not cited.exists()


@pytest.mark.django_db
def test_in_force_keeps_order_and_honours_both_ends_of_the_period():
    make_item("PL-91", position=2, valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30))
    make_item("PL-92", position=1, valid_from=date(2026, 6, 30))
    make_item("PL-93", position=3, valid_from=None)
    make_item("RQ-91", kind=ReviewKind.REQUIREMENTS)
    ChecklistEdition.objects.update(published_at=timezone.now(), effective_on=date(2020, 1, 1))

    def codes(*day):
        return [item.code for item in queries.in_force(ReviewKind.PLANNING, date(*day))]

    assert codes(2025, 12, 31) == ["PL-93"]
    assert codes(2026, 1, 1) == ["PL-91", "PL-93"]
    assert codes(2026, 6, 30) == ["PL-92", "PL-91", "PL-93"]
    assert codes(2026, 7, 1) == ["PL-92", "PL-93"]


@pytest.mark.django_db
def test_items_that_rest_on_a_later_rule_start_with_it():
    services.seed()
    early = {item.code for kind in ReviewKind for item in queries.in_force(kind, date(2025, 7, 31))}
    assert set(EXPECTED) - early == {"RQ-08", "DA-04"}
    assert {item.code for kind in ReviewKind for item in queries.in_force(kind, date(2025, 8, 1))} == set(EXPECTED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"condition": "mlps_level >= 3 and fo"}, "condition", "21"),
        ({"severity": Severity.ACCEPTANCE}, "acceptance_severity", ""),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}, "valid_until", ""),
        ({"severity": "deadly"}, "severity", ""),
        ({"code": "PL-90"}, "code", ""),
    ],
)
def test_save_item_refuses_what_cannot_be_used(changes, field, message):
    make_item("PL-90")
    with pytest.raises(ValidationError) as refused:
        make_item(**{"code": "PL-99", **changes})
    assert message in str(refused.value.message_dict[field])
    assert not ChecklistItem.objects.filter(code="PL-99").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (ChecklistItem, {"severity": "deadly"}),
        (ChecklistItem, {"kind": "other"}),
        (ChecklistItem, {"severity": "acceptance", "acceptance_severity": ""}),
        (ChecklistItem, {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}),
        (Standard, {"status": "lost"}),
        (Standard, {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}),
    ],
)
def test_database_refuses_what_the_forms_would(model, changes):
    make_item("PL-90")
    Standard.objects.create(number="GB/T 1", title="一", source="M-lo")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [({"superseded_by_id": 1}, "superseded_by"), ({"superseded_by_id": 2, "status": "in_force"}, "status")],
)
def test_standard_cannot_replace_itself_or_be_replaced_and_in_force(changes, field):
    Standard.objects.create(pk=1, number="GB/T 1", title="一", source="M-lo")
    Standard.objects.create(pk=2, number="GB/T 2", title="二", source="M-lo")
    standard = Standard.objects.get(pk=1)
    for name, value in changes.items():
        setattr(standard, name, value)
    with pytest.raises(ValidationError) as refused:
        standard.full_clean()
    assert field in refused.value.message_dict


def make_item(code, **changes):
    """A saved planning item with this code, in a draft edition of its own."""
    edition, _made = ChecklistEdition.objects.get_or_create(code="T1", defaults={"name": "试行版"})
    values = {
        "edition": edition,
        "kind": ReviewKind.PLANNING, "position": 1, "question": "是否合规？", "question_en": "Does it comply?",
        "evidence": "说明", "evidence_en": "statement", "severity": Severity.MAJOR, "applies": "所有项目",
        "applies_en": "all projects", "source": "test", **changes,
    }  # fmt: skip
    return services.save_item(ChecklistItem(code=code, **values))
