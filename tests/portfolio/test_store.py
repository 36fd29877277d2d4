"""The gram table answers exactly as its protocol says: compared with a plain-Python reference, ties included."""

import random
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.services import load_departments
from duplicates import MemoryStore, ScreeningError, entries
from duplicates.index import chosen_grams, indexed, weight
from duplicates.normalise import normalise
from duplicates.segment import grams
from portfolio import queries, search_index
from portfolio.index_models import Gram, IndexState
from portfolio.models import Capability, CapabilityNode, Domain, System
from portfolio.services import YUNHAI, import_systems, load_taxonomy
from portfolio.store import SqlStore, key_of
from tests.portfolio.making import make_department, make_system

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
WORDS = (
    "校车",
    "渣土车",
    "调度",
    "指挥",
    "短信",
    "电子印章",
    "统一身份认证",
    "OCR",
    "系统",
    "管理",
    "平台",
    "𠮷野家",
    "é",
)


class Reference:
    """What the docstrings of CandidateStore say, counted by hand."""

    def __init__(self, systems):
        self.rows = [indexed(system) for system in systems]
        self.entries = {row.place: row.grams for _, rows in self.rows for row in rows}
        self.spoken = {rows[0].place[0]: spoken for spoken, rows in self.rows}
        self.units = {system.code: system.department for system in systems}
        self.size = len(self.entries)

    def frequencies(self, asked):
        """In how many entries each gram occurs."""
        return {gram: n for gram in asked if (n := sum(gram in held for held in self.entries.values()))}

    def search(self, asked, limit):
        """The best entries."""
        return self._best(asked, self.entries, limit)

    def search_owners(self, asked, limit):
        """The best systems."""
        return self._best(asked, self.spoken, limit)

    def tagged(self, taxonomy, domain, limit):
        """The first entries with this node and domain."""
        found = [row.place for _, rows in self.rows for row in rows if (row.taxonomy, row.domain) == (taxonomy, domain)]
        return sorted(found)[:limit]

    def owned(self, department, limit):
        """The first entries of this department's systems."""
        return sorted(place for place in self.entries if department and self.units[place[0]] == department)[:limit]

    @staticmethod
    def _best(asked, table, limit):
        counts = [(sum(gram in held for held in table.values()), gram) for gram in set(asked)]
        sums = Counter()
        for count, gram in chosen_grams(counts, len(table)):
            for place, held in table.items():
                if gram in held:
                    sums[place] += weight(count, len(table))
        return sorted(sums, key=lambda place: (-sums[place], place))[:limit]


def agree(store, reference, asked, limits=(1, 2, 7, 40)):
    """Both give the same answer to the same question."""
    assert store.frequencies(asked) == reference.frequencies(asked)
    for limit in limits:
        assert store.search(asked, limit) == reference.search(asked, limit)
        assert store.search_owners(asked, limit) == reference.search_owners(asked, limit)


def cut(text):
    """The grams of a text."""
    return grams(normalise(text))


# --- the same answers -----------------------------------------------------------------------------------------------


def test_shipped_inventory_gives_the_answers_of_the_protocol_and_of_the_store_in_memory():
    load_departments()
    load_taxonomy()
    assert not import_systems(YUNHAI / "systems.jsonl").errors
    store, systems = search_index.current_store(), queries.inventory()
    reference, memory = Reference(systems), MemoryStore()
    for system in systems:
        memory.add(entries.of_system(system), system)
    assert store.size == reference.size == memory.size
    texts = [capability.text for system in systems for capability in system.capabilities]
    for text in random.Random(7).sample(texts, 60):
        agree(store, reference, cut(text))
        assert store.search(cut(text), 40) == memory.search(cut(text), 40)
    for tags in {(item.taxonomy, item.domain) for system in systems for item in system.capabilities if item.taxonomy}:
        for limit in (1, 3, 60):
            assert store.tagged(*tags, limit) == reference.tagged(*tags, limit)
    for department in {"", "none", *reference.units.values()}:
        assert store.owned(department, 7) == reference.owned(department, 7) == memory.owned(department, 7)
    codes = [system.code for system in systems][5:1:-1]
    assert store.systems([*codes, "none"]) == memory.systems(codes) == systems[2:6]


