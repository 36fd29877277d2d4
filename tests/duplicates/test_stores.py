"""Candidates: the index against a plain search, and a store that is only asked against everything in memory."""

import math
import random
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duplicates import Engine, MemoryStore, entries
from duplicates.corpus import in_memory
from duplicates.index import COMMON_LEAST, RAREST, WORK, Postings, Remembered, chosen_grams, weight
from duplicates.vocabulary import Vocabulary
from tests.duplicates.cases import make_proposal, make_system, town, yunhai

GRAMS = st.sets(st.sampled_from("甲乙丙丁戊己庚辛壬癸"), min_size=1, max_size=6)


def plain(rows, asked, limit):
    """The best rows by the sum of whole-number weights, worked out one by one."""
    counts = {gram: sum(gram in row for row in rows) for gram in asked}
    chosen = [gram for _, gram in chosen_grams([(count, gram) for gram, count in counts.items()], len(rows))]
    sums = {
        number: sum(round(1_000_000 * math.log((len(rows) + 1) / counts[gram])) for gram in chosen if gram in row)
        for number, row in enumerate(rows)
    }
    ranked = sorted((number for number, total in sums.items() if total), key=lambda number: (-sums[number], number))
    return ranked[:limit]


@settings(max_examples=200, deadline=None)
@given(st.lists(GRAMS, min_size=1, max_size=40), GRAMS, st.integers(1, 12))
def test_index_finds_what_a_plain_search_finds(rows, asked, limit):
    postings = Postings()
    for row in rows:
        postings.add(row)
    assert postings.best(asked, limit) == plain(rows, asked, limit)
    assert postings.best(asked, limit) == plain(rows, asked, limit)  # and leaves nothing behind


def test_common_grams_are_read_only_while_that_is_cheap():
    assert chosen_grams([(WORK, "a"), (3, "b")], 10**6) == [(3, "b"), (WORK, "a")]
    many = [(COMMON_LEAST, f"g{n:02}") for n in range(40)]
    assert len(chosen_grams(many, 1_000)) == max(RAREST, WORK // COMMON_LEAST)
    assert chosen_grams([(0, "a"), (COMMON_LEAST + 1, "b")], 1_000) == []
    assert weight(1, 1) > weight(1, 0) == 0


def asked_only(systems, **options):
    """An engine that knows the systems only through the questions a store answers."""
    store, _ = in_memory(sorted(systems, key=lambda item: item.code))
    return Engine(store=store, inventory=(len(systems), "x"), encoder="lexical", **options)


@pytest.mark.parametrize("wrap", [lambda store: store, Remembered])
def test_engine_on_a_store_says_what_the_engine_in_memory_says(wrap):
    data = yunhai()
    store, _ = in_memory(sorted(data.systems, key=lambda item: item.code))
    whole = Engine(data.systems, peers=data.proposals, encoder="lexical")
    asked = Engine(store=wrap(store), peers=data.proposals, encoder="lexical")
    for proposal in data.proposals:
        assert asked.screen(proposal) == whole.screen(proposal), proposal.code


def test_store_keeps_its_answers_when_asked_for_systems_that_are_not_there():
    store, _ = in_memory(town())
    kept = Remembered(store, limit=200)
    first = kept.systems(["S02", "S01", "S99"])
    assert [system.code for system in first] == ["S01", "S02"] == [s.code for s in kept.systems(["S01", "S02"])]
    assert kept.frequencies(["校车", "没有"]) == {"校车": store.frequencies(["校车"])["校车"], "没有": 0}


def test_own_departments_systems_are_always_candidates():
    systems = [make_system("S1", "甲系统", "完全不同的一句话", department="同一局"), *town()]
    proposal = make_proposal("P1", "新项目", "另外一件事情办理", department="同一局")
    engine = Engine(systems, encoder="lexical")
    with engine.field(proposal) as field:
        found = {field.existing(number).owner.code for number in range(len(field.asked))}
    assert "S1" in found


def test_what_one_proposal_says_is_forgotten_after_it():
    engine = Engine(town(), encoder="lexical")
    words = engine._words
    before = len(words)
    first = engine.screen(make_proposal("P1", "闻所未闻", "前所未见之物的登记"))
    assert len(words) == before
    assert engine.screen(make_proposal("P1", "闻所未闻", "前所未见之物的登记")) == first
    with words.visit():
        words.numbers(["新词"])
        words.settle()
        assert len(words) == before + 1
    assert len(words) == before


def test_vocabulary_grows_without_moving_a_number():
    store = MemoryStore()
    store.add(entries.of_system(make_system("S1", "甲", "校车监控")))
    words = Vocabulary(store)
    first = words.numbers(["校车"])
    words.settle()
    rarity = words.idf[first[0]]
    words.numbers([f"词{n}" for n in range(5_000)])
    words.settle()
    assert words.numbers(["校车"]) == first
    assert words.idf[first[0]] == rarity
    assert words.key(first[0]) == "校车"


def test_shuffled_capabilities_change_no_finding():
    data = yunhai()
    chooser = random.Random(7)  # noqa: S311
    engine = Engine(data.systems, peers=data.proposals, encoder="lexical")
    for proposal in data.proposals[:8]:
        items = list(proposal.capabilities)
        chooser.shuffle(items)
        mixed = type(proposal)(**{**{f: getattr(proposal, f) for f in asdict(proposal)}, "capabilities": tuple(items)})
        assert engine.screen(mixed) == engine.screen(proposal)
