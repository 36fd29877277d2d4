"""One comparable capability with its context, the same for existing systems and for proposals of the round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duplicates.facts import Capability, Proposal, System


@dataclass(frozen=True, slots=True)
class Owner:
    """The system or proposal an entry belongs to, and what its name, description and other capabilities say."""

    code: str
    title: str
    story: str
    department: str
    unified: bool = False
    retired: bool = False
    peer: bool = False
    capabilities: tuple[str, ...] = ()
    name: str = ""

    @property
    def key(self) -> str:
        """The code, marked for proposals, so that a system and a proposal of the same code stay apart."""
        return f"p:{self.code}" if self.peer else f"s:{self.code}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One capability; ``capability`` is None where a system is matched by its description only."""

    owner: Owner
    capability: str | None
    text: str
    taxonomy: str | None = None
    domain: str | None = None
    object: str | None = None


def _entries(owner: Owner, capabilities: Iterable[Capability]) -> list[Entry]:
    return [Entry(owner, item.code, item.text, item.taxonomy, item.domain, item.object) for item in capabilities]


def of_system(system: System) -> list[Entry]:
    """The entries of one system, in the order of capability codes."""
    capabilities = sorted(system.capabilities, key=lambda item: item.code)
    owner = Owner(
        code=system.code,
        title=" ".join((system.name, *system.aliases)),
        name=system.name,
        story=system.description,
        department=system.department,
        unified=system.build_mode == "unified",
        retired=system.status == "retired",
        capabilities=tuple(item.text for item in capabilities),
    )
    if capabilities:
        return _entries(owner, capabilities)
    text = system.description if system.description.strip() else system.name
    return [Entry(owner, None, text)]


def owner_of(proposal: Proposal) -> Owner:
    """A proposal as the owner of its capabilities."""
    return Owner(
        code=proposal.code,
        title=proposal.title,
        name=proposal.title,
        story=proposal.background,
        department=proposal.department,
        peer=True,
        capabilities=tuple(item.text for item in sorted(proposal.capabilities, key=lambda item: item.code)),
    )


def of_proposal(proposal: Proposal) -> list[Entry]:
    """The entries of one proposal, in the order of capability codes."""
    return _entries(owner_of(proposal), sorted(proposal.capabilities, key=lambda item: item.code))
