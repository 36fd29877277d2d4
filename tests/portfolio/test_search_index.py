"""The gram table follows the registry in the same transaction, and catches up with whatever changed behind its back."""

import threading
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Department
from config.health import WARNINGS
from duplicates import lexicon
from portfolio import database, index_rows, queries, services
from portfolio.imports.facts import CapabilityFacts, SystemFacts
from portfolio.index_models import EntryGram, Gram, IndexedEntry, IndexedSystem, IndexNote, IndexState, SystemGram
from portfolio.models import Capability, CapabilityNode, Domain, SynonymGroup, System
from portfolio.search_index import Brought, current_store, rebuild, refresh, reindex
from portfolio.store import changed_since, changes
from tests.portfolio.making import SYSTEM, changed, load, make_department, make_person, make_system, make_world
from tests.portfolio.test_store import Reference, agree, cut

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
# An SQLite in memory answers a second writer with an error instead of letting it wait.
needs_real_locks = pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database with waiting writers")
TEXTS = ("校车安全监管", "渣土车调度", "向公众发送内涝预警短信", "扫码登录与单点跳转", "系统管理", "一个账号登录各系统")


@pytest.fixture(autouse=True)
def _only_the_shipped_words():
    """The word lists belong to the process, not to the transaction that a test undoes."""
    yield
    lexicon.adopt([])


def whole():
    """The index says what the registry says, and its counts are those of its rows."""
    store, systems = current_store(), queries.inventory()
    assert store.fingerprint == queries.fingerprint()
    assert (store.owners, store.size) == (IndexedSystem.objects.count(), IndexedEntry.objects.count())
    for model, column in ((EntryGram, "entries"), (SystemGram, "systems")):
        counted = Counter(model.objects.values_list("gram_id", flat=True))
        assert dict(Gram.objects.filter(**{f"{column}__gt": 0}).values_list("pk", column)) == dict(counted)
    assert not Gram.objects.filter(entries__lt=0).exists()
    reference = Reference(systems)
    for text in TEXTS:
        agree(store, reference, cut(text), (40,))


def content():
    """Everything the index holds, without numbers that differ from run to run."""
    state = IndexState.objects.values("entries", "systems", "fingerprint").first()
    counts = sorted(Gram.objects.exclude(entries=0, systems=0).values_list("text", "entries", "systems"))
    return state, counts, EntryGram.objects.count(), SystemGram.objects.count()


# --- in the same transaction ----------------------------------------------------------------------------------------


def test_import_and_edit_write_the_index_with_the_registry():
    make_world()
    load(SYSTEM, changed(code="S002", capabilities=[{"code": "S002-01", "text": "渣土车调度"}]))
    assert not IndexNote.objects.exists()
    assert current_store().search(cut("渣土车调度"), 5) == [("S002", "S002-01")]
    version = System.objects.get(code="S002").version
    facts = SystemFacts("S002", {}, [CapabilityFacts("S002-02", "校车安全监管")])
    assert services.save_system(facts=facts, version=version)
    assert not IndexNote.objects.exists()
    assert current_store().search(cut("渣土车调度"), 5) == []
    assert current_store().search(cut("校车"), 5) == [("S002", "S002-02")]
    whole()


def test_dry_run_and_unchanged_file_leave_the_index_alone():
    make_world()
    load(SYSTEM)
    before = content()
    load(SYSTEM)
    load(changed(description="别的"), dry_run=True)
    assert content() == before
    assert refresh() == Brought()


def test_edit_that_is_rolled_back_leaves_no_trace():
    make_world()
    load(SYSTEM)
    before = content()
    with transaction.atomic():
        load(changed(capabilities=[{"code": "S001-09", "text": "校车安全监管"}]))
        assert content() != before
        transaction.set_rollback(True)
    assert content() == before
    assert not IndexNote.objects.exists()
    whole()


