"""What changed between two submitted versions: sections, money, capabilities, budget lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.models import Version
from projects.sections import SECTIONS, Section


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a list: before and after; None where it did not exist."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two versions, by section."""

    old: Version
    new: Version
    sections: tuple[Section, ...]
    capabilities: tuple[Change, ...]
    lines: tuple[Change, ...]

    @property
    def money(self) -> Decimal:
        """How much more the newer one asks for, in 万元."""
        return self.new.amount - self.old.amount

    @property
    def share(self) -> Decimal | None:
        """The same as a share of the older amount."""
        return self.money / self.old.amount if self.old.amount else None


def compare(old: Version, new: Version) -> Comparison:
    """Compare by the stored hashes first, then the rows of what differs."""
    changed = tuple(section for section in SECTIONS if old.sections.get(section.code) != new.sections.get(section.code))
    return Comparison(old, new, changed, _capabilities(old, new), _lines(old, new))


def _capabilities(old: Version, new: Version) -> tuple[Change, ...]:
    before, after = (version.snapshot["solution"]["capabilities"] for version in (old, new))
    return tuple(_changes({row["code"]: row["text"] for row in before}, {row["code"]: row["text"] for row in after}))


def _lines(old: Version, new: Version) -> tuple[Change, ...]:
    """Lines carry no code: those of one name are added up."""
    sums: list[dict[str, Decimal]] = []
    for version in (old, new):
        by_name: dict[str, Decimal] = {}
        for row in version.snapshot["budget"]["lines"]:
            by_name[row["name"]] = by_name.get(row["name"], Decimal(0)) + Decimal(row["amount"])
        sums.append(by_name)
    return tuple(_changes(*sums))


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterable[Change]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield Change(key, before.get(key), after.get(key))
