"""The requirement table: saving, gaps by name, what is frozen, and what a change of capabilities leaves."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from planning.queries import policy
from planning.services import set_policy
from projects import queries, services
from projects.errors import StaleEdit
from projects.models import DataRequest, Project
from projects.sections import digest_of, section_snapshot
from projects.sections.ledger import ledger_of
from projects.sections.tracing import trace_gaps, tracing_advice, tracing_gaps
from tests.projects.making import capability_row, line_row, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Two capabilities, one of them with money; nothing traced."""
    made = make_project()
    actor = made.created_by
    rows = [capability_row(), capability_row(text="登记积水点")]
    services.save_capabilities(project_id=made.pk, actor=actor, rows=rows, expected_revision=None)
    codes = codes_of(made)
    lines = [line_row(capability=codes[0])]
    services.save_budget(project_id=made.pk, actor=actor, rows=lines, expected_revision=None)
    return Project.objects.get(pk=made.pk)


def codes_of(project) -> list[str]:
    return list(project.capabilities.values_list("code", flat=True))


def row(code: str = "", **more) -> dict:
    return {
        "need_text": "内涝时找不到队伍",
        "duty_item": "防汛抢险指挥",
        "capability": code,
        "criterion": "5 分钟内派出",
        **more,
    }


def trace(project, *rows, revision=None) -> Project:
    return services.save_trace(
        project_id=project.pk, actor=project.created_by, rows=list(rows), expected_revision=revision
    )


def count(project, *rows, **more) -> Project:
    return services.save_functions(
        project_id=project.pk, actor=project.created_by, rows=list(rows), expected_revision=None, **more
    )


def item(code: str = "", **more) -> dict:
    return {"capability": code, "name": "派队", "type": "EI", "count": 3, "reuse": "", **more}


def kinds(project) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for gap in trace_gaps(queries.load_parts(Project.objects.get(pk=project.pk))):
        found.setdefault(gap.kind, set()).add(gap.subject)
    return found


def test_cost_with_no_need_and_capability_with_no_money_are_named(project):
    paid, free = codes_of(project)
    found = kinds(project)
    assert found["cost_no_need"] == {paid}
    assert found["capability_no_need"] == {free}
    assert found["capability_no_money"] == {free}
    assert any("120.00" in gap.message for gap in tracing_gaps(project))


def test_complete_rows_leave_no_blocking_gap_of_needs(project):
    trace(project, *(row(code) for code in codes_of(project)))
    count(project, item(codes_of(project)[0], type="ILF", count=70))
    assert kinds(project) == {"capability_no_money": {codes_of(project)[1]}}


@pytest.mark.parametrize(("field", "kind"), [("criterion", "need_no_test"), ("duty_item", "need_no_duty")])
def test_half_row_blocks_until_the_capability_has_a_whole_one(project, field, kind):
    code = codes_of(project)[0]
    trace(project, row(code, **{field: ""}))
    assert [gap.blocks for gap in trace_gaps(project) if gap.kind == kind] == [True]
    trace(project, row(code, **{field: ""}), row(code))
    assert [gap.blocks for gap in trace_gaps(Project.objects.get(pk=project.pk)) if gap.kind == kind] == [False]


def test_rows_that_lead_nowhere_are_advice(project):
    trace(project, row(""), row(codes_of(project)[0], need_text=""))
    found = kinds(project)
    assert found["row_no_capability"] == {"1"}
    assert found["row_no_need"] == {"2"}
    assert {"row_no_capability", "row_no_need"} <= {gap.field for gap in tracing_advice(project)}


def test_functions_block_only_a_build_above_the_amount_of_the_policy(project):
    def blocks() -> list[bool]:
        found = trace_gaps(Project.objects.get(pk=project.pk))
        return [gap.blocks for gap in found if gap.kind == "capability_no_points"]

    assert blocks() == [True]
    set_policy(key="function_points", value={**policy("function_points"), "required_above": "120"}, source="x")
    assert blocks() == [False]
    Project.objects.filter(pk=project.pk).update(kind="om")
    assert blocks() == []


def test_deviation_must_be_explained_and_names_the_amounts(project):
    code = codes_of(project)[0]
    count(project, item(code, type="EI", count=10))
    gap = next(gap for gap in trace_gaps(Project.objects.get(pk=project.pk)) if gap.kind == "deviation")
    assert gap.blocks
    assert "120.00" in gap.message
    assert str(ledger_of(Project.objects.get(pk=project.pk)).result.cost) in gap.message
    services.save_functions(
        project_id=project.pk, actor=project.created_by, rows=None, expected_revision=None, reason="含数据治理"
    )
    assert "deviation" not in kinds(project)


