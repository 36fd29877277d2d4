"""Turns the bytes of a text file into text: UTF-8, UTF-16 or GB18030, and never a guess that reads like rubbish.

Bytes that the encoding cannot read are kept as lone surrogates (PEP 383), so that the row and column they stand in can
be named afterwards; values with such characters are refused one by one (`portfolio.values.text`).
"""

import codecs
import re

from django.utils.translation import gettext as _

from portfolio.imports.report import FileRefused

_BAD = re.compile("[\udc80-\udcff]")
# With more than this share of unreadable bytes the encoding is the wrong one, not the file damaged.
DAMAGE_SHARE = 0.1
COMMON_SHARE = 0.7
# Half of any text about government systems is made of these; Korean or Japanese read as GB18030 has none of them.
_EVERYDAY = frozenset(
    "部门与公业统务理管众企和系本查跨用台监报数人市一据全平发办动服行接信分对资网通单件核政审测等建计工证位领云入线预登记机申的间"
    "电程区案上法评合集提事导息检设保海口开员安联项处级基子库地自供点共实名成化流文定在产能时图运不有中大是为区县局委省"
)
EVERYDAY_SHARE, ENOUGH = 0.1, 20


def decode(data: bytes) -> str:
    """The text of `data` without byte order mark. Raises FileRefused when no accepted encoding fits."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileRefused(_("UTF-32 is not accepted. Save the file as UTF-8."))
    if data.startswith(codecs.BOM_UTF8):
        return _damaged_or(data[len(codecs.BOM_UTF8) :], "utf-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(data, "utf-16")
    if data[:4].count(0) in (1, 2) and len(data) >= 4:  # noqa: PLR2004 - "c\0o\0": UTF-16 whose mark was lost
        return _utf16(data, "utf-16-be" if data[0] == 0 else "utf-16-le")
    if data.isascii():
        return data.decode("ascii")
    return _without_mark(data)


def _utf16(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise FileRefused(_("The file is not valid UTF-16. Save it as UTF-8."), row=line) from None


def _damaged_or(data: bytes, encoding: str) -> str:
    read = data.decode(encoding, "surrogateescape")
    if _bad_share(read) > DAMAGE_SHARE:
        raise FileRefused(_("The file is marked as UTF-8 and is not. Save it as UTF-8 from the original."))
    return read


def _without_mark(data: bytes) -> str:
    """UTF-8 where it fits; GB18030 where that reads like Chinese; the less damaged of the two otherwise."""
    utf8 = data.decode("utf-8", "surrogateescape")
    if not _BAD.search(utf8):
        return utf8
    chinese = data.decode("gb18030", "surrogateescape")
    shares = {utf8: _bad_share(utf8), chinese: _bad_share(chinese)}
    best = min((utf8, chinese), key=shares.__getitem__)
    if shares[best] <= DAMAGE_SHARE and (best == utf8 or common_chinese(best)):
        return best
    raise FileRefused(_("The encoding cannot be recognised: UTF-8, UTF-16 and GB18030 are accepted. Save it as UTF-8."))


def _bad_share(read: str) -> float:
    """Unreadable bytes as a share of the characters that are not plain ASCII."""
    wide = sum(not char.isascii() for char in read)
    return len(_BAD.findall(read)) / wide if wide else 0.0


def common_chinese(read: str) -> bool:
    """Whether it reads like everyday Chinese (GB 2312 level 1): other encodings read as GB18030 do not."""
    wide = [char for char in read if not char.isascii() and not _BAD.match(char)]
    if any("\u3040" <= char <= "\u30ff" for char in wide):  # kana
        return False
    if sum(_is_common(char) for char in wide) < COMMON_SHARE * len(wide):
        return False
    return len(wide) < ENOUGH or sum(char in _EVERYDAY for char in wide) >= EVERYDAY_SHARE * len(wide)


def _is_common(char: str) -> bool:
    try:
        row = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    # Rows 16–55 are the 3,755 everyday characters, rows 1–3 punctuation, numerals and full-width letters.
    return 0xB0 <= row <= 0xD7 or 0xA1 <= row <= 0xA3
