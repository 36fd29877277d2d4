"""Counts grams of inventories into data/background.json: ``python -m duplicates.background FOLDER…``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from duplicates import files
from duplicates.facts import System
from duplicates.lexicon import DATA
from duplicates.normalise import normalise
from duplicates.segment import grams

LEAST = 4


def texts(systems: Iterable[System]) -> list[str]:
    """Every description and capability text."""
    found = [(system.description, *(item.text for item in system.capabilities)) for system in systems]
    return [text for row in found for text in row if text]


def count(found: Iterable[str]) -> dict[str, object]:
    """How many texts there are per script, and in how many of them a gram occurs (at least four)."""
    totals: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {"han": Counter(), "latin": Counter()}
    for text in found:
        totals["latin" if text.isascii() else "han"] += 1
        for gram in grams(normalise(text)):
            if not gram.startswith("§"):
                seen["latin" if gram[0].isascii() else "han"][gram] += 1
    return {
        script: {
            "texts": totals[script],
            "frequency": {gram: number for gram, number in sorted(table.items()) if number >= LEAST},
        }
        for script, table in seen.items()
    }


def main(arguments: Sequence[str]) -> int:
    """Count the systems of the given folders."""
    found = [text for folder in arguments for text in texts(files.systems(Path(folder) / "systems.jsonl"))]
    table = {"source": [Path(folder).name for folder in arguments], **count(found)}
    text = json.dumps(table, ensure_ascii=False, sort_keys=True)
    (DATA / "background.json").write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