TEXT = st.lists(st.sampled_from(WORDS), max_size=5).map("".join)
SYSTEMS = st.lists(
    st.tuples(
        TEXT.filter(str.strip), TEXT,
        st.lists(st.tuples(TEXT, st.sampled_from([None, "A01", "A02"]), st.sampled_from([None, "BD15"])), max_size=4),
    ),
    max_size=7,
)  # fmt: skip
# Codes whose order by code point is neither that of a dictionary nor that of insertion.
CODES = ("b", "B", "a-1", "a1", "甲", "é", "𠮷")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SYSTEMS, st.lists(TEXT, min_size=1, max_size=3), st.integers(1, 6))
def test_random_inventories_agree_with_the_reference(db, drawn, asked, limit):
    with transaction.atomic():
        _fill(drawn)
        store, systems = search_index.current_store(), queries.inventory()
        reference = Reference(systems)
        assert (store.size, store.owners) == (reference.size, len(systems))
        assert store.fingerprint == queries.fingerprint()
        for text in asked:
            agree(store, reference, cut(text), (limit, 40))
        for node in ("A01", "A02"):
            for field in (None, "BD15"):
                assert store.tagged(node, field, limit) == reference.tagged(node, field, limit)
        for unit in set(reference.units.values()):
            assert store.owned(unit, limit) == reference.owned(unit, limit)
        transaction.set_rollback(True)


def _fill(drawn):
    unit = make_department()
    nodes = {code: CapabilityNode.objects.create(code=code, name=code) for code in ("A01", "A02")}
    domain = Domain.objects.create(code="BD15", name="x")
    for code, (name, description, capabilities) in zip(CODES, drawn, strict=False):
        system = make_system(code, name=name, description=description, department=unit)
        for number, (text, node, field) in enumerate(capabilities):
            Capability.objects.create(
                system=system, code=f"{code}-{'z9B'[number % 3]}{number}", text=text, position=number,
                taxonomy=node and nodes[node], domain=field and domain,
            )  # fmt: skip


def test_ties_are_broken_by_the_code_points_of_the_codes():
    unit = make_department()
    for code in CODES:
        make_system(code, ("校车",), department=unit, description="校车调度")
    store = search_index.current_store()
    assert [system for system, _ in store.search(["校车"], 40)] == sorted(CODES)
    assert store.search_owners(["校车"], 3) == sorted(CODES)[:3]


# --- odd texts ------------------------------------------------------------------------------------------------------


def test_very_short_and_very_long_texts_and_odd_characters():
    unit = make_department()
    long = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(2_000))
    make_system("S1", ("校车调度", "🚌\x07校车\u200b🚌", "x"), department=unit, description=long + "a" * 10_000)
    make_system("S2", description=long, department=unit)
    store, reference = search_index.current_store(), Reference(queries.inventory())
    for text in ("校车调度", long, "🚌校车", "x", "🚌", "a" * 10_000, "", "\ud800校车"):
        agree(store, reference, cut(text))
    assert store.search_owners(cut("a" * 10_000), 5) == ["S1"]
    agree(store, reference, ["a\x00b", "\ud800", "校车", "b" * 3_000, "'; DROP TABLE portfolio_gram; --"])


def test_key_of_a_gram_always_fits_and_keeps_grams_apart():
    odd = ["a" * 80, "a" * 81, "a" * 82, "\x00", "\ud800", "校车", "§12"]
    keys = [key_of(gram) for gram in odd]
    assert len(set(keys)) == len(odd)
    assert all(len(key) <= Gram.LONGEST and key.isprintable() for key in keys)


def test_common_grams_only_are_answered_by_the_cheapest_of_them():
    unit = make_department()
    System.objects.bulk_create(
        System(code=f"C{n}", name=f"系统管理平台{n}", department=unit, status="in_operation", build_mode="departmental")
        for n in range(900)
    )
    store, reference = search_index.current_store(), Reference(queries.inventory())
    agree(store, reference, cut("系统管理平台"))
    assert store.search(cut("系统管理平台"), 5) == []  # every gram stands in more entries than are worth reading


# --- how much it asks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [4, 400])
def test_number_of_queries_does_not_grow_with_the_text(django_assert_num_queries, length):
    make_system("S1", ("校车调度",), department=make_department())
    store = search_index.current_store()
    asked = {f"{chr(0x4E00 + n)}{chr(0x4E01 + n)}" for n in range(length)} | {"校车"}
    with django_assert_num_queries(2):
        store.search(asked, 40)
    with django_assert_num_queries(1):
        store.frequencies(asked)
    with django_assert_num_queries(2):
        store.systems(["S1"])
    with django_assert_num_queries(1):
        store.tagged("A01", None, 60)


def test_store_of_an_index_from_other_word_lists_refuses_to_answer():
    search_index.current_store()
    IndexState.objects.update(built_from="other")
    with pytest.raises(ScreeningError, match="reindex_inventory"):
        SqlStore()
    IndexState.objects.all().delete()
    with pytest.raises(ScreeningError, match="reindex_inventory"):
        SqlStore()
