"""Speed and memory on synthetic capabilities, beside other methods doing retrieval alone in the same run."""
from __future__ import annotations
from typing import Any

def bench(count: int, encoder: str = "lexical") -> dict[str, Any]:
    raise NotImplementedError
def table(figures: dict[str, Any]) -> str:
    raise NotImplementedError
