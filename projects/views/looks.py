"""What a capability that is being typed meets, as a page shows it: from the engine's findings to words."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

import duplicates
from duplicates import Kind, Relation, explain
from duplicates.relations import negative_findings
from portfolio import queries as portfolio
from portfolio.models import Capability, CapabilityNode, NegativeRule, System
from projects.models import DuplicateStatement, Project
from projects.screening import PlainError, Previews, previews
from projects.sections import standing_statements

logger = logging.getLogger(__name__)
LIKELY = 0.7  # of a score that says how probably a reviewer would call two texts the same function
SHOWN = 3  # matches per capability: more are for the screening
MARKS = {Kind.SHARED_TERM: "", Kind.SYNONYM: "syn", Kind.RULE: ""}
# Relation → class of the card, kind of the badge, the word.
WORDS: dict[Relation, tuple[str, str, Any]] = {
    Relation.UNIFIED: ("uni", "doing", gettext_lazy("Unified platform: use it")),
    Relation.NEGATIVE: ("red", "stopped", gettext_lazy("On the negative list")),
    Relation.EXTEND: ("amber", "returned", gettext_lazy("Extend your own system")),
    Relation.DUPLICATE: ("amber", "returned", gettext_lazy("Possibly a duplicate")),
    Relation.RELATED: ("", "waiting", gettext_lazy("Similar, does not count")),
}
VERY = gettext_lazy("Very probably a duplicate")
ORDER = (Relation.NEGATIVE, Relation.UNIFIED, Relation.DUPLICATE, Relation.EXTEND, Relation.RELATED)


@dataclass(frozen=True, slots=True)
class Typed:
    """One capability as it stands in the form. problem: why its text cannot be compared. money: mapped to it, 万元."""

    number: int | str
    text: str
    node: CapabilityNode | None = None
    domain: str | None = None
    service_object: str | None = None
    money: Decimal = Decimal(0)
    problem: str = ""

    @property
    def capability(self) -> duplicates.Capability:
        """As the engine takes it."""
        node = self.node.code if self.node else None
        return duplicates.Capability(str(self.number), self.text, node, self.domain, self.service_object or None)


@dataclass(frozen=True, slots=True)
class Hit:
    """One match: what was met, the marks in both texts, and why."""

    match: duplicates.Finding
    system: System | None
    rule: NegativeRule | None
    said: DuplicateStatement | None

    @property
    def counts(self) -> bool:
        """Whether it is more than similar."""
        return self.match.relation is not Relation.RELATED

    @property
    def css(self) -> str:
        """Class of the card."""
        return WORDS[self.match.relation][0]

    @property
    def badge(self) -> str:
        """Kind of the badge."""
        return WORDS[self.match.relation][1]

    @property
    def word(self) -> str:
        """How probable it is, in words."""
        likely = self.match.relation is Relation.DUPLICATE and self.match.score >= LIKELY
        return str(VERY if likely else WORDS[self.match.relation][2])

    @property
    def name(self) -> str:
        """Of what was met."""
        return self.system.name if self.system else self.rule.label if self.rule else self.match.system_name

    @property
    def mine(self) -> list[tuple[int, int, str]]:
        """Marks in the typed text."""
        return [
            (*span, MARKS[part.kind]) for part in self.match.evidence if part.kind in MARKS for span in part.proposed
        ]

    @property
    def theirs(self) -> list[tuple[int, int, str]]:
        """Marks in the existing text."""
        return [
            (*span, MARKS[part.kind]) for part in self.match.evidence if part.kind in MARKS for span in part.existing
        ]

    @property
    def missing(self) -> list[str]:
        """Words of the typed text that the existing one does not cover."""
        return [part.term for part in self.match.evidence if part.kind is Kind.NOT_COVERED]

    @property
    def sentence(self) -> str:
        """The reason in the language of the page."""
        return explain.sentence(self.match, get_language() or "zh")


@dataclass(slots=True)
class Look:
    """What one capability meets, or why nothing can be said."""

    typed: Typed
    problem: str = ""
    hits: list[Hit] = field(default_factory=list)
    suggested: CapabilityNode | None = None
    degraded: str = ""
    systems: int = 0
    at: datetime = field(default_factory=timezone.localtime)

    @property
    def counting(self) -> list[Hit]:
        """The matches that are more than similar."""
        return [hit for hit in self.hits if hit.counts]

    @property
    def kind(self) -> str:
        """Kind of the badge of the row; "" for none."""
        return self.counting[0].badge if self.counting else ""

    @property
    def word(self) -> str:
        """The outcome in a few words, for the row."""
        if self.problem or not self.typed.text:
            return _("Not compared")
        return self.counting[0].word if self.counting else _("No duplicate found")

    @property
    def summary(self) -> str:
        """One sentence to be read aloud."""
        name = _("Capability %(number)s") % {"number": self.typed.number}
        if self.problem or not self.counting:
            return f"{name}{_(': ')}{self.problem or self.word}"
        count = ngettext("%(n)d match", "%(n)d matches", len(self.counting)) % {"n": len(self.counting)}
        return f"{name}{_(': ')}{self.word}{_(', ')}{self.counting[0].name} ({count})"


def looks_at(project: Project, typed: Sequence[Typed]) -> list[Look]:
    """Compare what is typed with the registry and the negative list; nothing is stored, and nothing raises."""
    looks = [Look(item, problem=item.problem) for item in typed]
    asked = [look for look in looks if look.typed.text and not look.problem]
    if not asked:
        return looks
    try:
        found = previews(project, [look.typed.capability for look in asked])
        _fill(project, asked, found)
    except PlainError as error:
        _give_up(asked, _(str(error)))
    except Exception as error:  # a preview must not keep anybody from writing
        logger.exception("the preview of %s failed", project.ref)
        _give_up(asked, _("The comparison failed (%(error)s).") % {"error": type(error).__name__})
    return looks


def _give_up(looks: Iterable[Look], reason: str) -> None:
    for look in looks:
        look.hits, look.problem = [], reason


def _fill(project: Project, looks: Sequence[Look], found: Previews) -> None:
    banned = _banned(looks)
    matches = [[*no, *yes] for no, yes in zip(banned, found.findings, strict=True)]
    everything = [match for group in matches for match in group]
    systems = System.objects.select_related("department").in_bulk(
        {match.system for match in everything if match.system}, field_name="code"
    )
    rules = NegativeRule.objects.in_bulk({match.rule for match in everything if match.rule}, field_name="code")
    nodes = _nodes(everything)
    stated = {(row.capability_text, row.target_code): row for row in standing_statements(project)}
    for look, group in zip(looks, matches, strict=True):
        hits = []
        for match in group:
            target = match.system or match.rule or ""
            system = systems.get(match.system or "")
            said = stated.get((look.typed.text, target))
            hits.append(Hit(_own(project, system, match), system, rules.get(match.rule or ""), said))
        hits.sort(key=lambda hit: (ORDER.index(hit.match.relation), -hit.match.score))
        look.hits, look.suggested = hits[:SHOWN], _suggested(look.typed, hits, nodes)
        look.degraded, look.systems = found.degraded, found.systems


def _banned(looks: Sequence[Look]) -> list[list[duplicates.Finding]]:
    rules = portfolio.negative_rules()
    return [
        negative_findings(
            duplicates.Proposal("", "", "", "new", None, "", (look.typed.capability,)),
            rules,
            {look.typed.capability.code: look.typed.money},
        )
        for look in looks
    ]


def _own(project: Project, system: System | None, match: duplicates.Finding) -> duplicates.Finding:
    """A preview does not know whose proposal it is: the unit's own system is one to extend."""
    if match.relation is Relation.DUPLICATE and system and system.department_id == project.department_id:
        return replace(match, relation=Relation.EXTEND)
    return match


def _nodes(matches: Iterable[duplicates.Finding]) -> dict[str, CapabilityNode]:
    codes = {match.matched_capability for match in matches if match.matched_capability}
    rows = Capability.objects.filter(code__in=codes).exclude(taxonomy=None).select_related("taxonomy")
    return {row.code: row.taxonomy for row in rows if row.taxonomy}


def _suggested(typed: Typed, hits: Sequence[Hit], nodes: dict[str, CapabilityNode]) -> CapabilityNode | None:
    """The node that most of the close matches carry, where the typed one is missing or another."""
    votes: Counter[str] = Counter()
    for hit in hits[:5]:
        node = nodes.get(hit.match.matched_capability or "")
        if node is not None:
            votes[node.code] += round(hit.match.score * 10_000)
    if not votes or not any(hit.counts for hit in hits):
        return None
    code, weight = min(votes.items(), key=lambda item: (-item[1], item[0]))
    if weight * 2 <= sum(votes.values()) or (typed.node and typed.node.code == code):
        return None
    return next(node for node in nodes.values() if node.code == code)
