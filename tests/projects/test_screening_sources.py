"""The gram table in the database and the index in memory: the same findings, whatever the encoder."""

import pytest

from accounts.services import load_departments
from duplicates import Engine, files
from duplicates.corpus import DenseIndex
from duplicates.encoders import CachedEncoder, USEncoder
from duplicates.entries import of_system
from duplicates.index import Remembered
from portfolio import queries
from portfolio.search_index import current_store
from portfolio.services import YUNHAI as DEMO
from portfolio.services import import_systems, load_taxonomy
from tests.duplicates.cases import YUNHAI

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def registry(db):
    load_departments()
    load_taxonomy()
    assert not import_systems(DEMO / "systems.jsonl").errors
    return queries.inventory()


@pytest.mark.parametrize("wrap", [lambda store: store, Remembered])
def test_database_and_memory_find_the_same(registry, wrap):
    proposals = files.proposals(YUNHAI / "proposals.jsonl")
    whole = Engine(registry, peers=proposals, encoder="lexical")
    found = current_store()
    asked = Engine(store=wrap(found), inventory=(found.owners, found.fingerprint), peers=proposals, encoder="lexical")
    assert asked.record == whole.record
    for proposal in proposals:
        assert asked.screen(proposal) == whole.screen(proposal), proposal.code


def test_database_and_memory_find_the_same_with_the_encoder(registry):
    proposals = files.proposals(YUNHAI / "proposals.jsonl")
    encoder = CachedEncoder(USEncoder())
    whole = Engine(registry, peers=proposals, encoder=encoder)
    assert whole.record.encoder == "use"
    dense = DenseIndex([entry for system in registry for entry in of_system(system)], encoder)
    found = current_store()
    asked = Engine(
        store=found, inventory=(found.owners, found.fingerprint), peers=proposals, encoder=encoder, dense=dense
    )
    for proposal in proposals[:12]:
        assert asked.screen(proposal) == whole.screen(proposal), proposal.code
