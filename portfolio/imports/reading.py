"""Chooses the reader: by content where it is a workbook, by the file's name where it is text."""

from pathlib import PurePath

from django.utils.translation import gettext as _

from portfolio.imports import delimited, jsonlines, workbook
from portfolio.imports.decoding import decode
from portfolio.imports.report import FileRefused
from portfolio.imports.rows import RawFile

MAX_BYTES = 10 * 1024 * 1024
JSON_SUFFIXES, CSV_SUFFIXES = (".jsonl", ".ndjson", ".json"), (".csv", ".tsv", ".txt")
SUFFIXES = (*JSON_SUFFIXES[:1], *CSV_SUFFIXES[:1], ".xlsx")


def read(data: bytes, filename: str) -> RawFile:
    """Everything a file says about systems. Raises FileRefused when it cannot be read at all."""
    file = RawFile()
    suffix = PurePath(filename).suffix.lower()
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    if not data.strip():
        raise FileRefused(_("The file is empty."))
    if data.startswith(b"PK"):
        if suffix != ".xlsx":
            raise FileRefused(_("This is a workbook or an archive. Only .xlsx workbooks are accepted."))
        workbook.records(data, file)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(_("This is an old or password-protected workbook. Save it as .xlsx without a password."))
    elif suffix in JSON_SUFFIXES:
        jsonlines.records(decode(data), file)
    elif suffix in CSV_SUFFIXES:
        delimited.records(decode(data), file)
    else:
        raise FileRefused(_("Only .jsonl, .csv and .xlsx files are accepted, and this one is none of them."))
    return file
