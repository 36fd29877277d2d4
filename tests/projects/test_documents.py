"""Files are what their content says, and their names are harmless."""

import contextlib
import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from projects.documents import NAME_BYTES, clean_name, recognise
from tests.projects.making import PDF


def packed(*names, content=b"x"):
    """A ZIP with these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return target.getvalue()


def ole(*streams):
    """A compound file whose directory names these streams."""
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    for stream in ("Root Entry", *streams):
        name = stream.encode("utf-16-le") + b"\0\0"
        kind = 5 if stream == "Root Entry" else 2
        content += (name.ljust(64, b"\0") + struct.pack("<HB", len(name), kind)).ljust(128, b"\0")
    return content.ljust(1536, b"\0")


DOCX = packed("[Content_Types].xml", "word/document.xml")
GOOD = {
    "a.pdf": PDF,
    "a.PDF": PDF,
    "a.ofd": packed("OFD.xml", "Doc_0/Document.xml"),
    "a.docx": DOCX,
    "a.xlsx": packed("[Content_Types].xml", "xl/workbook.xml"),
    "a.doc": ole("WordDocument", "1Table"),
    "a.wps": ole("WordDocument"),
    "a.xls": ole("Workbook"),
    "a.et": ole("Book"),
    "a.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "a.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "a.jpeg": b"\xff\xd8\xff\xe1" + b"\0" * 20,
}
BAD = {
    "exe as pdf": ("a.pdf", b"MZ\x90\0" + b"\0" * 60),
    "html as png": ("a.png", b"<html><script>alert(1)</script>"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
    "svg as png": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "html": ("a.html", b"<html>"),
    "script": ("a.pdf.exe", PDF),
    "no extension": ("htaccess", PDF),
    "hidden": (".htaccess", PDF),
    "pdf late": ("a.pdf", b"\n\nMZ%PDF-1.7"),
    "plain zip": ("a.zip", packed("x.txt")),
    "zip as docx": ("a.docx", packed("x.txt")),
    "xlsx as docx": ("a.docx", GOOD["a.xlsx"]),
    "docx as pdf": ("a.pdf", DOCX),
    "pdf before zip": ("a.docx", b"%PDF-1.7" + DOCX),
    "macro docx": ("a.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    "macro xlsx": ("a.xlsx", packed("xl/workbook.xml", "xl/macrosheets/sheet1.xml")),
    "docm": ("a.docm", packed("word/document.xml", "word/vbaProject.bin")),
    "macro doc": ("a.doc", ole("WordDocument", "_VBA_PROJECT")),
    "macro xls": ("a.xls", ole("Workbook", "_VBA_PROJECT_CUR")),
    "encrypted ooxml": ("a.docx", ole("EncryptedPackage")),
    "other ole": ("a.doc", ole("PowerPoint Document")),
    "xls as doc": ("a.doc", ole("Workbook")),
    "cut zip": ("a.docx", DOCX[:40]),
    "bomb": ("a.docx", packed("word/document.xml", "word/x", content=b"\0" * 1_000_000)),
    "empty": ("a.pdf", b""),
    "cut ole": ("a.doc", ole("WordDocument")[:500]),
}


def sent(name, content):
    """A file with a content type that the browser made up."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize("name", GOOD)
def test_allowed_content_is_recognised(name):
    assert "/" in recognise(sent(name, GOOD[name]), name)


@pytest.mark.parametrize("case", BAD)
def test_disguised_content_is_refused(case):
    name, content = BAD[case]
    with pytest.raises(ValidationError) as refused:
        recognise(sent(name, content), name)
    assert list(refused.value.message_dict) == ["file"]


def test_size_limit_is_exact(settings):
    settings.DOCUMENT_MAX_BYTES = len(PDF)
    assert recognise(sent("a.pdf", PDF), "a.pdf") == "application/pdf"
    with pytest.raises(ValidationError, match="."):
        recognise(sent("a.pdf", PDF + b" "), "a.pdf")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("方案.pdf", "方案.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        (r"C:\Users\li\方案.pdf", "方案.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("fdp.\u202eexe.pdf", "fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.tar.pdf", "_LPT1.tar.pdf"),
        (".htaccess", "htaccess"),
        ("...", "document"),
        ("", "document"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("a  b .pdf ", "a b.pdf"),
    ],
)
def test_name_loses_what_is_dangerous(raw, shown):
    assert clean_name(raw) == shown


def test_long_name_keeps_its_extension():
    name = clean_name("长" * 300 + ".pdf")
    assert name.endswith("长.pdf")
    assert len(name.encode()) <= NAME_BYTES


@given(st.text(max_size=300))
def test_name_is_always_harmless(raw):
    name = clean_name(raw)
    assert 0 < len(name.encode()) <= NAME_BYTES
    assert not set(name) & set('/\\\0\r\n<>:"|?*')
    assert name == name.strip()
    assert not name.startswith(".")


@given(st.binary(max_size=2000), st.sampled_from(["a.pdf", "a.docx", "a.doc", "a.png"]))
def test_any_bytes_are_recognised_or_refused(content, name):
    signature = {"a.docx": b"PK\x03\x04", "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}.get(name, b"")
    with contextlib.suppress(ValidationError):
        assert "/" in recognise(sent(name, signature + content), name)
