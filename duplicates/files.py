"""Reads the JSON Lines files of the engine; every error names file, line and field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from duplicates.facts import BudgetLine, Capability, Proposal, System
from duplicates.names import Verdict

Key = tuple[str, str, str]
T = TypeVar("T")
MOST = Decimal(10) ** 12
MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")


class FileError(Exception):
    """An input file that cannot be used; the message names file, line and field."""


@dataclass(slots=True)
class Row:
    """One line of a file, read field by field."""

    path: Path
    line: int
    data: dict[str, Any]
    prefix: str = ""

    def fail(self, field: str, problem: str) -> NoReturn:
        """Raise FileError for a field."""
        raise FileError(f"{self.path}:{self.line}: {self.prefix}{field}: {problem}")

    def text(self, field: str, *, required: bool = False) -> str:
        """A text; absent or null means empty unless required."""
        value = self.data.get(field)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            self.fail(field, "missing" if value is None else "must be text")
        if required and not value.strip():
            self.fail(field, "must not be empty")
        return str(value)

    def tag(self, field: str) -> str | None:
        """An optional short text; empty means none."""
        return self.text(field) or None

    def month(self, field: str) -> str:
        """A year and month such as 2026-03; absent, null or empty means not known."""
        value = self.text(field)
        if value and not MONTH.fullmatch(value):
            self.fail(field, "must be a year and month such as 2026-03")
        return value

    def money(self, field: str) -> Decimal:
        """An amount in 万元; absent or null means 0."""
        value = self.data.get(field)
        if value is None:
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self.fail(field, "must be a number")
        amount = Decimal(str(value))
        if not amount.is_finite() or amount < 0 or amount > MOST:
            self.fail(field, "must be a number from 0 to 10^12")
        return amount

    def grade(self) -> int:
        """The grade of a truth match: 1 or 2."""
        value = self.data.get("grade")
        if isinstance(value, bool) or value not in (1, 2):
            self.fail("grade", "must be 1 or 2")
        return int(value)

    def items(self, field: str) -> list[Any]:
        """A list; absent or null means empty."""
        value = self.data.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fail(field, "must be a list")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self.items(field)
        for number, value in enumerate(values):
            if not isinstance(value, str):
                self.fail(f"{field}[{number}]", "must be text")
        return tuple(values)

    def rows(self, field: str) -> list[Row]:
        """A list of objects."""
        found = []
        for number, value in enumerate(self.items(field)):
            if not isinstance(value, dict):
                self.fail(f"{field}[{number}]", "must be an object")
            found.append(Row(self.path, self.line, value, f"{self.prefix}{field}[{number}]."))
        return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not allowed")


def _objects(path: Path) -> Iterator[Row]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from None
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw.decode("utf-8"), parse_constant=_constant)
        except UnicodeDecodeError:
            raise FileError(f"{path}:{number}: not UTF-8") from None
        except (ValueError, RecursionError) as error:
            raise FileError(f"{path}:{number}: not JSON: {error}") from None
        if not isinstance(value, dict):
            raise FileError(f"{path}:{number}: a line must be a JSON object")
        yield Row(path, number, value)


def _capability(row: Row) -> Capability:
    return Capability(
        row.text("code", required=True), row.text("text"), row.tag("taxonomy"), row.tag("domain"), row.tag("object"),
        row.money("budget"),
    )  # fmt: skip


def _unique(rows: list[Row], seen: set[str], message: str) -> None:
    for row in rows:
        code = row.text("code", required=True)
        if code in seen:
            row.fail("code", message.format(code))
        seen.add(code)


def _system(row: Row) -> System:
    return System(
        code=row.text("code", required=True),
        name=row.text("name"),
        department=row.text("department"),
        status=row.text("status"),
        build_mode=row.text("build_mode"),
        description=row.text("description"),
        aliases=row.texts("aliases"),
        capabilities=tuple(_capability(item) for item in row.rows("capabilities")),
    )


def _budget_line(row: Row) -> BudgetLine:
    return BudgetLine(
        row.text("name"), row.money("amount"), row.tag("capability"), row.text("category"), row.text("vendor"),
        row.text("site"), row.month("period_from"), row.month("period_to"),
    )  # fmt: skip


def _proposal(row: Row) -> Proposal:
    return Proposal(
        code=row.text("code", required=True),
        title=row.text("title"),
        department=row.text("department"),
        kind=row.text("kind"),
        predecessor=row.tag("predecessor"),
        background=row.text("background"),
        capabilities=tuple(_capability(item) for item in row.rows("capabilities")),
        budget_lines=tuple(_budget_line(item) for item in row.rows("budget_lines")),
    )


def _read(path: Path, make: Callable[[Row], T]) -> list[T]:
    codes: set[str] = set()
    capabilities: set[str] = set()
    found = []
    for row in _objects(path):
        _unique([row], codes, "{} is given twice")
        _unique(row.rows("capabilities"), capabilities, "capability {} is given twice")
        found.append(make(row))
    return found


def systems(path: Path) -> list[System]:
    """The systems of a file. Raises FileError; an empty inventory is an error, because it would find nothing."""
    found = _read(path, _system)
    if not found:
        raise FileError(f"{path}: no systems: an empty inventory cannot be screened against")
    return found


def proposals(path: Path) -> list[Proposal]:
    """The proposals of a file. Raises FileError."""
    return _read(path, _proposal)


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled pair; ``capability`` "" means the system as a whole."""

    proposal: str
    key: Key
    grade: int
    excluded: bool
    peer: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled set."""

    systems: list[System]
    proposals: list[Proposal]
    truth: list[Label]
    verdicts: dict[str, tuple[Verdict, tuple[str, ...]]]

    def pairs(self, proposal: str) -> tuple[set[Key], set[Key]]:
        """(capability, owner, matched capability) that are the same function, and those neither hit nor miss."""
        rows = [label for label in self.truth if label.proposal == proposal]
        return {r.key for r in rows if r.grade == 2 and not r.excluded}, {r.key for r in rows if r.excluded}


def truth(path: Path, known: set[tuple[str, str]]) -> list[Label]:
    """The labelled pairs of a file; ``known`` are the (proposal, capability) codes that exist."""
    found = []
    for row in _objects(path):
        proposal, capability = row.text("proposal", required=True), row.text("capability", required=True)
        if (proposal, capability) not in known:
            row.fail("capability", f"proposal {proposal} has no capability {capability}")
        for match in row.rows("matches"):
            peer = match.tag("proposal2")
            owner = peer or match.text("system", required=True)
            key = (capability, owner, match.text("capability"))
            found.append(Label(proposal, key, match.grade(), bool(match.data.get("excluded")), bool(peer)))
    return found


def verdicts(path: Path) -> dict[str, tuple[Verdict, tuple[str, ...]]]:
    """Proposal → expected verdict and main systems."""
    found = {}
    for row in _objects(path):
        word = row.text("verdict", required=True)
        if word not in set(Verdict):
            row.fail("verdict", f"must be one of {', '.join(Verdict)}")
        found[row.text("proposal", required=True)] = (Verdict(word), row.texts("main_systems"))
    return found


def read_labelled(systems_path: Path, proposals_path: Path, truth_path: Path, verdicts_path: Path | None) -> Labelled:
    """A labelled set from its files."""
    known = systems(systems_path)
    asked = proposals(proposals_path)
    codes = {(proposal.code, item.code) for proposal in asked for item in proposal.capabilities}
    return Labelled(known, asked, truth(truth_path, codes), verdicts(verdicts_path) if verdicts_path else {})


def labelled(folder: Path) -> Labelled:
    """A labelled set from a folder with systems, proposals, truth and perhaps verdicts .jsonl."""
    found = folder / "verdicts.jsonl"
    systems_path, proposals_path, truth_path = (folder / f"{name}.jsonl" for name in ("systems", "proposals", "truth"))
    return read_labelled(systems_path, proposals_path, truth_path, found if found.exists() else None)
