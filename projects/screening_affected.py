"""Which changed systems matter to a screened proposal: the gram table says which may, a comparison which do."""

import logging
from collections.abc import Collection

from duplicates import CandidateStore, Proposal
from duplicates.corpus import candidates
from duplicates.entries import Entry, of_proposal
from projects.models import Finding, Version
from projects.screening import rehearse
from projects.screening_input import peers_of, proposal_of
from projects.screening_store import LONGEST
from projects.states import Relation

logger = logging.getLogger(__name__)
MANY = 5_000  # changed systems: beyond that every proposal is concerned, and asking would cost more than screening


def concerned_by(version: Version, changed: Collection[str], store: CandidateStore) -> list[str]:
    """Codes of the `changed` systems against which a comparison would now find something else than the last run did.

    Only where the proposal's findings name one of them or one is a candidate of a capability, as the engine finds
    candidates without an encoder (duplicates.corpus.candidates); at most six queries a capability. In the order of
    codes; all that may matter when the comparison fails, for the run has to say why.
    """
    if len(changed) > MANY:
        return sorted(changed)
    named = Finding.objects.filter(project=version.project_id, is_current=True, system__code__in=changed)
    found = set(named.values_list("system__code", flat=True))
    proposal = proposal_of(version)
    for entry in of_proposal(proposal):
        found.update(_candidates(entry, store).intersection(changed))
    return sorted(_met_otherwise(version, proposal, found)) if found else []


def _met_otherwise(version: Version, proposal: Proposal, codes: set[str]) -> set[str]:
    try:
        result, _record = rehearse(proposal, [peer.proposal for peer in peers_of(version.project)])
    except Exception:
        logger.warning("version %s cannot be compared beforehand", version.pk, exc_info=True)
        return codes
    now = {
        (match.system, match.capability, match.matched_capability or "", match.matched_text[:LONGEST],
         match.relation.value, match.band.value)
        for match in result.findings
        if match.system in codes and match.relation.value != Relation.RELATED
    }  # fmt: skip
    rows = Finding.objects.filter(project=version.project_id, is_current=True, system__code__in=codes)
    before = rows.exclude(relation=Relation.RELATED).values_list(
        "system__code", "capability_code", "matched_code", "matched_text", "relation", "band"
    )
    return {str(item[0]) for item in now ^ set(before)}


def _candidates(entry: Entry, store: CandidateStore) -> set[str]:
    places, owners = candidates(store, entry)
    return {system for system, _code in places}.union(owners)
