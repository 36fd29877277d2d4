"""Tables as people paste them from a spreadsheet: cells, the heading they may begin with, and rows by column."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MAX_ROWS = 500
MAX_CHARACTERS = 200_000
BLANKS = re.compile(r"[\s_/()（）×.]+")


class TooLarge(ValueError):
    """More than a table of one proposal can need; `limit` in rows."""

    limit = MAX_ROWS


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name here, and what a heading may call it. computed: written, but not read back."""

    name: str
    titles: tuple[str, ...]
    computed: bool = False


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row: its number in what was pasted (the first is 1), and its cells by column name."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Grid:
    """What was understood: rows, whether a heading was recognised, and headings or cells that belong to no column."""

    rows: list[PastedRow] = field(default_factory=list)
    has_heading: bool = False
    unknown: list[str] = field(default_factory=list)


def cells_of(text: str) -> list[list[str]]:
    """The cells of a text as a spreadsheet copies it: tabs between cells, quotes around a cell with tabs or line ends.

    Raises TooLarge.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLarge
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        found = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(plain, newline=""), delimiter="\t")]
    except csv.Error as error:
        raise TooLarge from error
    if sum(any(row) for row in found) > MAX_ROWS + 1:
        raise TooLarge
    return found


def text_of(cells: Iterable[Sequence[str]]) -> str:
    """The same the other way: `cells_of` reads back what this writes."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(cells)
    return out.getvalue()


def grid_of(cells: Sequence[Sequence[str]], columns: Sequence[Column]) -> Grid:
    """Rows by column: in the order of the heading where there is one, else in the order of `columns`.

    Empty rows are passed over and counted, so that a number is the row that the person sees in the spreadsheet.
    """
    grid = Grid()
    order: list[str | None] = [column.name for column in columns if not column.computed]
    computed = {column.name for column in columns if column.computed}
    for number, row in enumerate(cells, start=1):
        if not any(row):
            continue
        if not grid.rows and not grid.has_heading and (heading := _heading(row, columns)):
            grid.has_heading, order = True, heading
            grid.unknown = [cell for cell, name in zip(row, heading, strict=True) if cell and name is None]
            continue
        grid.unknown += [cell for cell in row[len(order) :] if cell]
        named = {name: cell for name, cell in zip(order, row, strict=False) if name and name not in computed}
        grid.rows.append(PastedRow(number, named))
    return grid


def known(word: str) -> str:
    """A word as it is compared: width, case and blanks do not matter."""
    return BLANKS.sub("", unicodedata.normalize("NFKC", word)).casefold()


def _heading(row: Sequence[str], columns: Sequence[Column]) -> list[str | None] | None:
    """Which column each cell of a heading names; None: the row is no heading. Half of its words must be known."""
    words = {known(title): column.name for column in columns for title in column.titles}
    names: list[str | None] = []
    for cell in row:
        name = words.get(known(cell)) if cell else None
        names.append(name if name not in names else None)
    found, filled = sum(name is not None for name in names), sum(bool(cell) for cell in row)
    return names if found and found * 2 >= filled and (found > 1 or filled == 1) else None
