"""Signs that one undertaking was split over proposals, or that one cost is asked for twice (domain.md §6.4, 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duplicates.coverage import money_of
from duplicates.facts import BudgetLine, Proposal
from duplicates.normalise import clean, normalise
from duplicates.results import Finding, HintPair, SplitHint
from duplicates.segment import terms

LEAST_NAME = 4  # characters that two names must share
ALIKE = 0.6  # share of words that two names have in common
SAME_STORY = 0.8  # the same for two background texts, which repeat each other's phrases anyway
LEAST_STORY = 10  # words
NEAR = Decimal("0.05")  # amounts that differ by no more than this share of the larger one
COSTS = frozenset({"software", "hardware", "data"})  # what can be bought twice by its name alone
PLACED = COSTS | {"cloud"}  # what stands somewhere
SERVICES = frozenset({"supervision", "training", "security"})  # every project pays for its own
# Words that name a kind of cost in every budget: alone they never make two lines one.
PLAIN_WORDS = (
    "服务器 主机 云主机 培训 轮训 监理 云资源 政务云 资源 扩容 租用 等保 等级保护 测评 密评 评测 三级 二级 存储 "
    "设备 硬件 软件 终端 网络 安全 开发 建设 系统 平台 模块 功能 项目 服务 服务费 费 费用 采购 购置 运维 维护 实施 "
    "集成 升级 改造 优化 安装 调试 部署 对接 接口 数据库 中间件 操作系统 年度 一期 二期 三期 首期 第一 第二 期 工程 "
    "管理 信息化 信息 数据 市 区 县 局 及 和 与 的 "
    "server servers training supervision cloud hosting hardware software licence license system platform module "
    "project service services development maintenance upgrade phase security storage the of and for"
)
COMPOUND = re.compile(rf"(?:{'|'.join(sorted(PLAIN_WORDS.split(), key=lambda word: (-len(word), word)))}|[0-9.])+")
# What a contract says that it does not pay for.
EXCEPTED = re.compile(r"(?:不含|不包括|不包含|excluding|except for|not including)[^；;。.\n]*", re.IGNORECASE)
NO_MONTH = ("0000-00", "9999-99")


@dataclass(frozen=True, slots=True)
class Contract:
    """A running operation and maintenance contract of an existing system; ``yearly`` in 万元, months as YYYY-MM."""

    number: str
    system: str
    system_name: str
    department: str
    vendor: str
    starts: str
    ends: str
    yearly: Decimal
    scope: str


class _Words:
    """The words of names that say what is bought, each name read once: key of comparison → as it is written."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}
        self._plain = frozenset(term.key for word in PLAIN_WORDS.split() for term in terms(normalise(word)))

    def of(self, name: str) -> dict[str, str]:
        """The words without those that stand in every budget, and without numbers."""
        found = self._known.get(name)
        if found is None:
            normal = normalise(name)
            written = {term.key: normal.text[term.start : term.end] for term in terms(normal)}
            found = {key: word for key, word in sorted(written.items()) if self._says(key, word)}
            self._known[name] = found
        return found

    def _says(self, key: str, word: str) -> bool:
        return key not in self._plain and not COMPOUND.fullmatch(word)

    def shared(self, one: str, other: str, least: float = ALIKE) -> str:
        """The words in common where the names say the same in other words, else nothing."""
        left, right = self.of(one), self.of(other)
        both = {key: word for key, word in left.items() if key in right}
        alike = both and 2 * len(both) >= least * (len(left) + len(right))
        return _enough(both) if alike else ""

    def inside(self, name: str, text: str) -> str:
        """The words of a name that a longer text has, where it has most of them."""
        asked = self.of(name)
        if asked and len(clean(name)) >= LEAST_NAME and clean(name) in clean(text):
            return name
        told = self.of(text)
        both = {key: word for key, word in asked.items() if key in told}
        return _enough(both) if both and len(both) >= ALIKE * len(asked) else ""


