"""Where things go in the drawings made on the server: the way of a case, and bars."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django import template

register = template.Library()

WIDTH, STEP, TOP, LINE = 1120, 100, 28, 18
LABEL, LOOP, STRAND, BROAD = 34, 20, 34, 2.7  # to the words below; between ways back; between strands; their room
WIDE, NARROW, SPACE = 13.0, 7.0, 3.4  # pixels of a Chinese character, a Latin one and a space at 13 px
CLOSING = "）】》」』，。、；：！？)]"  # no line begins with one of these
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
        if pieces and char in CLOSING:
            pieces[-1] += char
            continue
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
def way_layout(nodes: Sequence[dict[str, Any]], loops: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Coordinates for _way.html.

    A node: {label, detail or lines, status: done | now | future | returned}, with `strands` {label, detail, status}
    where several things go on side by side. A loop: {source, target (codes of nodes), label}.
    """
    strands = any(node.get("strands") for node in nodes)
    top = TOP + (LOOP * len(loops) + 6 if loops else 0) + (STRAND + 18 if strands else 0)
    units = sum(_share_of(node) for node in nodes) or 1
    width = max(WIDTH, round(units * STEP))
    placed, at, deepest = [], 0.0, 1
    for node in nodes:
        step = width / units * _share_of(node)
        drawn = _place(node, at, step, top)
        deepest = max(deepest, max((text["y"] for text in drawn["texts"]), default=0) - top)
        placed.append(drawn)
        at += step
    return {
        "width": width, "height": round(top + deepest + 14), "y": top, "nodes": placed, "lines": _lines(placed),
        "loops": [loop for number, row in enumerate(loops) if (loop := _loop(row, number, placed, top))],
    }  # fmt: skip


def _share_of(node: dict[str, Any]) -> float:
    return BROAD if node.get("strands") else 1.0


def _place(node: dict[str, Any], at: float, step: float, top: int) -> dict[str, Any]:
    """One node with its texts; its strands lie above, on and below the line."""
    x, strands = round(at + step / 2), node.get("strands") or []
    room, below = step - 10, top + LABEL + (STRAND if strands else 0)
    lines = node.get("lines") or [node.get("detail") or ""]
    rows = [(text, "") for text in wrap(str(node["label"]), room)]
    rows += [(text, "d") for line in lines for text in wrap(str(line), (step - 6) / SMALL, 2) if text]
    status = node["status"] if node["status"] in STATUSES else "future"
    texts = [{"text": text, "css": css, "y": below + LINE * row} for row, (text, css) in enumerate(rows)]
    left, right = round(at + 8), round(at + step - 8)
    return {
        "x": x, "left": left if strands else x, "right": right if strands else x, "status": status, "texts": texts,
        "code": node.get("code"), "strands": [_strand(row, n, left, right, top) for n, row in enumerate(strands)],
        **_shapes(x, top),
    }  # fmt: skip


def _strand(row: dict[str, Any], number: int, left: int, right: int, top: int) -> dict[str, Any]:
    """A line of its own from the left end to the right end, with a mark and what is said above it."""
    y, status = top + (number - 1) * STRAND, row["status"] if row["status"] in STATUSES else "future"
    said = f"{row['label']} {row['detail']}".strip()
    room = (right - left - 30) / SMALL
    while len(said) > 4 and _width(said) > room:
        said = said.rstrip("…")[:-1] + "…"
    path = f"M{left} {top}L{left + 10} {y}H{right - 10}L{right} {top}"
    x = left + 20
    return {"y": y, "x": x, "text_x": x + 14, "text_y": y - 6, "text": said, "status": status, "path": path,
            "diamond": f"{x},{y - 7} {x + 7},{y} {x},{y + 7} {x - 7},{y}"}  # fmt: skip


def _shapes(x: int, y: int) -> dict[str, str]:
    return {
        "tick": f"M{x - 5} {y}l4 4 7-8",
        "diamond": f"{x},{y - 13} {x + 13},{y} {x},{y + 13} {x - 13},{y}",
    }


def _lines(placed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A full line up to where the case is, a dashed one after it."""
    return [
        {"x1": left["right"], "x2": right["left"], "done": left["status"] == "done"}
        for left, right in zip(placed, placed[1:], strict=False)
    ]


def _loop(row: dict[str, Any], number: int, placed: list[dict[str, Any]], top: int) -> dict[str, Any] | None:
    """A way back above the line, with an arrow where it arrives; None where an end of it is not drawn."""
    ends = {node["code"]: node for node in placed}
    source, target = ends.get(row["source"]), ends.get(row["target"])
    if source is None or target is None:
        return None
    y = 18 + LOOP * number
    start = top - (STRAND + 20 if source["strands"] else 16)
    x, to = source["x"] + 5 * number, target["x"] + 8 * number
    return {
        "path": f"M{x} {start}V{y + 5}q0-5-5-5H{to + 5}q-5 0-5 5V{top - 20}",
        "arrow": f"M{to - 4} {top - 25}l4 7 4-7", "x": round((x + to) / 2), "y": y - 5, "label": row["label"],
    }  # fmt: skip


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
