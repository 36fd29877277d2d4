"""The difference of two texts as a reader marks it: by clause first, inside a changed clause by Chinese character."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, CAME = "same", "del", "ins"
# A clause ends with its punctuation; a token is a word of letters or digits, or one character of anything else.
CLAUSE = re.compile(r"[^，。；：！？、,;!?\n]*[，。；：！？、,;!?\n]|[^，。；：！？、,;!?\n]+$")
TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|.", re.DOTALL)
LONGEST_BLOCK = 400  # tokens on a side: what is longer is replaced as a whole, so that no text is slow
ALIKE = 0.3  # what shares less than this is read more easily as replaced
SHOWN = 24  # characters of unchanged text kept on each side of a change, where only changes are shown


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: the same in both, only in the old one, or only in the new one."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """The pieces in order: same and del give the old text, same and ins the new one."""
    if old == new:
        return [Piece(SAME, old)] if old else []
    return list(_joined(_by_clause(CLAUSE.findall(old), CLAUSE.findall(new))))


def count(pieces: Iterable[Piece]) -> int:
    """How many places differ: what stands beside each other is one place."""
    places, inside = 0, False
    for piece in pieces:
        places += piece.kind != SAME and not inside
        inside = piece.kind != SAME
    return places


def excerpt(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with long unchanged stretches cut down to a few characters beside the changes."""
    found = []
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.kind == SAME and len(text) > 3 * SHOWN:
            head = text[:SHOWN] if number else ""
            tail = text[-SHOWN:] if number < len(pieces) - 1 else ""
            text = f"{head} … {tail}"
        found.append(Piece(piece.kind, text))
    return found


def _by_clause(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "replace":
            yield from _by_character(before, after)
        else:
            yield Piece({"equal": SAME, "delete": GONE, "insert": CAME}[tag], before or after)


def _by_character(old: str, new: str) -> Iterator[Piece]:
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if max(len(before), len(after)) > LONGEST_BLOCK:
        yield from _replaced(before, after)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    codes = matcher.get_opcodes()
    shared = sum(i2 - i1 for tag, i1, i2, _j1, _j2 in codes if tag == "equal")
    if 2 * shared < ALIKE * (len(before) + len(after)):
        yield from (Piece(GONE, old), Piece(CAME, new))
        return
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        gone, came = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal" and not (i2 - i1 == 1 and 0 < number < len(codes) - 1):
            yield Piece(SAME, gone)
        else:  # one character between two changes is part of the change
            yield from (Piece(GONE, gone), Piece(CAME, came))


def _replaced(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Long blocks: what they begin and end with stays, the rest is replaced."""
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != after[-1 - n]), most - head)
    yield Piece(SAME, "".join(before[:head]))
    yield Piece(GONE, "".join(before[head : len(before) - tail]))
    yield Piece(CAME, "".join(after[head : len(after) - tail]))
    yield Piece(SAME, "".join(before[len(before) - tail :]))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind in one piece; in one change what is gone comes before what came."""
    gone = came = same = ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind == SAME:
            if gone or came:
                yield from _both(gone, came)
                gone = came = ""
            same += piece.text
            continue
        if same:
            yield Piece(SAME, same)
            same = ""
        gone, came = (gone + piece.text, came) if piece.kind == GONE else (gone, came + piece.text)
    yield from _both(gone, came)
    if same:
        yield Piece(SAME, same)


def _both(gone: str, came: str) -> Iterator[Piece]:
    if gone:
        yield Piece(GONE, gone)
    if came:
        yield Piece(CAME, came)