def _enough(words: dict[str, str]) -> str:
    """The words as one text, or nothing where they are too short to say anything."""
    found = sorted(words.values())
    return " ".join(found) if sum(map(len, found)) >= LEAST_NAME else ""


def hints(
    proposal: Proposal,
    peers: Iterable[Proposal],
    findings: Iterable[Finding],
    *,
    tiers: Sequence[Decimal] = (),
    contracts: Iterable[Contract] = (),
) -> tuple[SplitHint, ...]:
    """What a manager should look at besides the findings; none of it blocks.

    ``same_unit``: another proposal of this unit asks for the same. ``split_under_tier``: so do proposals of which each
    stays under a limit of ``tiers`` (万元) that they reach together; also when titles or background say the same.
    ``same_cost_item``: one cost in two proposals, by its words and its amount. ``same_vendor_period`` and
    ``same_site``: one vendor paid for the same months, one place equipped twice, by one unit or for the same item.
    ``running_contract``: a line asks for what a contract of one of the unit's systems pays already.
    """
    shared: dict[str, set[str]] = {}
    for finding in findings:
        if finding.counts and finding.proposal2:
            shared.setdefault(finding.proposal2, set()).add(finding.capability)
    words = _Words()
    others = sorted((peer for peer in peers if peer.code != proposal.code), key=lambda peer: peer.code)
    own = [peer for peer in others if clean(peer.department) == clean(proposal.department)]
    found = _of_the_unit(proposal, own, shared, words, tiers)
    for peer in others:
        same_unit = peer in own
        for kind, rule in RULES:
            found += _same_lines(kind, rule, proposal, peer, same_unit, words)
    found += _paid_already(proposal, contracts, words)
    return tuple(sorted(found, key=lambda hint: (hint.proposal2, hint.kind)))


# --- one unit, several proposals --------------------------------------------------------------------------------------


def total_of(proposal: Proposal) -> Decimal:
    """What a proposal asks for in 万元: its lines, or where it has none its capabilities."""
    if proposal.budget_lines:
        return sum((line.amount for line in proposal.budget_lines), Decimal(0))
    return sum((item.budget for item in proposal.capabilities), Decimal(0))


def _of_the_unit(
    proposal: Proposal, own: Sequence[Proposal], shared: dict[str, set[str]], words: _Words, tiers: Sequence[Decimal]
) -> list[SplitHint]:
    money, found = money_of(proposal), []
    alike = [peer for peer in own if peer.code in shared or _same_matter(proposal, peer, words)]
    limit, together = _limit(proposal, alike, tiers)
    for peer in alike:
        codes = tuple(sorted(shared.get(peer.code, ())))
        if limit is not None and total_of(peer) < limit:
            ground = words.shared(proposal.title, peer.title)
            pair = HintPair(proposal.title, peer.title, total_of(proposal), total_of(peer), ground)
            found.append(SplitHint("split_under_tier", peer.code, codes, together, (pair,), limit))
        elif codes:
            pairs = tuple(HintPair(code, peer.title, money.amounts[code], total_of(peer)) for code in codes)
            found.append(SplitHint("same_unit", peer.code, codes, money.sum(codes), pairs))
    return found


def _same_matter(proposal: Proposal, peer: Proposal, words: _Words) -> bool:
    if words.shared(proposal.title, peer.title):
        return True
    told = len(words.of(proposal.background)) >= LEAST_STORY
    return told and bool(words.shared(proposal.background, peer.background, SAME_STORY))


def _limit(proposal: Proposal, alike: Sequence[Proposal], tiers: Sequence[Decimal]) -> tuple[Decimal | None, Decimal]:
    """The highest limit that this proposal and those like it stay under one by one and reach together."""
    mine = total_of(proposal)
    for limit in sorted(tiers, reverse=True):
        under = [total_of(peer) for peer in alike if total_of(peer) < limit]
        together = mine + sum(under, Decimal(0))
        if under and mine < limit <= together:
            return limit, together
    return None, Decimal(0)


