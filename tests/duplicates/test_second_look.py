"""The second look against the same sums worked out pair by pair."""

import math
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duplicates import features, second


def field(rows, capabilities):
    """Pairs as (asked, source, owner, claim, log-odds, left out), sorted as a field keeps them."""
    rows = sorted(rows, key=lambda row: row[:2])
    asked, source, owners, claims, odds, out = (np.array(column) for column in zip(*rows, strict=True))
    return SimpleNamespace(
        left=SimpleNamespace(entries=[None] * capabilities), asked=asked, source=source,
        owners=owners * 2 + source, claims=claims * 2 + source, log_odds=odds.astype(float), left_out=out.astype(bool),
        values=np.zeros((len(rows), len(features.NAMES))),
    )  # fmt: skip


def plain(found, number):
    """The features of one pair by their definition."""
    pairs = range(len(found.asked))
    kept = [other for other in pairs if not found.left_out[other]]
    mine, value, counted = number, found.log_odds[number], not found.left_out[number]

    def rivals(group):
        return [found.log_odds[o] for o in kept if group[o] == group[mine] and o != mine]

    sides = found.asked * 2 + found.source
    others = rivals(sides)
    ahead = value - max(others, default=second.NO_RIVAL)
    rank = math.exp(-min(second.LAST, sum(other > value for other in others)))
    claims = rivals(found.claims)
    own = max(-4.0, min(4.0, value - max(claims))) if counted and claims else second.UNCLAIMED
    best = {}
    for other in kept:
        if counted and found.owners[other] == found.owners[mine] and found.asked[other] != found.asked[mine]:
            chance = 1 / (1 + math.exp(-found.log_odds[other]))
            best[found.asked[other]] = max(best.get(found.asked[other], 0.0), chance)
    support = math.sqrt(min(second.MOST, sum(best.values())))
    siblings, peer = float(len(found.left.entries) > 1), float(found.source[mine])
    return [value, max(-4.0, min(4.0, ahead)), rank, siblings, own * siblings, support * siblings,
            peer * siblings, peer * support * siblings, 0.0, 0.0, 0.0]  # fmt: skip


ROW = st.tuples(
    st.integers(0, 3), st.integers(0, 1), st.integers(0, 3), st.integers(0, 6),
    st.integers(-8, 8).map(lambda n: n / 2), st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30), st.integers(4, 6))
def test_all_pairs_at_once_as_pair_by_pair(rows, capabilities):
    found = field(rows, capabilities)
    table = second.values(found)
    for number in range(len(rows)):
        assert np.allclose(table[number], plain(found, number), atol=1e-6), number


def test_alone_knows_no_siblings():
    found = field([(0, 0, 1, 1, 2.0, False), (1, 0, 1, 2, 1.0, False)], 2)
    siblings = [second.NAMES.index(name) for name in ("siblings", "alone_here", "support")]
    assert second.values(found)[:, siblings].any()
    assert not second.values(found, alone=True)[:, siblings].any()
