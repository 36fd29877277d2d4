"""Makes a workbook safe to open: limits before and while unpacking, no entities, and what the reader would pass over.

The reader (calamine) is handed an archive built anew from the bytes that were looked at here, so sizes that lie, hidden
second directories and encrypted entries never reach it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from portfolio.imports.report import FileRefused
from portfolio.imports.rows import MAX_ROWS

MAX_ENTRIES = 1_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_COLUMNS = 100
PIECE = 64 * 1024

# Everything a damaged archive makes these libraries raise (found by damaging some at random).
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})\Z")


@dataclass(slots=True)
class SheetScan:
    """What one sheet's XML says that its values alone do not: cells that hold an error or an uncounted formula."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Workbook:
    """A checked archive, and per entry name what was found in it."""

    archive: IO[bytes]
    scans: dict[str, SheetScan]
    parts: dict[str, str]
    mac_dates: bool = False
    # Shared texts: their lengths, and how many cells use each. The reader copies a text for every use.
    lengths: list[int] = field(default_factory=list)
    uses: Counter[int] = field(default_factory=Counter)

    def refuse_repetition(self) -> None:
        """A short file can name one long text a million times."""
        total = sum(times * self.lengths[index] for index, times in self.uses.items() if index < len(self.lengths))
        if total > MAX_UNPACKED:
            raise FileRefused(_("The workbook unpacks to more than a list of systems can need. It was not opened."))


def check(data: bytes) -> Workbook:
    """Look through an .xlsx file. Raises FileRefused for anything that is not a plain, moderate workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            _check_directory(source)
            return _rebuild(source)
    except _DAMAGE as error:
        raise FileRefused(_("The workbook is damaged. Save it again as .xlsx.")) from error


def _check_directory(source: zipfile.ZipFile) -> None:
    entries = source.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, PIECE):
        raise FileRefused(_("The workbook unpacks to more than a list of systems can need. It was not opened."))
    names = [entry.filename for entry in entries]
    usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    odd = any(entry.flag_bits & 1 or entry.compress_type not in usual for entry in entries)
    if odd or len(set(names)) != len(names):
        raise FileRefused(_("The workbook is encrypted or damaged. Save it again as .xlsx without a password."))
    if "xl/workbook.xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("Only plain .xlsx workbooks are accepted: without macros, not .xls, .et or .ods."))


def _rebuild(source: zipfile.ZipFile) -> Workbook:
    target = io.BytesIO()
    book = Workbook(target, {}, {})
    left = MAX_UNPACKED
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as rebuilt:
        for entry in source.infolist():
            if entry.is_dir():
                continue
            scanner = _Scanner(entry.filename, book)
            with source.open(entry) as stream, rebuilt.open(entry.filename, "w") as copy:
                while piece := stream.read(PIECE):
                    left -= len(piece)
                    if left < 0:
                        raise FileRefused(
                            _("The workbook unpacks to more than a list of systems can need. It was not opened.")
                        )
                    scanner.feed(piece)
                    copy.write(piece)
            scanner.close()
    book.refuse_repetition()
    target.seek(0)
    return book


class _Scanner:
    """Reads one entry as XML where it is XML; sheets are recognised by their content, not by their name."""

    def __init__(self, name: str, book: Workbook) -> None:
        self.name, self.book = name, book
        self.parser: expat.XMLParserType | None = None
        self.begun = False
        self.row = self.column = 0
        self.scan = SheetScan()
        self.kind, self.formula, self.filled, self.value, self.in_value = "", False, False, "", False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the entry."""
        if not self.begun:
            self.begun = True
            if piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<")):
                self.parser = self._parser()
        if self.parser:
            self.parser.Parse(piece, False)

    def close(self) -> None:
        """The entry is over."""
        if self.parser:
            self.parser.Parse(b"", True)
            self.book.scans[self.name] = self.scan

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        return parser

    def _refuse_doctype(self, *_args: Any) -> None:
        raise FileRefused(_("The workbook declares XML entities. Such files are not opened."))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self.row = _whole(attributes.get("r"), self.row + 1)
            self.column = 0
        elif local == "c":
            self._place(attributes.get("r", ""))
            self.kind, self.formula, self.filled, self.value = attributes.get("t", ""), False, False, ""
        elif local in ("v", "t", "is", "f"):
            self.in_value = local in ("v", "t")
            self.formula, self.filled = self.formula or local == "f", True
        elif local == "si":
            self.book.lengths.append(0)
        elif local == "workbookPr":
            self.book.mac_dates = attributes.get("date1904", "") in ("1", "true")
        elif local in ("sheet", "Relationship"):
            self._remember_part(local, attributes)

    def _remember_part(self, local: str, attributes: dict[str, str]) -> None:
        """Which entry holds which sheet: workbook.xml names a relation, its .rels file names the entry."""
        if local == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.book.parts[attributes.get("name", "")] = relation
        elif self.name == "xl/_rels/workbook.xml.rels":
            target = attributes.get("Target", "")
            self.book.parts["#" + attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )

    def _place(self, reference: str) -> None:
        match = _REFERENCE.match(reference)
        if match:
            self.column, self.row = _column(match[1]), int(match[2])
        else:
            self.column += 1

    def _characters(self, written: str) -> None:
        if not self.in_value:
            return
        if self.name.endswith("sharedStrings.xml") and self.book.lengths:
            self.book.lengths[-1] += len(written)
        elif len(self.value) < 20:  # noqa: PLR2004 - enough for the number of a shared text or the name of an error
            self.value += written

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "t"):
            self.in_value = False
        elif local == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        if self.filled and (self.row > MAX_ROWS or self.column > MAX_COLUMNS):
            raise FileRefused(
                _("The sheet is too large: at most %(rows)s rows and %(columns)s columns.")
                % {"rows": MAX_ROWS, "columns": MAX_COLUMNS},
                row=self.row,
            )
        if self.kind == "s" and self.value.isdigit():
            self.book.uses[int(self.value)] += 1
        if self.kind == "e":
            self.scan.errors[self.row, self.column] = self.value
        elif self.formula and not self.value and self.kind != "str":
            self.scan.formulas.add((self.row, self.column))
        self.value, self.kind, self.formula, self.filled = "", "", False, False


def _whole(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 8 else otherwise  # noqa: PLR2004


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
