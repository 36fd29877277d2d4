"""Checks records field by field: every error with row and field, and facts for what is right."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from portfolio import values
from portfolio.imports import words
from portfolio.imports.facts import CapabilityFacts, SystemFacts
from portfolio.imports.references import References
from portfolio.imports.report import RowError, printable
from portfolio.imports.rows import RawCapability, RawFile, RawSystem
from portfolio.models import Capability, System
from portfolio.values import Unreadable

Reader = Callable[[Any], Any]


def _length(model: Any, name: str) -> int:
    return model._meta.get_field(name).max_length


class Checker:
    """Holds what one file is checked against; `errors` grows while systems are checked."""

    def __init__(self, file: RawFile, references: References) -> None:
        self.references = references
        self.errors: list[RowError] = []
        self.codes: dict[str, int] = {}
        self.readers = self._system_readers(file)

    def _system_readers(self, file: RawFile) -> dict[str, tuple[str, Reader]]:
        """File column → (model field, reader)."""
        line = {
            name: partial(values.text, limit=_length(System, name))
            for name in ("name", "contact_name", "contact_phone")
        }
        prose = partial(values.text, limit=values.MAX_PROSE, prose=True)
        day = partial(values.day, epoch=file.epoch, serial=file.serial_dates)
        return {
            **{name: (name, reader) for name, reader in line.items()},
            **{name: (name, prose) for name in ("description", "provides", "department_keeps")},
            "aliases": ("aliases", values.aliases),
            "department": ("department_id", self.references.department),
            "status": ("status", partial(values.choice, words=words.STATUS)),
            "build_mode": ("build_mode", partial(values.choice, words=words.BUILD_MODE)),
            "built_on": ("built_on", day),
            "annual_om_cost": ("annual_om_cost", values.money),
            "build_cost": ("build_cost", values.money),
            "users": ("users", values.whole),
            "mlps_level": ("mlps_level", values.level),
            "on_gov_cloud": ("on_gov_cloud", values.yes_no),
        }

    def system(self, raw: RawSystem) -> SystemFacts | None:
        """The facts of one record; None when its code cannot be read."""
        code = self._read(raw.row, "code", raw.cells.get("code"), partial(values.code, limit=_length(System, "code")))
        if not code:
            if code is not None:
                self._say(raw.row, "code", "", _("A system needs a code."))
            return None
        facts = SystemFacts(code, row=raw.row)
        for name, cell in raw.cells.items():
            if name == "code":
                continue
            field, reader = self.readers[name]
            before = len(self.errors)
            read = self._read(raw.row, name, cell, reader)
            if len(self.errors) == before:
                facts.values[field] = read
            else:
                facts.unread.add(field)
        if raw.capabilities is not None:
            found = [self._capability(one) for one in raw.capabilities]
            facts.capabilities = [one for one in found if one is not None]
        return facts

    def _capability(self, raw: RawCapability) -> CapabilityFacts | None:
        before = len(self.errors)
        readers: dict[str, Reader] = {
            "code": partial(values.code, limit=_length(Capability, "code")),
            "text": partial(values.text, limit=_length(Capability, "text")),
            "taxonomy": self.references.taxonomy,
            "domain": self.references.domain,
            "object": partial(values.choice, words=words.OBJECT),
        }
        read = {
            name: self._read(raw.row, raw.field(name), raw.cells.get(name), reader) for name, reader in readers.items()
        }
        if read["text"] == "":
            self._say(raw.row, raw.field("text"), "", _("A capability needs a text."))
        self._once(raw, read["code"])
        if len(self.errors) > before:
            return None
        return CapabilityFacts(
            read["code"], read["text"], read["taxonomy"], read["domain"], read["object"], raw.row, raw.field("code")
        )

    def _once(self, raw: RawCapability, code: str | None) -> None:
        """A capability code stands for one capability in the whole registry."""
        if not code:
            return
        if code in self.codes:
            message = _("This code is there twice (first in row %(row)s).") % {"row": self.codes[code]}
            self._say(raw.row, raw.field("code"), code, message)
        self.codes.setdefault(code, raw.row)

    def _read(self, row: int, name: str, cell: Any, reader: Reader) -> Any:
        try:
            return reader(cell)
        except Unreadable as error:
            self._say(row, name, cell, str(error))
            return None

    def _say(self, row: int, name: str, cell: Any, message: str) -> None:
        self.errors.append(RowError(row, name, printable(cell), message))
