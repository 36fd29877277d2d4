"""Finds the departments, taxonomy nodes and domains that a file names by code or by name."""

from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from accounts.models import Department
from portfolio import values
from portfolio.models import CapabilityNode, Domain
from portfolio.values import Unreadable

Names = dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class References:
    """Codes and names → primary keys, loaded once for a file."""

    departments: Names
    nodes: Names
    domains: Names

    @classmethod
    def load(cls) -> Self:
        """Read all three tables: three queries."""
        return cls(_names(Department), _names(CapabilityNode), _names(Domain))

    def department(self, cell: Any) -> int | None:
        """The primary key of a department named by code or name; None for a blank cell."""
        return _find(cell, self.departments, _("There is no such department."))

    def taxonomy(self, cell: Any) -> int | None:
        """The primary key of a taxonomy node named by code or name; None for a blank cell."""
        return _find(cell, self.nodes, _("There is no such node in the capability taxonomy."))

    def domain(self, cell: Any) -> int | None:
        """The primary key of a business domain named by code or name; None for a blank cell."""
        return _find(cell, self.domains, _("There is no such business domain."))


def _names(model: Any) -> Names:
    found: Names = {}
    for pk, *names in model.objects.values_list("pk", "code", "name", "name_en"):
        for name in names:
            if name:
                found.setdefault(name.lower(), set()).add(pk)
        # A list offers "A01 name", and this is what then stands in the cell.
        found.setdefault(f"{names[0]} {names[1]}".lower(), set()).add(pk)
    return found


def _find(cell: Any, names: Names, message: str) -> int | None:
    written = values.text(cell, limit=200)
    if not written:
        return None
    found = names.get(written.lower())
    if not found:
        raise Unreadable(message + values.suggestion(written.lower(), names))
    if len(found) > 1:
        raise Unreadable(_("More than one has this name. Give the code."))
    return next(iter(found))
