"""Where things go in the drawings made on the server: the way of a case, and bars."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django import template

register = template.Library()

WIDTH, STEP, TOP, LINE = 1120, 100, 28, 18
WIDE, NARROW, SPACE = 13.0, 7.0, 3.4  # pixels of a Chinese character, a Latin one and a space at 13 px
SMALL = 12 / 13  # the second line of a node is set smaller
STATUSES = ("done", "now", "future", "returned")


def _width(text: str) -> float:
    return sum(
        SPACE if char in " ·" else WIDE if unicodedata.east_asian_width(char) in "WF" else NARROW for char in text
    )


def _pieces(text: str) -> list[str]:
    """Where a line may break: after each Chinese character, after each Latin word."""
    pieces: list[str] = []
    for char in text:
        joins = pieces and not pieces[-1].endswith(" ") and unicodedata.east_asian_width(char) not in "WF"
        if joins and unicodedata.east_asian_width(pieces[-1][-1]) not in "WF":
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def wrap(text: str, room: float, lines: int = 3) -> list[str]:
    """`text` in at most `lines` lines of `room` pixels; the last one takes what is left. A middle dot breaks first."""
    if _width(text) <= room:
        return [text]
    if " · " in text:
        return [line for part in text.split(" · ") for line in wrap(part, room, lines)][:lines]
    found = [""]
    for piece in _pieces(text):
        if found[-1] and _width(found[-1] + piece.rstrip()) > room and len(found) < lines:
            found.append("")
        found[-1] += piece
    return [line.strip() for line in found]


@register.simple_tag
def way_layout(nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Coordinates for _way.html. A node: {label, detail, status: done | now | future | returned}."""
    count = max(len(nodes), 1)
    width = max(WIDTH, count * STEP)
    step = width / count
    placed, deepest = [], 1
    for index, node in enumerate(nodes):
        label, detail = wrap(str(node["label"]), step - 10), wrap(str(node.get("detail") or ""), (step - 6) / SMALL)
        deepest = max(deepest, len(label) + len([line for line in detail if line]))
        rows = [(text, "") for text in label] + [(text, "d") for text in detail if text]
        status = node["status"] if node["status"] in STATUSES else "future"
        x = round(step * (index + 0.5))
        texts = [{"text": text, "css": css, "y": 62 + LINE * row} for row, (text, css) in enumerate(rows)]
        placed.append({"x": x, "status": status, "texts": texts, **_shapes(x)})
    return {"width": width, "height": 58 + LINE * deepest, "nodes": placed, "lines": _lines(placed)}


def _shapes(x: int) -> dict[str, str]:
    return {
        "tick": f"M{x - 5} {TOP}l4 4 7-8",
        "diamond": f"{x},{TOP - 13} {x + 13},{TOP} {x},{TOP + 13} {x - 13},{TOP}",
    }


def _lines(placed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A full line up to where the case is, a dashed one after it."""
    return [
        {"x1": left["x"], "x2": right["x"], "done": left["status"] == "done"}
        for left, right in zip(placed, placed[1:], strict=False)
    ]


@register.filter
def with_status(nodes: Iterable[dict[str, Any]], status: str) -> list[str]:
    """Labels of the nodes of one status, for the spoken title."""
    return [str(node["label"]) for node in nodes if node["status"] == status]


@register.simple_tag
def bar_layout(parts: Iterable[dict[str, Any]], total: Any = 100, marks: Iterable[Any] = ()) -> dict[str, Any]:
    """Offsets and widths in percent for _bar.html. A part: {value, kind, text}; marks are values of the same scale."""
    whole = float(total or 0)
    placed, at = [], 0.0
    for part in parts:
        width = min(_share(part["value"], whole), 100 - at)
        placed.append(
            {"x": f"{at:.2f}%", "width": f"{width:.2f}%", "kind": part.get("kind", ""), "text": part.get("text", "")}
        )
        at += width
    return {"parts": placed, "marks": [f"{_share(mark, whole):.2f}%" for mark in marks]}


def _share(value: Any, whole: float) -> float:
    return max(0.0, min(100.0, float(value or 0) * 100 / whole)) if whole > 0 else 0.0
