"""Quality floors on the development set; the coefficients were fitted on it, so these only guard against decay."""

from __future__ import annotations

import pytest

from duplicates import evaluate, fit
from duplicates.metrics import figures
from tests.duplicates.cases import YUNHAI, yunhai, yunhai_results


@pytest.fixture(scope="module")
def lexical():
    found, _ = evaluate.outcome(yunhai(), "lexical")
    return figures(found, yunhai())


def test_lexical_quality_floor(lexical):
    assert lexical["pairs"]["f1"] >= 0.58
    assert lexical["pairs"]["ap"] >= 0.60
    assert lexical["retrieval"]["r5"] >= 0.92
    assert lexical["verdicts"]["accuracy"] >= 0.70
    assert lexical["verdicts"]["main_named"] >= 0.85


def test_quality_without_any_tag():
    bare = evaluate.without_tags(yunhai())
    found, _ = evaluate.outcome(bare, "lexical")
    assert figures(found, bare)["retrieval"]["r5"] >= 0.85


def test_engine_beats_every_baseline(lexical):
    from duplicates import baselines

    for name in baselines.METHODS:
        other = figures(baselines.outcome(yunhai(), name), yunhai())
        assert lexical["pairs"]["f1"] > other["pairs"]["f1"] + 0.1
        assert lexical["retrieval"]["r1"] > other["retrieval"]["r1"]


def test_insufficient_proposals_are_recognised():
    expected = {code for code, (verdict, _) in yunhai().verdicts.items() if verdict == "insufficient"}
    assert {code for code, result in yunhai_results().items() if result.insufficient} == expected


@pytest.mark.parametrize(
    ("capability", "system"),
    [("P02-02", "S005"), ("P07-06", "S008"), ("P23-03", "S106"), ("P26-03", "S113"), ("P15-09", "S004")],
)
def test_golden_pairs(capability, system):
    result = yunhai_results()[capability[:3]]
    assert (capability, system) in {(item.capability, item.system) for item in result.findings if item.counts}


@pytest.mark.parametrize(("capability", "system"), [("P12-01", "S045"), ("P38-01", "S058"), ("P41-01", "S091")])
def test_golden_non_pairs(capability, system):
    result = yunhai_results()[capability[:3]]
    assert (capability, system) not in {(item.capability, item.system) for item in result.findings if item.counts}


def test_fitting_is_repeatable_and_signs_make_sense():
    groups = fit.collect(yunhai(), "lexical")
    model = fit.fit(groups, "lexical", folds=3)
    assert fit.table(model) == fit.table(fit.fit(groups, "lexical", folds=3))
    for name in ("covered", "covers", "cosine", "same_node", "unified_platform"):
        assert model.first.coefficients[name] > 0
    assert model.second.coefficients["support"] > 0
    assert YUNHAI.exists()