def test_index_that_cannot_be_written_undoes_the_edit(monkeypatch):
    make_world()
    load(SYSTEM)
    monkeypatch.setattr(index_rows, "_insert", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load(changed(name="别的名字"))
    monkeypatch.undo()
    assert System.objects.get().name == SYSTEM["name"]
    whole()


# --- behind its back ------------------------------------------------------------------------------------------------


def _move():
    Capability.objects.filter(system__code="S1").update(system=System.objects.get(code="S2"))


def _bulk():
    system = System.objects.get(code="S2")
    Capability.objects.bulk_create(Capability(system=system, code=f"N{n}", text=TEXTS[n]) for n in range(4))


def _raw():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_capability SET text = '渣土车' WHERE code = 'S1-01'")


CHANGES = {
    "update of a text": (lambda: Capability.objects.filter(code="S1-01").update(text="渣土车调度"), 1),
    "raw SQL": (_raw, 1),
    "save of a name": (lambda: System(**System.objects.filter(code="S1").values()[0] | {"name": "校车"}).save(), 1),
    "update of a description": (lambda: System.objects.update(description="校车安全"), 3),
    "tag taken away": (lambda: Capability.objects.update(taxonomy=None), 1),
    "capability moved": (_move, 2),
    "capabilities in bulk": (_bulk, 1),
    "last capability deleted": (lambda: Capability.objects.filter(system__code="S3").delete(), 1),
    "system added": (lambda: make_system("S9", ("校车安全监管",)), 1),
    "code of a system": (lambda: System.objects.filter(code="S1").update(code="Z1"), 1),
    "status": (lambda: System.objects.filter(code="S3").update(status="retired"), 1),
    "code of a department": (lambda: Department.objects.update(code="D9"), 3),
    "code of a node": (lambda: CapabilityNode.objects.filter(code="A01").update(code="A99"), 1),
    "code of a domain": (lambda: Domain.objects.filter(code="BD22").update(code="BD99"), 1),
    "what is not compared": (lambda: System.objects.update(users=5, contact_name="别人"), 0),
}


@pytest.fixture
def three():
    """Three indexed systems, the first with both tags."""
    unit = make_department()
    node, domain = CapabilityNode.objects.create(code="A01", name="x"), Domain.objects.create(code="BD22", name="y")
    first = make_system("S1", ("校车安全监管", "系统管理"), department=unit, description="一个账号登录各系统")
    Capability.objects.filter(system=first, position=0).update(taxonomy=node, domain=domain)
    make_system("S2", ("向公众发送内涝预警短信",), department=unit)
    make_system("S3", ("扫码登录",), department=unit)
    whole()


@pytest.mark.parametrize("name", CHANGES)
def test_change_behind_its_back_is_in_the_next_answer(three, name):
    change, indexed = CHANGES[name]
    change()
    assert IndexNote.objects.exists()
    assert refresh().indexed == indexed
    whole()


def test_deleted_system_is_never_returned(three):
    System.objects.filter(code="S1").delete()
    assert refresh() == Brought(1, 0, 1)
    whole()
    assert current_store().search(cut("校车安全监管"), 5) == []
    System.objects.all().delete()
    whole()
    assert current_store().size == 0


def test_nothing_changed_costs_two_queries(three, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert refresh() == Brought()


# --- when the notes or the words cannot be trusted ------------------------------------------------------------------


def test_missing_trigger_is_seen_and_afterwards_everything_is_verified(three):
    database._drop("default")
    assert set(database.missing()) == set(database.triggers(connection.vendor))
    Capability.objects.filter(code="S2-01").update(text="渣土车调度")
    database.install_after_migrate()
    assert database.missing() == []
    assert refresh() == Brought(3, 1, 0)
    whole()


def test_new_synonyms_rebuild_the_index_once(three):
    person = make_person(None)
    SynonymGroup.objects.create(
        kind="object", members=["校车", "娃娃专车"], source="t", added_by=person, is_active=True
    )
    make_system("S4", ("娃娃专车监管",))
    assert "S1" in {code for code, _ in current_store().search(cut("娃娃专车"), 5)}
    assert refresh() == Brought()
    SynonymGroup.objects.update(is_active=False)
    assert {code for code, _ in current_store().search(cut("娃娃专车"), 5)} == {"S4"}
    whole()


def test_reindex_finds_and_mends_what_somebody_broke(three, capsys):
    IndexedSystem.objects.filter(code="S1").update(digest="0" * 64)
    call_command("reindex_inventory")
    assert "1 " in capsys.readouterr().out
    assert reindex().indexed == 0
    EntryGram.objects.all().delete()
    call_command("reindex_inventory", "--rebuild")
    whole()


def test_what_changed_since_is_told_by_texts_and_not_by_word_lists(three):
    before = changes()
    rebuild()
    IndexedSystem.objects.update(built_from="other")
    assert reindex().indexed == 3
    assert changed_since(before) == []
    System.objects.filter(code="S2").update(name="校车")
    System.objects.update(users=7)
    refresh()
    assert changed_since(before) == ["S2"]
    assert changed_since(changes()) == []


def test_readiness_tells_what_waits(three):
    assert WARNINGS["search index"]() is None
    System.objects.filter(code="S1").update(name="改")
    assert "1 changed" in WARNINGS["search index"]()
    IndexState.objects.update(built_from="")
    assert "word lists" in WARNINGS["search index"]()


# --- several at once ------------------------------------------------------------------------------------------------


@needs_real_locks
@pytest.mark.django_db(transaction=True)
def test_edits_at_the_same_time_lose_no_count_and_do_not_deadlock():
    unit = make_department()
    for n in range(6):
        make_system(f"S{n}", tuple(reversed(TEXTS)) if n % 2 else TEXTS, department=unit)
    refresh()
    start, failed = threading.Barrier(6), []

    def edit(code):
        try:
            start.wait()
            for turn in range(5):
                texts = [TEXTS[(turn + n) % len(TEXTS)] + str(turn) for n in range(4)]
                facts = [CapabilityFacts("", text) for text in texts]
                version = System.objects.get(code=code).version
                services.save_system(facts=SystemFacts(code, {}, facts), version=version)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=(f"S{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    whole()


@needs_real_locks
@pytest.mark.django_db(transaction=True)
def test_edit_during_a_long_import_does_not_wait_and_is_found_afterwards():
    make_system("S1", ("校车安全监管",), department=make_department())
    refresh()
    with transaction.atomic():
        IndexState.objects.select_for_update().get()  # as an import that is under way holds it
        thread = threading.Thread(target=_edit_and_close)
        thread.start()
        thread.join(60)  # had it to wait, its lock would time out and the edit be lost
        assert not thread.is_alive()
    assert IndexNote.objects.exists()
    assert current_store().search(cut("渣土车"), 5) == [("S1", "S1-01")]
    whole()


def _edit_and_close():
    version = System.objects.get(code="S1").version
    facts = SystemFacts("S1", {}, [CapabilityFacts("S1-01", "渣土车调度")])
    services.save_system(facts=facts, version=version)
    connection.close()
