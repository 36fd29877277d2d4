"""The parts a score is made of, for one proposed and one existing capability."""

from __future__ import annotations

from dataclasses import dataclass

from duplicates.prepare import Context, Prepared, Weights

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
)
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
DENSE = ("dense", "dense_context")


@dataclass(frozen=True, slots=True)
class Dense:
    """Cosines of the encoder: capability alone, and with its title."""

    alone: float
    context: float


def _share(weights: Weights, total: float, known: frozenset[str]) -> float:
    return sum([weight for key, weight in weights.items() if key in known]) / total if total else 0.0


def _overlap(left: Weights, right: Weights) -> tuple[float, float]:
    """Shared weight (the smaller of the two) and the dot product."""
    pairs = [(weight, right[key]) for key, weight in left.items() if key in right]
    return sum([min(pair) for pair in pairs]), sum([one * other for one, other in pairs])


def _context(left: Context, right: Context) -> float:
    """How much of the proposal's title the other system speaks about, and the reverse; once per pair of owners."""
    known = left.closeness.get(right)
    if known is None:
        ours = _share(left.title_objects, sum(left.title_objects.values()), right.vocabulary)
        theirs = _share(right.title_objects, sum(right.title_objects.values()), left.vocabulary)
        known = left.closeness[right] = (ours + theirs) / 2
    return known


def _tags(left: Prepared, right: Prepared) -> dict[str, float]:
    mine, yours = left.entry, right.entry
    node = bool(mine.taxonomy and yours.taxonomy)
    domain = bool(mine.domain and yours.domain)
    same = node and mine.taxonomy == yours.taxonomy
    parent = node and not same and (mine.taxonomy or " ")[0] == (yours.taxonomy or "")[0]
    return {
        "same_node": float(same),
        "same_parent": float(parent),
        "other_node": float(node and not same and not parent),
        "same_domain": float(domain and mine.domain == yours.domain),
        "other_domain": float(domain and mine.domain != yours.domain),
        "same_object": float(bool(mine.object) and mine.object == yours.object),
    }


def features(left: Prepared, right: Prepared, dense: Dense | None) -> dict[str, float]:
    """All features by name, each about 0–1. ``left`` is the proposed capability, ``right`` the existing one."""
    shared, dot = _overlap(left.weights, right.weights)
    covered = _share(left.asked, left.asked_total, right.context.vocabulary)
    covers = _share(right.objects, right.objects_total, left.context.vocabulary)
    values = {
        "covered": shared / left.total if left.total else 0.0,
        "covers": shared / right.total if right.total else 0.0,
        "cosine": dot / (left.norm * right.norm) if left.norm and right.norm else 0.0,
        "object_covered": covered,
        "object_covers": covers,
        "context": _context(left.context, right.context),
        "dense": dense.alone if dense else 0.0,
        "dense_context": dense.context if dense else 0.0,
        "generic": left.generic_share,
    }
    values.update(_tags(left, right))
    values["other_thing"] = _other_thing(left, right)
    values["twin"] = values["other_thing"] * values["cosine"]
    values["platform"] = float(not left.platforms.isdisjoint(right.platforms))
    values.update(_kind(right, values))
    return values


def _other_thing(left: Prepared, right: Prepared) -> float:
    """1 when each names a business object that the other side never speaks of (school bus, muck truck)."""
    return float(
        bool(left.things and right.things)
        and left.things.isdisjoint(right.context.vocabulary)
        and right.things.isdisjoint(left.context.vocabulary)
    )


def _kind(right: Prepared, values: dict[str, float]) -> dict[str, float]:
    """A unified platform serves every object and field; another proposal must share the object."""
    unified, peer = float(right.entry.owner.unified), float(right.entry.owner.peer)
    return {
        "unified": unified,
        "unified_other": unified * (1.0 - values["object_covered"]),
        "unified_object": unified * values["context"],
        "unified_node": unified * values["same_node"],
        "unified_domain": unified * values["other_domain"],
        "unified_platform": unified * values["platform"],
        "unified_thing": unified * values["other_thing"],
        "peer": peer,
        "peer_object": peer * values["object_covered"],
    }
