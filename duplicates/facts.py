"""What is compared: systems, proposals, budget lines, negative-list rules, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Capability:
    """One function of a system or proposal. ``budget`` is in 万元 and only meant for proposals."""

    code: str
    text: str
    taxonomy: str | None = None
    domain: str | None = None
    object: str | None = None
    budget: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class System:
    """One existing system. Without capabilities it is matched by its description (low confidence)."""

    code: str
    name: str
    department: str
    status: str
    build_mode: str
    description: str
    aliases: tuple[str, ...] = ()
    capabilities: tuple[Capability, ...] = ()


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One cost item, ``amount`` in 万元; ``category`` is software, cloud, security, hardware, …

    Where they are known: the ``vendor``, the ``site`` and the first and last month (YYYY-MM) that is paid for.
    """

    name: str
    amount: Decimal
    capability: str | None
    category: str
    vendor: str = ""
    site: str = ""
    period_from: str = ""
    period_to: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal of a round. ``predecessor`` is the code of the applicant's own system being upgraded."""

    code: str
    title: str
    department: str
    kind: str
    predecessor: str | None
    background: str
    capabilities: tuple[Capability, ...]
    budget_lines: tuple[BudgetLine, ...] = ()


@dataclass(frozen=True, slots=True)
class NegativeRule:
    """One entry of the negative list; ``ban`` means the item may not be built at all."""

    code: str
    title: str
    keywords: tuple[str, ...]
    ban: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits that policy rows may set.

    ``red`` and ``amber``: shares of the money (domain.md §6.5: 70 % Taixing, 30 %). ``mapped``: least share of software
    money that must be mapped to capabilities. ``finding``: least score that counts as the same function;
    ``untagged``: the same where one side carries no taxonomy tag, which leaves true pairs with lower scores.
    ``related``: least score worth showing.
    """

    red: float = 0.70
    amber: float = 0.30
    mapped: float = 0.90
    finding: float = 0.40
    untagged: float = 0.25
    related: float = 0.10
