"""A value as fields and back: for every starting row, and for any nested value, the same value comes out."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.policy_forms import PolicyForm
from planning.models import PolicyRow
from planning.policy_checks import problems
from planning.policy_rows import STARTING_ROWS
from planning.policy_values import compare, initial, leaves, lines, rebuild

WORDS = st.text("abcdefgh一二三", min_size=1, max_size=6)
SCALARS = st.one_of(
    st.booleans(), st.integers(0, 10**6), st.floats(0, 1e6, allow_nan=False), WORDS,
    st.decimals(0, 1000, places=2).map(str),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS | st.lists(WORDS, max_size=3) | st.lists(st.integers(0, 99), max_size=3),
    lambda inner: (
        st.dictionaries(WORDS, inner, min_size=1, max_size=3)
        | st.lists(st.dictionaries(WORDS, inner, min_size=1, max_size=2), min_size=1, max_size=3)
    ),
    max_leaves=8,
)
ORDERS = st.sampled_from(["parallel"]) | st.permutations(["planning", "requirements", "standards"])
ASCENDING = st.lists(st.integers(1, 10**6), min_size=3, max_size=3, unique=True).map(sorted)


def as_browser(form_values):
    """What a browser sends back for untouched fields."""
    sent = {}
    for name, value in form_values.items():
        if value is True:
            sent[name] = "on"
        elif value is not None and value is not False:
            sent[name] = str(value)
    return sent


def through_form(key, value, **typed):
    """The value after a page was shown and sent back, with some fields typed anew."""
    row = PolicyRow(pk=1, key=key, value=copy.deepcopy(value))
    paper = {"valid_from": "2099-01-01", "source": "x", "note": "", "expected": "1"}
    sent = as_browser(initial(leaves(key, value), value)) | paper | typed
    form = PolicyForm(sent, row=row)
    return form, (form.value if form.is_valid() else None)


@pytest.mark.parametrize("key", STARTING_ROWS)
def test_starting_row_comes_back_as_it_was(key):
    value = STARTING_ROWS[key][0]
    form, back = through_form(key, value)
    assert form.is_valid(), form.errors
    assert back == value
    assert problems(key, value) == {}


@pytest.mark.parametrize("key", STARTING_ROWS)
def test_names_and_labels_of_fields_are_unique_and_readable(key):
    found = leaves(key, STARTING_ROWS[key][0])
    assert len({leaf.name for leaf in found}) == len({leaf.label for leaf in found}) == len(found)
    assert all("_" not in leaf.label for leaf in found)
    assert lines(key, STARTING_ROWS[key][0])


@given(value=VALUES)
def test_any_nested_value_comes_back_as_it_was(value):
    before = copy.deepcopy(value)
    fields = leaves("something_new", value)
    assert rebuild(fields, value, initial(fields, value)) == value == before


@given(value=ORDERS)
def test_every_order_of_reviews_comes_back(value):
    assert through_form("review_order", value)[1] == value


@given(quorum=st.dictionaries(st.sampled_from(["T0", "T1", "T2", "T3"]), st.sampled_from([1, 3, 5, 7])))
def test_every_quorum_comes_back(quorum):
    assert through_form("expert_quorum", quorum)[1] == quorum


@given(limits=ASCENDING)
def test_ascending_tiers_are_accepted_and_any_other_order_is_not(limits):
    def tiers(numbers):
        return [{"code": code, "below": n} for code, n in zip(("T0", "T1", "T2", "T3"), [*numbers, None], strict=True)]

    assert problems("tiers", tiers(limits)) == {}
    assert problems("tiers", tiers(limits[::-1]))


@given(number=st.integers(-5, 20))
def test_quorum_is_odd_and_at_least_one(number):
    assert (problems("expert_quorum", {"T2": number}) == {}) == (number in {1, 3, 5, 7, 9, 11, 13, 15})


def test_experts_of_a_tier_are_added_and_taken_away():
    value = {"T2": 3, "T3": 5}
    assert through_form("expert_quorum", value, **{"value-T1": "1", "value-T3": ""})[1] == {"T1": 1, "T2": 3}


def test_typed_nonsense_is_an_error_of_its_field_and_stays():
    form, _value = through_form("limits", STARTING_ROWS["limits"][0], **{"value-review": "soon"})
    assert list(form.errors) == ["value-review"]
    assert 'value="soon"' in str(form["value-review"])


def test_rule_over_several_fields_is_an_error_of_the_field_that_breaks_it():
    form, _value = through_form("tiers", STARTING_ROWS["tiers"][0], **{"value-1-below": "10"})
    assert list(form.errors) == ["value-1-below"]


def test_comparison_names_what_differs_alone():
    before = STARTING_ROWS["limits"][0]
    rows = compare("limits", before, {**before, "review": 4})
    assert len(rows) == 1
    assert rows[0]["before"] != rows[0]["after"]
    assert compare("expert_quorum", {"T3": 5}, {"T2": 3, "T3": 5})[0]["label"] == "T2"