def test_deviation_just_at_the_tolerance_needs_no_reason(project):
    """1000 × 4 × 1.39 × 6.7 / 174 × 2.9 × 1.05 = 651.9: 30 % above is 847.4."""
    code = codes_of(project)[0]
    count(project, item(code, type="EI", count=1000))
    cost = ledger_of(Project.objects.get(pk=project.pk)).result.cost
    for amount, deviates in ((cost * Decimal("1.3"), False), (cost * Decimal("1.3") + 1, True)):
        lines = [line_row(capability=code, amount=amount.quantize(Decimal("0.01"), "ROUND_DOWN"))]
        services.save_budget(project_id=project.pk, actor=project.created_by, rows=lines, expected_revision=None)
        assert ledger_of(Project.objects.get(pk=project.pk)).deviates is deviates


def test_data_that_could_be_shared_are_named_until_a_reason_is_given(project):
    request = DataRequest.objects.create(project=project, name="气象数据", provider="市气象局", channel="collected")
    assert kinds(project)["data_could_be_shared"] == {"气象数据"}
    DataRequest.objects.filter(pk=request.pk).update(channel="shared")
    assert "data_could_be_shared" not in kinds(project)
    DataRequest.objects.filter(pk=request.pk).update(channel="private", reason="平台没有实时接口")
    assert "data_could_be_shared" not in kinds(project)


def test_saving_keeps_the_rows_that_are_there(project):
    first, second = codes_of(project)
    trace(project, row(first), row(second))
    keys = list(project.trace_rows.values_list("pk", flat=True))
    trace(project, row(second, need_text="新"))
    assert list(project.trace_rows.values_list("pk", "need_text", "capability__code")) == [(keys[0], "新", second)]


def test_editing_capabilities_keeps_links_and_a_removed_one_leaves_its_rows(project):
    first, second = codes_of(project)
    trace(project, row(first), row(second))
    count(project, item(first), item(second))
    rows = [capability_row(code=second, text="改过的字"), capability_row(text="第三项")]
    services.save_capabilities(
        project_id=project.pk, actor=project.created_by, rows=[*rows, {"code": first, "remove": True}],
        expected_revision=None,
    )  # fmt: skip
    assert list(project.trace_rows.values_list("capability__code", flat=True)) == [None, second]
    assert list(project.functions.values_list("capability__code", flat=True)) == [None, second]
    found = kinds(project)
    assert found["row_no_capability"] == {"1"}
    assert found["function_no_capability"] == {"1"}


def test_older_revision_overwrites_nothing(project):
    seen = Project.objects.get(pk=project.pk).revision
    trace(project, row())
    with pytest.raises(StaleEdit):
        trace(project, row(need_text="迟到的"), revision=seen)
    assert project.trace_rows.get().need_text == "内涝时找不到队伍"


@pytest.mark.parametrize(
    "bad", [{"capability": "X-99"}, {"need": "N-99"}, {"need_text": "长" * 501}, {"criterion": "a\x00b"}]
)
def test_row_that_makes_no_sense_is_refused_and_nothing_is_written(project, bad):
    with pytest.raises(ValidationError):
        trace(project, row(), row(**bad))
    assert not project.trace_rows.exists()


@pytest.mark.parametrize("bad", [{"name": " "}, {"type": "XX"}, {"count": 0}, {"count": 10000}, {"reuse": "some"}])
def test_function_that_makes_no_sense_is_refused(project, bad):
    with pytest.raises(ValidationError):
        count(project, item(**bad))
    assert not project.functions.exists()


def test_factor_that_the_policy_does_not_know_is_refused(project):
    with pytest.raises(ValidationError):
        count(project, item(), factors={"team": "stars"})
    count(project, item(), factors={"team": "none"})
    assert Project.objects.get(pk=project.pk).estimate_factors == {"team": "none"}


def test_snapshot_carries_the_tables_only_where_there_are_any(project):
    before = section_snapshot(Project.objects.get(pk=project.pk))
    assert not {"trace"} & before["needs"].keys()
    assert not {"functions", "estimate_factors", "estimate_reason"} & before["budget"].keys()
    code = codes_of(project)[0]
    trace(project, row(code))
    count(project, item(code), factors={"team": "none"}, reason="首创")
    after = section_snapshot(Project.objects.get(pk=project.pk))
    assert after["needs"]["trace"] == [
        {
            "need": None,
            "text": "内涝时找不到队伍",
            "duty": "防汛抢险指挥",
            "capability": code,
            "criterion": "5 分钟内派出",
        }
    ]
    assert after["budget"]["functions"] == [{"capability": code, "name": "派队", "type": "EI", "count": 3, "reuse": ""}]
    assert (after["budget"]["estimate_factors"], after["budget"]["estimate_reason"]) == ({"team": "none"}, "首创")
    assert digest_of(after["solution"]) == digest_of(before["solution"])


def test_gaps_take_as_many_queries_for_many_rows_as_for_one(project, django_assert_num_queries):
    first, second = codes_of(project)
    trace(project, *(row(code) for code in (first, second) * 10))
    count(project, *(item(code) for code in (first, second) * 10))
    loaded = queries.load_parts(Project.objects.get(pk=project.pk))
    with django_assert_num_queries(0):
        trace_gaps(loaded)
