"""The parts a score is made of, for one proposed capability against many existing ones at once."""

from __future__ import annotations

import numpy as np

from duplicates.library import Ints, Library
from duplicates.vocabulary import Flags, Floats, sums

NAMES = (
    "covered",
    "covers",
    "cosine",
    "object_covered",
    "object_covers",
    "context",
    "same_node",
    "same_parent",
    "other_node",
    "same_domain",
    "other_domain",
    "same_object",
    "dense",
    "dense_context",
    "generic",
    "other_thing",
    "twin",
    "apart",
    "frame",
    "frame_dense",
    "platform",
    "unified",
    "unified_other",
    "unified_object",
    "unified_node",
    "unified_domain",
    "unified_platform",
    "unified_thing",
    "peer",
    "peer_object",
    "own_unit",
    "untagged",
    "whole",
    "whole_covered",
    "whole_covers",
    "whole_cosine",
    "whole_object_covered",
    "whole_object_covers",
    "whole_own_unit",
    "whole_dense",
)
WHOLE = tuple(name.removeprefix("whole_") for name in NAMES if name.startswith("whole_"))
TAGS = (
    "same_node",
    "same_parent",
    "other_node",
    "same_domain",
    "other_domain",
    "same_object",
    "unified_node",
    "unified_domain",
)
DENSE = ("dense", "dense_context", "frame_dense", "whole_dense")
COLUMN = {name: number for number, name in enumerate(NAMES)}
Columns = dict[str, Floats]
ALIKE = 0.4  # from this cosine on two texts say the same thing, but perhaps of another object


def _part(numerator: Floats, denominator: Floats | float) -> Floats:
    """A share; 0 where there is nothing to share."""
    below = np.asarray(denominator, dtype=np.float64)
    return np.divide(numerator, below, out=np.zeros(np.broadcast(numerator, below).shape), where=below > 0)


class Asked:
    """One proposed capability, spread over the vocabulary so that existing entries only look up what they hold."""

    def __init__(self, left: Library, row: int) -> None:
        size = len(left.vocabulary)
        place, owner = left.words.row(row), int(left.owner_of[row])
        title = left.titles.row(owner)
        self.left, self.row, self.owner = left, row, owner
        self.total, self.norm = float(left.total[row]), float(left.norm[row])
        words, weights = left.words.flat[place], left.weights[place].astype(np.float64)
        titles, title_weights = left.titles.flat[title], left.title_weights[title].astype(np.float64)
        self.weights: Floats = np.zeros(size)
        self.weights[words] = weights
        self.spoken: Flags = np.zeros(size, dtype=np.bool_)
        self.spoken[left.spoken.flat[left.spoken.row(owner)]] = True
        self.titles: Floats = np.zeros(size)
        self.titles[titles] = title_weights
        self.asked: Floats = np.zeros(size)
        self.asked[titles] = title_weights / 2
        chosen = left.objects[place]
        self.asked[words[chosen]] = weights[chosen]
        self.objects: Floats = np.zeros(size)
        self.objects[words[chosen]] = weights[chosen]
        once = title_weights[~np.isin(titles, words[chosen])]  # summed in the order of the text, not of the numbers
        self.asked_total = float(left.objects_total[row]) + float(once.sum()) / 2
        self.title_total = float(left.title_total[owner])
        self.platforms: Flags = np.zeros(size, dtype=np.bool_)
        self.platforms[words] = left.vocabulary.platforms[words]
        mine = words if left.names_thing[row] else titles
        self.things: Flags = np.zeros(size, dtype=np.bool_)
        self.things[mine] = left.vocabulary.things[mine]
        self.names_thing = bool(left.names_thing[row] or left.title_things[owner])


def _words(asked: Asked, right: Library, numbers: Ints) -> Columns:
    """How much of each text the other one says, and how much of the other's objects the proposal speaks of."""
    places, segment = right.words.pick(numbers)
    keys, theirs = right.words.flat[places], right.weights[places].astype(np.float64)
    ours, count = asked.weights[keys], len(numbers)
    shared = sums(segment, np.minimum(theirs, ours), count)
    spoken = theirs * right.objects[places] * asked.spoken[keys]
    things = right.vocabulary.things[keys]
    return {
        "covered": _part(shared, asked.total),
        "covers": _part(shared, right.total[numbers]),
        "cosine": _part(sums(segment, theirs * ours, count), asked.norm * right.norm[numbers]),
        "object_covers": _part(sums(segment, spoken, count), right.objects_total[numbers]),
        "platform": (sums(segment, asked.platforms[keys], count) > 0).astype(np.float64),
        "heard": sums(segment, things & asked.spoken[keys], count),
    }


