"""Speed and memory on synthetic capabilities, beside other methods doing retrieval alone in the same run."""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from duplicates import bench_peers, lexicon
from duplicates.engine import Engine
from duplicates.facts import Capability, Proposal, System
from duplicates.relations import Listing

PER_SYSTEM = 20
QUERIES = 20
ROUNDS = 15
PEER_ROUNDS = 3
HIT = 20
SEED = 20261124
_FILLER = "甲乙丙丁戊己庚辛天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏云腾致雨露结霜"
_FILLER += "金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇"


def _words() -> tuple[list[str], list[float]]:
    """Words of the synonym table and made-up two-character words, with Zipf weights."""
    members = {member for group in lexicon.groups() for member in group.members}
    known = sorted(member for member in members if 2 <= len(member) <= 4 and member > "一")
    made = [a + b for a in _FILLER for b in _FILLER if a != b]
    chooser = random.Random(SEED)  # noqa: S311 - the same data every time, no secret
    chooser.shuffle(known)
    chooser.shuffle(made)
    ordered = known + made
    return ordered, [1.0 / (rank + 20) ** 0.75 for rank in range(len(ordered))]


def texts(count: int) -> list[list[str]]:
    """Synthetic capabilities of 4–12 words, always the same for one count."""
    chooser = random.Random(SEED + count)  # noqa: S311
    words, weights = _words()
    pool = chooser.choices(words, weights, k=count * 8)
    found, place = [], 0
    for _ in range(count):
        size = chooser.randint(4, 12)
        found.append([pool[(place + i) % len(pool)] for i in range(size)])
        place += size
    return found


def near_copy(words: Sequence[str], chooser: random.Random, vocabulary: Sequence[str]) -> str:
    """A capability with one or two edits: a word dropped, replaced, or the order shuffled."""
    edited = list(words)
    for _ in range(chooser.randint(1, 2)):
        edit = chooser.choice(("drop", "replace", "shuffle"))
        if edit == "drop" and len(edited) > 3:
            edited.pop(chooser.randrange(len(edited)))
        elif edit == "replace":
            edited[chooser.randrange(len(edited))] = chooser.choice(vocabulary)
        else:
            chooser.shuffle(edited)
    return "".join(edited)


def inventory(rows: Sequence[Sequence[str]]) -> list[System]:
    """Systems of twenty capabilities each."""
    found = []
    for start in range(0, len(rows), PER_SYSTEM):
        number = start // PER_SYSTEM
        capabilities = tuple(
            Capability(f"C{start + i}", "".join(words)) for i, words in enumerate(rows[start : start + PER_SYSTEM])
        )
        name = "".join(rows[start][:3]) + "系统"
        found.append(System(f"S{number}", name, "", "in_operation", "departmental", "", (), capabilities))
    return found


def _memory() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def _proposals(rows: Sequence[Sequence[str]]) -> list[tuple[Proposal, list[str]]]:
    chooser = random.Random(SEED + 1)  # noqa: S311
    vocabulary = _words()[0]
    found = []
    for number in range(ROUNDS):
        sources = [chooser.randrange(len(rows)) for _ in range(QUERIES)]
        capabilities = tuple(
            Capability(f"Q{number}-{i}", near_copy(rows[source], chooser, vocabulary), budget=Decimal(10))
            for i, source in enumerate(sources)
        )
        proposal = Proposal(f"P{number}", "", "", "new", None, "", capabilities)
        found.append((proposal, [f"C{source}" for source in sources]))
    return found


def _median(work: Callable[[Proposal], object], asked: Sequence[tuple[Proposal, list[str]]]) -> float:
    spent = []
    for proposal, _ in asked:
        start = time.perf_counter()
        work(proposal)
        spent.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(spent), 2)


def _hits(engine: Engine, asked: Sequence[tuple[Proposal, list[str]]]) -> float:
    found = total = 0
    for proposal, sources in asked:
        result = engine.screen(proposal, listing=Listing(top=HIT, min_score=0.0, evidence=False))
        listed: dict[str, list[str]] = {}
        for finding in result.findings:
            listed.setdefault(finding.capability, []).append(finding.matched_capability or "")
        for capability, source in zip(proposal.capabilities, sources, strict=True):
            total += 1
            found += source in listed.get(capability.code, [])[:HIT]
    return round(found / total, 4)


def bench(count: int, encoder: str = "lexical") -> dict[str, Any]:
    """Build an inventory of ``count`` capabilities and screen proposals of 20 near-copies. Times are medians in ms."""
    rows = texts(count)
    systems = inventory(rows)
    asked = _proposals(rows)
    before, start = _memory(), time.perf_counter()
    engine = Engine(systems, encoder=encoder)
    build, memory = time.perf_counter() - start, _memory() - before
    engine.screen(asked[0][0])
    figures: dict[str, Any] = {
        "capabilities": count,
        "encoder": engine.record.encoder,
        "build_s": round(build, 2),
        "memory_mb": round(memory, 1),
        "candidates_ms": _median(engine.candidates, asked),
        "screening_ms": _median(engine.screen, asked),
        "hit20": _hits(engine, asked),
    }
    questions = [([item.text for item in proposal.capabilities], sources) for proposal, sources in asked[:PEER_ROUNDS]]
    figures["peers"] = bench_peers.measure(rows, questions)
    return figures


def table(figures: dict[str, Any]) -> str:
    """The figures as text."""
    rows = [f"{key:<16}{value}" for key, value in figures.items() if key != "peers"]
    for name, row in figures["peers"].items():
        said = row["skipped"] if "skipped" in row else f"{row['retrieval_ms']} ms, hit@20 {row['hit20']}"
        rows.append(f"{name:<16}{said}")
    return "\n".join(rows)
