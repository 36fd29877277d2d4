"""The second look: a match is surer when it is ahead of its rivals and when its system matches more of the proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duplicates.features import COLUMN
from duplicates.library import Ints
from duplicates.model import probabilities
from duplicates.vocabulary import Flags, Floats, sums

if TYPE_CHECKING:
    from duplicates.matching import Field

NAMES = (
    "first_look", "ahead", "rank", "siblings", "alone_here", "support", "peer_siblings", "peer_support",
    "untagged", "whole", "whole_look",
)  # fmt: skip
CLIP = 4.0
MOST = 3.0
NO_RIVAL = -9.0
UNCLAIMED = 2.0
LAST = 20


def _ranked(groups: Ints, values: Floats) -> tuple[Floats, Ints, Ints]:
    """(best of the others in the group, how many are strictly better, how many there are), each pair among its own."""
    if not len(groups):
        return np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    order = np.lexsort((-values, groups))
    ordered, sorted_values = groups[order], values[order]
    place = np.arange(len(order))
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    start = np.maximum.accumulate(np.where(begins, place, 0))
    fresh = begins | np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]])
    better = np.maximum.accumulate(np.where(fresh, place, 0)) - start
    sizes = np.diff(np.append(np.flatnonzero(begins), len(order)))
    size = np.repeat(sizes, sizes)
    rival = np.where(place == start, start + 1, start)
    value = np.where(size > 1, sorted_values[np.minimum(rival, len(order) - 1)], NO_RIVAL)
    back = np.empty_like(order)
    back[order] = place
    return value[back], better[back], size[back]


def _against(groups: Ints, values: Floats, asked: Ints, mine: Floats) -> tuple[Floats, Ints]:
    """The same for pairs that do not stand in the groups: (best there, how many are strictly better)."""
    best, better = np.full(len(asked), NO_RIVAL), np.zeros(len(asked), dtype=np.int64)
    for number, (group, value) in enumerate(zip(asked.tolist(), mine.tolist(), strict=True)):
        rivals = values[groups == group]
        if len(rivals):
            best[number], better[number] = rivals.max(), int((rivals > value).sum())
    return best, better


def _support(field: Field, kept: Flags, owners: Ints) -> Floats:
    """How much else of the proposal the same owner matches: the root of the sum of its best probabilities elsewhere."""
    found = np.zeros(len(kept))
    if not kept.any():
        return found
    chance = np.round(probabilities(field.log_odds[kept]), 9)
    pair = owners[kept] * (int(field.asked.max()) + 1) + field.asked[kept]
    pairs, back = np.unique(pair, return_inverse=True)
    best = np.zeros(len(pairs))
    np.maximum.at(best, back, chance)
    groups, inside = np.unique(pairs // (int(field.asked.max()) + 1), return_inverse=True)
    total = sums(inside, best, len(groups))
    found[kept] = np.sqrt(np.clip(np.round(total[inside][back] - best[back], 9), 0.0, MOST))
    return found


def values(field: Field, alone: bool = False) -> Floats:
    """The second look's features of every pair; ``alone``: as if each capability had been proposed by itself."""
    count = len(field.asked)
    table = np.zeros((count, len(NAMES)))
    if not count:
        return table
    kept, mine = ~field.left_out, field.log_odds
    rivals = field.asked * 2 + field.source
    ahead, better = np.zeros(count), np.zeros(count, dtype=np.int64)
    best, better[kept], _ = _ranked(rivals[kept], mine[kept])
    ahead[kept] = mine[kept] - best
    best, better[~kept] = _against(rivals[kept], mine[kept], rivals[~kept], mine[~kept])
    ahead[~kept] = mine[~kept] - best
    siblings = float(len(field.left.entries) > 1 and not alone)
    own = np.full(count, UNCLAIMED)
    best, _, claimed = _ranked(field.claims[kept], mine[kept])
    own[kept] = np.where(claimed > 1, np.clip(mine[kept] - best, -CLIP, CLIP), UNCLAIMED)
    support = _support(field, kept, field.owners) * siblings
    peer = (field.source > 0).astype(np.float64)
    columns = [mine, np.clip(ahead, -CLIP, CLIP), np.exp(-np.minimum(LAST, better).astype(np.float64)),
               np.full(count, siblings), own * siblings, support, peer * siblings, peer * support,
               field.values[:, COLUMN["untagged"]], field.values[:, COLUMN["whole"]],
               field.values[:, COLUMN["whole"]] * mine]  # fmt: skip
    return np.column_stack(columns)
