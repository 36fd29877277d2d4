"""Pasted or imported cells as rows of the requirement table or of the function list, checked cell by cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning.queries import policy
from projects.forms.tracing import (
    Choices,
    FunctionForm,
    TraceForm,
    function_choices,
    function_table,
    trace_choices,
    trace_table,
)
from projects.models import FunctionItem, Project
from projects.pasting import Column, Grid, cells_of, grid_of, known

TRACE_COLUMNS = (
    Column("need_text", ("需求", "需求描述", "需求内容", "Need")),
    Column(
        "duty_item",
        ("权责事项或服务事项", "权责事项", "服务事项", "政务服务事项", "Statutory duty or service item", "Duty"),
    ),
    Column("capability", ("能力编号", "能力", "功能", "Capability code", "Capability")),
    Column("criterion", ("验收标准", "验收指标", "验收准则", "Acceptance criterion", "Criterion")),
    Column("need", ("需求编号", "需求池编号", "Need of the pool", "Need number")),
    Column("capability_text", ("能力内容", "能力名称", "Capability text"), computed=True),
    Column("points", ("功能点", "功能点数", "Function points"), computed=True),
    Column("money", ("金额(万元)", "费用(万元)", "金额万元", "费用", "Cost (10,000 CNY)", "Cost"), computed=True),
)
FUNCTION_COLUMNS = (
    Column("capability", ("能力编号", "能力", "Capability code", "Capability")),
    Column("name", ("功能", "功能名称", "功能项", "Function")),
    Column("type", ("类型", "功能类型", "计数项类型", "Type")),
    Column("count", ("数量", "个数", "Count")),
    Column("reuse", ("复用程度", "复用度", "重用程度", "Degree of reuse", "Reuse")),
    Column("points", ("功能点", "功能点数", "Function points"), computed=True),
)
# What the types are called besides their code and their label.
TYPE_WORDS = {
    "内部逻辑文件": "ILF", "外部接口文件": "EIF", "外部输入": "EI", "外部输出": "EO", "外部查询": "EQ",
    "internallogicalfile": "ILF", "externalinterfacefile": "EIF", "externalinput": "EI", "externaloutput": "EO",
    "externalinquiry": "EQ", "externalquery": "EQ",
}  # fmt: skip
NEW_WORDS = frozenset({"新建", "全新", "无", "new", "none"})


Coder = Callable[[dict[str, str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two tables: its columns, its form, what its selects offer, and how a word becomes a code."""

    columns: tuple[Column, ...]
    form: type[TraceForm] | type[FunctionForm]
    choices: Callable[[Project], dict[str, Choices]]
    table: Callable[..., Any]
    coder: Callable[[Project], Coder]


@dataclass(frozen=True, slots=True)
class PastedForm:
    """One pasted row: the number that the person sees in the spreadsheet, and its form with what is wrong."""

    number: int
    form: Any

    @property
    def cells(self) -> list[forms.BoundField]:
        """The cells in the order of the form."""
        return list(self.form)


@dataclass(frozen=True, slots=True)
class Pasted:
    """Everything that was pasted."""

    grid: Grid
    rows: tuple[PastedForm, ...]

    @property
    def is_valid(self) -> bool:
        """Whether there is something and every cell of it can be taken."""
        return bool(self.rows) and not self.errors

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Each error with its row, column and value."""
        found = []
        for row in self.rows:
            for name, texts in row.form.errors.items():
                field = row.form.fields.get(name)
                value = row.form.data.get(row.form.add_prefix(name), "")
                label = str(field.label) if field else ""
                found += [{"row": row.number, "column": label, "value": value, "message": text} for text in texts]
        return found

    def values(self) -> list[dict[str, Any]]:
        """The rows as the service takes them."""
        return [row.form.row() for row in self.rows]


def pasted(kind: Kind, project: Project, text: str) -> Pasted:
    """Read a text as a spreadsheet copies it. Raises projects.pasting.TooLarge."""
    grid, choices, coded = grid_of(cells_of(text), kind.columns), kind.choices(project), kind.coder(project)
    rows = []
    for row in grid.rows:
        data, prefix = coded(row.cells), f"r{row.number}"
        form = kind.form({f"{prefix}-{name}": value for name, value in data.items()}, prefix=prefix, choices=choices)
        _name_stray_need(form, data)
        rows.append(PastedForm(row.number, form))
    return Pasted(grid, tuple(rows))


def _name_stray_need(form: Any, data: Mapping[str, str]) -> None:
    """A need of the pool is named and the proposal came from none: the form has no such field to say it at."""
    if data.get("need") and "need" not in form.fields:
        message = _("“%(value)s” is not a need that the proposal came from.") % {"value": data["need"]}
        form.add_error(None, message)


def _trace_coder(project: Project) -> Coder:
    codes = _capability_words(project)
    return lambda cells: {**cells, "capability": _code(codes, cells.get("capability", ""))}


def _function_coder(project: Project) -> Coder:
    codes, degrees = _capability_words(project), dict.fromkeys(NEW_WORDS, "")
    types = {known(word): code for code, label in FunctionItem.Type.choices for word in (code, str(label))} | TYPE_WORDS
    for option in policy("function_points")["reuse"]:
        degrees |= {known(option[name]): option["code"] for name in ("code", "zh", "en")}

    def coded(cells: dict[str, str]) -> dict[str, str]:
        return {
            **cells,
            "capability": _code(codes, cells.get("capability", "")),
            "type": _code(types, cells.get("type", "")),
            "count": cells.get("count") or "1",
            "reuse": _code(degrees, cells.get("reuse", "")),
        }

    return coded


def _capability_words(project: Project) -> dict[str, str]:
    """What a cell may call a capability: its code, the number in it, its text, or code and text."""
    words: dict[str, str] = {}
    for row in project.capabilities.all():
        for word in (row.code, row.text, row.code + row.text, row.code.rpartition("-")[2]):
            words.setdefault(known(word), row.code)
    return words


def _code(words: Mapping[str, str], given: str) -> str:
    return words.get(known(given), given) if given else ""


KINDS: dict[str, Kind] = {
    "trace": Kind(TRACE_COLUMNS, TraceForm, trace_choices, trace_table, _trace_coder),
    "functions": Kind(FUNCTION_COLUMNS, FunctionForm, function_choices, function_table, _function_coder),
}


def headings(kind: Kind) -> list[str]:
    """The heading of an exported table, in the language of the page; both languages are read back."""
    is_english = get_language() == "en"
    return [next(title for title in column.titles if title.isascii() == is_english) for column in kind.columns]
