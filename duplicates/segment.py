"""Cuts normalised text into terms: synonym groups first, then words; and into grams for candidate search."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import rjieba

from duplicates import lexicon
from duplicates.normalise import Normal, normalise

_HAN = re.compile(r"[㐀-鿿]+")
_PIECE = re.compile(r"[㐀-鿿]+|[a-z0-9][a-z0-9+.#-]*[a-z0-9+#]|[a-z0-9]")
_NUMBER = re.compile(r"^[0-9.]+$|^[零〇一二三四五六七八九十百千万亿两]+$")
_SUFFIXES = (
    "izations",
    "ization",
    "ational",
    "ations",
    "ation",
    "ments",
    "ment",
    "ingly",
    "ing",
    "ies",
    "ied",
    "edly",
    "ed",
    "es",
    "ly",
    "s",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One occurrence: ``key`` is what is compared, [start, end) lies in the normalised text."""

    key: str
    start: int
    end: int


@functools.cache
def _tokenizer() -> rjieba.Jieba:
    """A segmenter of our own, so that no other code's words change the result."""
    cutter = rjieba.Jieba()
    for word in sorted(lexicon.words("domain_words.txt")):
        cutter.add_word(word, 20_000, None)
    for group in lexicon.groups():
        for member in group.members:
            if _HAN.fullmatch(member):
                cutter.add_word(normalise(member).text, 20_000, None)
    return cutter


@functools.cache
def _phrases() -> tuple[dict[str, str], dict[str, tuple[int, ...]]]:
    """Synonym phrase → group code, and the lengths to try by first two characters, the longest first."""
    table: dict[str, str] = {}
    lengths: dict[str, set[int]] = {}
    for group in lexicon.groups():
        for member in group.members:
            phrase = normalise(member).text.strip()
            if len(phrase) > 1:
                table.setdefault(phrase, group.code)
                lengths.setdefault(phrase[:2], set()).add(len(phrase))
    return table, {start: tuple(sorted(known, reverse=True)) for start, known in lengths.items()}


def _whole(text: str, start: int, end: int) -> bool:
    """A Latin phrase must not begin or end inside a Latin word."""
    before = start > 0 and text[start - 1].isascii() and text[start - 1].isalnum() and text[start].isascii()
    after = end < len(text) and text[end].isascii() and text[end].isalnum() and text[end - 1].isascii()
    return not before and not after


@functools.lru_cache(maxsize=8192)
def concepts(text: str) -> tuple[Term, ...]:
    """Synonym phrases found from left to right, the longest first."""
    table, lengths = _phrases()
    found: list[Term] = []
    done = 0
    for start in range(len(text) - 1):
        known = lengths.get(text[start : start + 2])
        if known is None or start < done:
            continue
        for length in known:
            code = table.get(text[start : start + length])
            if code and start + length <= len(text) and _whole(text, start, start + length):
                done = start + length
                found.append(Term(code, start, done))
                break
    return tuple(found)


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A short English stemmer: enough to make plurals and verb forms meet."""
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _words(text: str) -> Iterator[Term]:
    for piece in _PIECE.finditer(text):
        word, start = piece.group(), piece.start()
        if word[0].isascii():
            yield Term(stem(word), start, piece.end())
            continue
        position = start
        for part in _tokenizer().cut(word, False):
            yield Term(part, position, position + len(part))
            position += len(part)


def terms(normal: Normal) -> list[Term]:
    """Synonym groups and the words outside them, in order of place; single characters and numbers are left out."""
    found = list(concepts(normal.text))
    covered = bytearray(len(normal.text))
    for term in found:
        covered[term.start : term.end] = b"\1" * (term.end - term.start)
    stop = lexicon.words("stop.txt")
    for term in _words(normal.text):
        if any(covered[term.start : term.end]) or term.key in stop or _NUMBER.match(term.key):
            continue
        if term.end - term.start > 1:
            found.append(term)
    return sorted(found, key=lambda term: (term.start, term.end))


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Han characters, each once, in order of place."""
    return list(dict.fromkeys(run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)))


def grams(normal: Normal) -> set[str]:
    """What the candidate store indexes: Han bigrams, stemmed Latin words, synonym groups."""
    stop = lexicon.words("stop.txt")
    latin = {
        stem(piece)
        for piece in _PIECE.findall(normal.text)
        if piece[0].isascii() and piece not in stop and not _NUMBER.match(piece) and len(piece) > 1
    }
    return latin.union(bigrams(normal.text), [term.key for term in concepts(normal.text)])


for _cached in (_tokenizer, _phrases, concepts):
    lexicon.depends(_cached.cache_clear)
