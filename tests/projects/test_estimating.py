"""The estimate by function points: golden examples worked by hand, and what must hold for all counts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.policy_rows import STARTING_ROWS
from projects.estimating import TYPES, Counted, estimate, points

ROW = STARTING_ROWS["function_points"][0]
REUSE = ["", *(option["code"] for option in ROW["reuse"])]
ITEMS = st.builds(Counted, st.sampled_from(TYPES), st.integers(1, 500), st.sampled_from(REUSE))
LISTS = st.lists(ITEMS, max_size=30)
FACTORS = st.fixed_dictionaries(
    {factor["code"]: st.sampled_from([option["code"] for option in factor["options"]]) for factor in ROW["factors"]}
)


def test_golden_example_without_reuse_or_factors():
    """65 points × 1.39 = 90.35; × 6.7 h = 605.345 h; ÷ 174 = 3.48 months; × 2.9 = 10.09; × 1.05 = 10.59 (× 10,000)."""
    counts = {"ILF": 2, "EIF": 1, "EI": 3, "EO": 2, "EQ": 4}
    found = estimate([Counted(kind, count) for kind, count in counts.items()], ROW)
    assert (found.unadjusted, found.size, found.effort, found.cost) == (
        Decimal("65.00"), Decimal("90.35"), Decimal("3.48"), Decimal("10.59"),
    )  # fmt: skip
    steps = {step.code: step.result for step in found.steps}
    assert (steps["productivity"], steps["salary"]) == (Decimal("605.35"), Decimal("10.09"))


def test_golden_example_with_reuse_and_factors():
    """10 × 0.33 + 40 × 0.67 = 30.1; × 1.39 = 41.84; × 6.7 × 1.7 × 1.2 = 571.87 h; 3.29 months; 9.54; 10.02."""
    functions = [Counted("ILF", 1, "high"), Counted("EI", 10, "medium")]
    found = estimate(functions, ROW, {"application": "intelligent", "team": "none"})
    assert (found.unadjusted, found.size, found.effort, found.cost) == (
        Decimal("30.10"), Decimal("41.84"), Decimal("3.29"), Decimal("10.02"),
    )  # fmt: skip


def test_every_step_is_shown_in_order():
    codes = [step.code for step in estimate([Counted("EI", 1)], ROW).steps]
    assert codes == [
        "size", "change", "productivity", *(factor["code"] for factor in ROW["factors"]), "months", "salary", "other",
    ]  # fmt: skip


def test_deviation_is_a_share_of_the_estimate():
    found = estimate([Counted("ILF", 100)], ROW)
    assert found.deviation(found.cost * 2) == 1
    assert found.deviation(found.cost / 2) == Decimal("-0.5")
    assert estimate([], ROW).deviation(Decimal(5)) is None


def test_unknown_option_counts_as_the_usual_one():
    functions = [Counted("EI", 10, "gone")]
    assert estimate(functions, ROW, {"team": "gone", "no such factor": "x"}) == estimate([Counted("EI", 10)], ROW)


def test_unknown_type_is_refused():
    with pytest.raises(KeyError):
        points([Counted("XX", 1)], ROW)


def test_nothing_counted_costs_nothing():
    found = estimate([], ROW)
    assert (found.unadjusted, found.size, found.effort, found.cost) == (0, 0, 0, 0)


@given(LISTS, ITEMS, FACTORS)
def test_one_more_function_never_costs_less(functions, one, chosen):
    before, after = estimate(functions, ROW, chosen), estimate([*functions, one], ROW, chosen)
    assert after.unadjusted > before.unadjusted
    assert after.size >= before.size
    assert after.cost >= before.cost


@given(LISTS, FACTORS, st.randoms(use_true_random=False))
def test_order_of_functions_and_of_factors_does_not_matter(functions, chosen, random):
    shuffled, turned = random.sample(functions, len(functions)), dict(reversed(chosen.items()))
    row = {**ROW, "factors": list(reversed(ROW["factors"]))}
    one, other = estimate(functions, ROW, chosen), estimate(shuffled, row, turned)
    assert (one.unadjusted, one.size, one.effort, one.cost) == (other.unadjusted, other.size, other.effort, other.cost)


@given(LISTS, FACTORS)
def test_more_reuse_never_costs_more(functions, chosen):
    fresh = [Counted(item.type, item.count, "low") for item in functions]
    assert estimate(functions, ROW, chosen).cost <= estimate(fresh, ROW, chosen).cost
