"""One side of a trial, plain Python in a process of its own: ``python -m projects.trial_worker FOLDER``.

Reads systems.jsonl, proposals.jsonl, question.json and perhaps vectors.npz; prints what counts, a JSON line a proposal.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from duplicates import Engine, Finding, NegativeRule, Proposal, System, Thresholds, files, lexicon
from duplicates.encoders import CachedEncoder, Encoder, USEncoder, Vectors


@dataclass(frozen=True, slots=True)
class Round:
    """What is screened in one application round, and with which proposals it competes."""

    proposals: tuple[Proposal, ...]
    peers: tuple[Proposal, ...]


def screen(
    systems: Sequence[System],
    rounds: Iterable[Round],
    rules: Iterable[NegativeRule],
    thresholds: Thresholds,
    encoder: str | Encoder,
) -> Iterator[dict[str, Any]]:
    """The answer to each proposal in turn: its band, and the findings that count."""
    shared = encoder if isinstance(encoder, str) else CachedEncoder(encoder)
    for part in rounds:
        engine = Engine(systems, peers=part.peers, negative_rules=rules, thresholds=thresholds, encoder=shared)
        for proposal in part.proposals:
            result = engine.screen(proposal)
            yield {
                "proposal": proposal.code,
                "band": result.band.value,
                "findings": [_row(item) for item in result.findings if item.counts or item.rule],
            }


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "capability": finding.capability,
        "text": finding.text[:200],
        "target": finding.system or finding.proposal2 or finding.rule or "",
        "matched": finding.matched_capability or "",
        "matched_text": finding.matched_text[:200],
        "name": finding.system_name,
        "relation": finding.relation.value,
        "band": finding.band.value,
        "score": round(finding.score, 3),
        "money": f"{finding.money:.2f}",
    }


class KnownVectors:
    """An encoder that asks a table of vectors first (key: SHA-256 of the text), and another encoder for the rest."""

    def __init__(self, known: dict[str, Any], inner: Encoder) -> None:
        self.name = inner.name
        self._known = known
        self._inner = inner

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text."""
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            self._known.update(zip(missing, self._inner.encode(list(missing.values())), strict=True))
        return np.stack([self._known[key] for key in keys]).astype(np.float32)


def main(folder: Path) -> int:
    """Answer the question in a folder."""
    question = json.loads((folder / "question.json").read_text(encoding="utf-8"))
    lexicon.adopt([(kind, tuple(words), source) for kind, words, source in question["synonyms"]])
    known = {item.code: item for item in files.proposals(folder / "proposals.jsonl")}
    rounds = [
        Round(tuple(known[code] for code in part["proposals"]), tuple(known[code] for code in part["peers"]))
        for part in question["rounds"]
    ]
    rules = [NegativeRule(row["code"], row["title"], tuple(row["keywords"]), row["ban"]) for row in question["rules"]]
    limits = Thresholds(**question["thresholds"])
    systems, encoder = files.systems(folder / "systems.jsonl"), _encoder(folder, question["encoder"])
    for answer in screen(systems, rounds, rules, limits, encoder):
        sys.stdout.write(f"{json.dumps(answer, ensure_ascii=False)}\n")
        sys.stdout.flush()
    return 0


def _encoder(folder: Path, name: str) -> str | Encoder:
    if name != USEncoder.name:
        return name
    known: dict[str, Any] = {}
    if (path := folder / "vectors.npz").exists():
        with np.load(path, allow_pickle=False) as stored:
            known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    return KnownVectors(known, USEncoder())


# --- the difference -------------------------------------------------------------------------------------------------


def stake(answer: dict[str, Any]) -> Decimal:
    """Money of the capabilities with a red or amber finding in 万元; one that meets several things counts once."""
    money: dict[str, Decimal] = {}
    for item in answer["findings"]:
        if item["band"] in {"red", "amber"}:
            key = item["capability"] or item["text"]
            money[key] = max(money.get(key, Decimal(0)), Decimal(item["money"]))
    return sum(money.values(), Decimal(0))


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings of one proposal that appear, disappear, or change their band or relation."""
    old, new = (_by_pair(side["findings"]) for side in (before, after))
    found = []
    for pair in sorted({*old, *new}):
        left, right = old.get(pair), new.get(pair)
        if left and right and (left["band"], left["relation"]) == (right["band"], right["relation"]):
            continue
        shown = right or left or {}
        kind = "changes" if left and right else "appears" if right else "disappears"
        facts = {name: shown[name] for name in ("capability", "text", "target", "matched_text", "name", "money")}
        said = {
            side: {name: item[name] for name in ("band", "relation", "score")} if item else None
            for side, item in (("before", left), ("after", right))
        }
        found.append({"proposal": before["proposal"], "kind": kind, **facts, **said})
    return found


def _by_pair(findings: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    return {(item["capability"], item["target"], item["matched"], item["text"]): item for item in findings}


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
