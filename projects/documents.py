"""What a file really is: recognised by its content, never by what the browser says; and a safe name for it."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

OOXML = "application/vnd.openxmlformats-officedocument"
# Extension → what the content must be, and the type it is stored and served as.
ALLOWED: dict[str, tuple[str, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "ofd": ("ofd", "application/ofd"),
    "docx": ("docx", f"{OOXML}.wordprocessingml.document"),
    "xlsx": ("xlsx", f"{OOXML}.spreadsheetml.sheet"),
    "doc": ("ole-text", "application/msword"),
    "wps": ("ole-text", "application/vnd.ms-works"),
    "xls": ("ole-table", "application/vnd.ms-excel"),
    "et": ("ole-table", "application/vnd.ms-excel"),
    "png": ("png", "image/png"),
    "jpg": ("jpg", "image/jpeg"),
    "jpeg": ("jpg", "image/jpeg"),
}
SIGNATURES = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The entry that makes a ZIP container one of the allowed kinds.
INSIDE_ZIP = {"OFD.xml": "ofd", "word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
INSIDE_OLE = {"WordDocument": "ole-text", "Workbook": "ole-table", "Book": "ole-table"}
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 5_000, 200 * 1024 * 1024, 100
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
FORBIDDEN_IN_NAMES = '<>:"/\\|?*'
NAME_BYTES = 180


def clean_name(raw: str) -> str:
    """The file name to show and to offer for download: no path, no invisible characters, no reserved name, bounded."""
    text = unicodedata.normalize("NFC", raw.encode("utf-8", "replace").decode())
    base = text.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in base if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    shown = "".join("_" if char in FORBIDDEN_IN_NAMES else char for char in " ".join(shown.split()))
    stem, dot, extension = shown.strip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem = stem.strip(" .") or "document"
    if stem.split(".")[0].strip().lower() in RESERVED:
        stem = f"_{stem}"
    extension = extension[:10]
    room = NAME_BYTES - len(extension.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore")
    return f"{stem}.{extension}" if extension else stem


def recognise(upload: UploadedFile, name: str) -> str:
    """The content type of an allowed file.

    name: as cleaned. Raises ValidationError {"file": …} for what is empty, too large, not allowed, or not what its name
    says.
    """
    _check_size(upload)
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    if extension not in ALLOWED:
        allowed = ", ".join(ALLOWED)
        raise _refusal(_("Files of this kind are not accepted. Accepted: %(allowed)s.") % {"allowed": allowed})
    expected, content_type = ALLOWED[extension]
    if _content_of(upload) != expected:
        raise _refusal(_("The content is not that of a .%(extension)s file.") % {"extension": extension})
    return content_type


def digest_of_file(source: IO[bytes] | File) -> str:
    """SHA-256 of the whole content."""
    source.seek(0)
    digest = hashlib.sha256()
    for chunk in _chunks(source):
        digest.update(chunk)
    return digest.hexdigest()


def _check_size(upload: UploadedFile) -> None:
    if not upload.size:
        raise _refusal(_("The file is empty."))
    if upload.size > settings.DOCUMENT_MAX_BYTES:
        sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(settings.DOCUMENT_MAX_BYTES)}
        raise _refusal(_("The file has %(size)s; at most %(limit)s are accepted.") % sizes)


def _content_of(upload: UploadedFile) -> str:
    upload.seek(0)
    head = upload.read(8)
    if head.startswith(ZIP):
        return _inside_zip(upload)
    if head == OLE:
        return _inside_ole(upload)
    return next((kind for signature, kind in SIGNATURES.items() if head.startswith(signature)), "")


def _inside_zip(upload: UploadedFile) -> str:
    """Which container it is, from its list of entries alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise _refusal(_("The file is damaged.")) from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(upload.size or 0, 1):
        raise _refusal(_("The file would grow far too large when opened."))
    names = {entry.filename for entry in entries}
    if any("vbaproject" in name.lower() or "/macrosheets/" in name.lower() for name in names):
        raise _refusal(_("Files with macros are not accepted. Save the document without macros."))
    return next((kind for name, kind in INSIDE_ZIP.items() if name in names), "")


def _inside_ole(upload: UploadedFile) -> str:
    """Which old office format it is, from the names of its streams (UTF-16, in sectors of the directory)."""
    upload.seek(0)
    content = upload.read()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise _refusal(_("Files with macros are not accepted. Save the document without macros."))
    entries = set(_ole_names(content))
    return next((kind for name, kind in INSIDE_OLE.items() if name in entries), "")


def _ole_names(content: bytes) -> Iterator[str]:
    """Names of the directory entries: 128 bytes each, the name first, its length in bytes at 64, its type at 66."""
    for start in range(512, len(content) - 127, 128):
        length = int.from_bytes(content[start + 64 : start + 66], "little")
        if 4 <= length <= 64 and content[start + 66] == 2:
            yield content[start : start + length - 2].decode("utf-16-le", errors="replace")


def _chunks(source: IO[bytes] | File) -> Iterator[bytes]:
    while chunk := source.read(64 * 1024):
        yield chunk


def _refusal(message: str) -> ValidationError:
    return ValidationError({"file": message})