# --- one cost, two proposals ------------------------------------------------------------------------------------------

Rule = Callable[[BudgetLine, BudgetLine, bool, _Words], str]


def _same_cost(line: BudgetLine, other: BudgetLine, same_unit: bool, words: _Words) -> str:
    if line.category not in COSTS or other.category not in COSTS or not _near(line.amount, other.amount):
        return ""
    return words.shared(line.name, other.name)


def _same_vendor(line: BudgetLine, other: BudgetLine, same_unit: bool, words: _Words) -> str:
    vendor = clean(line.vendor)
    if not vendor or vendor != clean(other.vendor) or {line.category, other.category} & SERVICES:
        return ""
    months = _months_in_common(_period(line), _period(other))
    if not months or not (same_unit or words.shared(line.name, other.name)):
        return ""
    return f"{line.vendor} {months[0]}–{months[1]}"


def _same_site(line: BudgetLine, other: BudgetLine, same_unit: bool, words: _Words) -> str:
    site = clean(line.site)
    if not site or site != clean(other.site) or line.category != other.category or line.category not in PLACED:
        return ""
    return line.site if same_unit or words.shared(line.name, other.name) else ""


RULES: tuple[tuple[str, Rule], ...] = (
    ("same_cost_item", _same_cost),
    ("same_site", _same_site),
    ("same_vendor_period", _same_vendor),
)


def _same_lines(
    kind: str, rule: Rule, proposal: Proposal, peer: Proposal, same_unit: bool, words: _Words
) -> list[SplitHint]:
    """One hint for all lines of two proposals that a rule calls the same; each line of ours is asked for once."""
    pairs, money = [], Decimal(0)
    for line in _asked(proposal):
        met = [(other, ground) for other in _asked(peer) if (ground := rule(line, other, same_unit, words))]
        if met:
            money += line.amount
        pairs += [HintPair(line.name, other.name, line.amount, other.amount, ground) for other, ground in met]
    names = tuple(dict.fromkeys(pair.mine for pair in pairs))
    return [SplitHint(kind, peer.code, names, money, tuple(pairs))] if pairs else []


def _asked(proposal: Proposal) -> list[BudgetLine]:
    return sorted((line for line in proposal.budget_lines if line.amount > 0), key=_in_order)


def _in_order(line: BudgetLine) -> tuple[Decimal, str, str, str, str, str]:
    return -line.amount, line.name, line.category, line.vendor, line.site, line.period_from


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= NEAR * max(one, other)


def _period(line: BudgetLine) -> tuple[str, str] | None:
    if not line.period_from and not line.period_to:
        return None
    return line.period_from or NO_MONTH[0], line.period_to or NO_MONTH[1]


def _months_in_common(one: tuple[str, str] | None, other: tuple[str, str] | None) -> tuple[str, str] | None:
    """The months that both pay for; None where there are none or a side does not say."""
    if one is None or other is None:
        return None
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


# --- paid already ---------------------------------------------------------------------------------------------------


def _paid_already(proposal: Proposal, contracts: Iterable[Contract], words: _Words) -> list[SplitHint]:
    found = []
    for contract in sorted(contracts, key=lambda item: (item.number, item.system)):
        if clean(contract.department) != clean(proposal.department):
            continue
        lines = [line for line in _asked(proposal) if _is_paid(line, contract, words)]
        if lines:
            pairs = tuple(
                HintPair(line.name, contract.scope, line.amount, contract.yearly, contract.vendor) for line in lines
            )
            names, money = tuple(line.name for line in lines), sum((line.amount for line in lines), Decimal(0))
            found.append(SplitHint("running_contract", contract.number, names, money, pairs, system=contract.system))
    return found


def _is_paid(line: BudgetLine, contract: Contract, words: _Words) -> bool:
    period = _period(line)
    if line.category in SERVICES or (period and not _months_in_common(period, (contract.starts, contract.ends))):
        return False
    return bool(words.inside(line.name, EXCEPTED.sub("", contract.scope)))