def _owners(asked: Asked, right: Library, numbers: Ints) -> Columns:
    """What the owners of the existing entries speak of as a whole."""
    owners, back = np.unique(right.owner_of[numbers], return_inverse=True)
    places, segment = right.spoken.pick(owners)
    keys, count = right.spoken.flat[places], len(owners)
    ours = _part(sums(segment, asked.titles[keys], count), asked.title_total)
    known = sums(segment, asked.things[keys], count) > 0
    own = sums(segment, asked.objects[keys], count)
    covered = _part(sums(segment, asked.asked[keys], count), asked.asked_total)
    places, segment = right.titles.pick(owners)
    keys = right.titles.flat[places]
    heard = right.title_weights[places] * asked.spoken[keys]
    theirs = _part(sums(segment, heard, count), right.title_total[owners])
    title_heard = sums(segment, right.vocabulary.things[keys] & asked.spoken[keys], count)
    return {
        "object_covered": covered[back],
        "context": ((ours + theirs) / 2)[back],
        "known": known[back].astype(np.float64),
        "own_objects": own[back],
        "title_heard": title_heard[back],
        "unified": right.unified[owners][back].astype(np.float64),
        "peer": right.peer[owners][back].astype(np.float64),
        "title_things": right.title_things[owners][back].astype(np.float64),
    }


def _tags(asked: Asked, right: Library, numbers: Ints) -> Columns:
    mine, theirs = asked.left.tags[asked.row], right.tags[numbers]
    node = (mine[0] >= 0) & (theirs[:, 0] >= 0)
    domain = (mine[2] >= 0) & (theirs[:, 2] >= 0)
    same = node & (mine[0] == theirs[:, 0])
    parent = node & ~same & (mine[1] == theirs[:, 1])
    found = {
        "same_node": same,
        "same_parent": parent,
        "other_node": node & ~same & ~parent,
        "same_domain": domain & (mine[2] == theirs[:, 2]),
        "other_domain": domain & (mine[2] != theirs[:, 2]),
        "same_object": (mine[3] >= 0) & (mine[3] == theirs[:, 3]),
        "untagged": ~node,
    }
    return {name: flags.astype(np.float64) for name, flags in found.items()}


def _other_thing(asked: Asked, right: Library, numbers: Ints, found: Columns) -> Floats:
    """1 when each names a business object that the other side never speaks of (school bus, muck truck)."""
    named = right.names_thing[numbers]
    theirs = named | (found["title_things"] > 0)
    heard = np.where(named, found["heard"], found["title_heard"]) > 0
    other: Flags = asked.names_thing & theirs & ~heard & (found["known"] == 0)
    return np.asarray(other, dtype=np.float64)


def _kind(found: Columns) -> Columns:
    """A unified platform serves every object and field; another proposal must share the object; a description that
    stands for a whole system is longer and vaguer than a capability; twins say the same of two objects that both texts
    name themselves (what only a title names does not part them)."""
    unified, peer, whole = found["unified"], found["peer"], found["whole"]
    return {
        "twin": found["both_name"]
        * found["other_thing"]
        * np.clip((found["cosine"] - ALIKE) / (1.0 - ALIKE), 0.0, 1.0),
        "frame": found["apart"] * (found["covered"] + found["covers"]) / 2,
        "frame_dense": found["apart"] * found["dense"],
        "unified_other": unified * (1.0 - found["object_covered"]),
        "unified_object": unified * found["context"],
        "unified_node": unified * found["same_node"],
        "unified_domain": unified * found["other_domain"],
        "unified_platform": unified * found["platform"],
        "unified_thing": unified * found["other_thing"],
        "peer_object": peer * found["object_covered"],
        **{f"whole_{name}": whole * found[name] for name in WHOLE},
    }


def features(left: Library, row: int, right: Library, numbers: Ints, dense: Floats | None) -> Floats:
    """One row per existing entry, one column per name of NAMES, each about 0–1.

    ``row`` is the proposed capability in ``left``, ``numbers`` the entries of ``right``; ``dense`` holds the encoder's
    cosines (alone, with title) per entry, or is None.
    """
    asked = Asked(left, row)
    found = {**_words(asked, right, numbers), **_owners(asked, right, numbers), **_tags(asked, right, numbers)}
    nothing = np.zeros(len(numbers))
    found["dense"], found["dense_context"] = (nothing, nothing) if dense is None else (dense[:, 0], dense[:, 1])
    found["generic"] = np.full(len(numbers), float(left.generic[row]))
    found["own_unit"] = (right.unit[numbers] == left.unit[row]).astype(np.float64) * (left.unit[row] >= 0)
    found["whole"] = right.whole[numbers].astype(np.float64)
    found["other_thing"] = _other_thing(asked, right, numbers, found)
    found["both_name"] = np.asarray(left.names_thing[row] & right.names_thing[numbers], dtype=np.float64)
    named = (left.objects_total[row] > 0) & (right.objects_total[numbers] > 0)
    found["apart"] = (named & (found["own_objects"] == 0) & (found["object_covers"] == 0)).astype(np.float64)
    found.update(_kind(found))
    table: Floats = np.column_stack([found[name] for name in NAMES])
    return table


def untagged(table: Floats) -> Floats:
    """The same rows as if nobody had tagged anything."""
    bare = table.copy()
    bare[:, [COLUMN[name] for name in TAGS]] = 0.0
    bare[:, COLUMN["untagged"]] = 1.0
    return bare


def stranger(table: Floats) -> Floats:
    """The same rows, untagged, as if nobody knew whose the systems are."""
    bare = untagged(table)
    bare[:, [COLUMN["own_unit"], COLUMN["whole_own_unit"]]] = 0.0
    return bare
