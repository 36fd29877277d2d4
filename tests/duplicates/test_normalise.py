"""Texts that mean the same are the same after normalisation, and offsets lead back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duplicates import lexicon
from duplicates.normalise import clean, normalise
from duplicates.segment import bigrams, grams, stem, terms
from duplicates.tokens import generic_spans

ANY = st.text(max_size=80)


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_normalise_offsets_point_into_the_original(text):
    normal = normalise(text)
    assert len(normal.text) == len(normal.offsets)
    for term in terms(normal):
        start, end = normal.span(term.start, term.end)
        assert 0 <= start < end <= len(text)


@given(ANY)
@settings(max_examples=100, deadline=None)
def test_clean_is_stable(text):
    once = clean(text)
    assert clean(once) == once or lexicon.boilerplate().search(once)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＯＣＲ识别１２３４５", "OCR识别12345"),
        ("電子證照與統一身份認證", "电子证照与统一身份认证"),
        ("ＡＰＩ網關", "api网关"),
        ("人脸\u200b核验\u0007", "人脸核验"),
    ],
)
def test_normalise_folds_width_script_and_case(one, other):
    assert clean(one).replace(" ", "") == clean(other).replace(" ", "")


def test_boilerplate_leaves_no_gram():
    assert grams(normalise("深入贯彻落实，依托新一代信息技术")) <= grams(normalise("依托"))


def test_traditional_text_finds_the_same_synonyms():
    assert grams(normalise("校車軌跡")) == grams(normalise("校车轨迹"))


def test_span_survives_characters_that_grow():
    normal = normalise("㍿校车")
    term = next(term for term in terms(normal) if normal.text[term.start : term.end] == "校车")
    assert normal.span(term.start, term.end) == (1, 3)


def test_domain_words_are_kept_whole():
    words = {term.key for term in terms(normalise("危货车与渣土车一网统管"))}
    assert all(len(word) > 1 for word in words)
    assert any(key.startswith("§") for key in words)


def test_latin_synonym_is_not_found_inside_a_word():
    assert not [term for term in terms(normalise("hrmx")) if term.key.startswith("§")]


def test_stem_makes_plurals_and_forms_meet():
    assert stem("inspections") == stem("inspection")
    assert stem("monitoring") == stem("monitored") == stem("monitor")


def test_bigrams_do_not_cross_punctuation():
    assert bigrams("校车，轨迹") == ["校车", "轨迹"]


def test_generic_modules_are_recognised():
    normal = normalise("用户管理、日志查询")
    assert [normal.text[start:end] for start, end in generic_spans(normal)] == ["用户管理", "日志查询"]


def test_synonym_table_is_large_reviewed_and_unambiguous():
    rows = [line.split("\t") for line in lexicon.lines("synonyms.tsv")]
    assert len(rows) >= 300
    assert all(len(row) == 3 and row[2].strip() for row in rows)
    assert {row[0] for row in rows} <= {"platform", "function", "object", "domain"}
    members = [normalise(member).text for group in lexicon.groups() for member in group.members]
    assert sorted(members) == sorted(set(members))
