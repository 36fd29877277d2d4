"""The columns of a file of systems: their names, what people call them in Chinese, and which do not exist."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports.report import RowError, printable
from portfolio.values import suggestion

SYSTEM = (
    "code",
    "name",
    "aliases",
    "department",
    "status",
    "build_mode",
    "built_on",
    "annual_om_cost",
    "build_cost",
    "users",
    "mlps_level",
    "on_gov_cloud",
    "description",
    "provides",
    "department_keeps",
    "contact_name",
    "contact_phone",
)
CAPABILITIES = "capabilities"
# The same five facts, under their names inside `capabilities` and as columns of a sheet with a row per capability.
CAPABILITY = ("code", "text", "taxonomy", "domain", "object")
FLAT = {
    "capability_code": "code",
    "capability_text": "text",
    "taxonomy": "taxonomy",
    "domain": "domain",
    "object": "object",
}
KNOWN = (*SYSTEM, CAPABILITIES, *FLAT)
REQUIRED = ("code", "name", "department", "status", "build_mode")

HEADINGS = {
    "系统编码": "code",
    "系统编号": "code",
    "系统标识": "code",
    "编码": "code",
    "系统名称": "name",
    "名称": "name",
    "别名": "aliases",
    "曾用名或别名": "aliases",
    "建设单位": "department",
    "主管单位": "department",
    "状态": "status",
    "运行情况": "status",
    "建设方式": "build_mode",
    "建成时间": "built_on",
    "首次建成时间": "built_on",
    "年运维费(万元)": "annual_om_cost",
    "建设费用(万元)": "build_cost",
    "总建设费用(万元)": "build_cost",
    "用户数量": "users",
    "安全保护等级": "mlps_level",
    "是否上政务云": "on_gov_cloud",
    "系统功能描述": "description",
    "提供能力": "provides",
    "部门自行承担内容": "department_keeps",
    "联系人": "contact_name",
    "联系电话": "contact_phone",
    "能力清单": "capabilities",
    "能力编码": "capability_code",
    "能力描述": "capability_text",
    "能力分类": "taxonomy",
    "业务领域": "domain",
    "服务对象": "object",
}


def names_of(heading: Sequence[Any], row: int) -> tuple[list[str], list[RowError]]:
    """The column names of a heading row ("" for a blank cell) and what is wrong with them."""
    names = [_name(cell) for cell in heading]
    errors = [
        RowError(row, name, printable(cell), _unknown(name))
        for name, cell in zip(names, heading, strict=True)
        if name and name not in KNOWN
    ]
    named = [name for name in names if name]
    errors += [
        RowError(row, name, name, _("This column is there twice."))
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    if "code" not in named:
        errors.append(RowError(row, "code", "", _("This column is missing: it says which system a row is about.")))
    if CAPABILITIES in named and set(FLAT) & set(named):
        errors.append(
            RowError(
                row, CAPABILITIES, "", _("Give capabilities as text in one column or as rows of their own, not both.")
            )
        )
    if set(FLAT) & set(named) and "capability_text" not in named:
        errors.append(RowError(row, "capability_text", "", _("This column is missing: capabilities need a text.")))
    return names, errors


def _name(cell: Any) -> str:
    """A heading as one of the known names, whatever its case, width or language."""
    written = unicodedata.normalize("NFKC", str(cell or "")).strip().strip("\ufeff*").strip()
    bare = "".join(written.split())
    return HEADINGS.get(bare) or "_".join(written.lower().replace("-", " ").split())


def _unknown(name: str) -> str:
    return _("There is no such column.") + suggestion(name, (*KNOWN, *HEADINGS))


def unknown_key(name: str, known: Sequence[str]) -> str:
    """The message for a key of a JSON object that no field carries."""
    return _("There is no such field.") + suggestion(name, known)
