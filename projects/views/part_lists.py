"""The structured lists on the page of a section: what each is called and what the unit should know of it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.fact_tables import TITLES
from projects.forms import SectionEdit

# Name of the list → hint, words of the button that adds a row ("" where the rows are fixed), words of an empty list.
WORDS: dict[str, tuple[Promise, Promise | str, Promise | str]] = {
    "partners": (
        _("Only for a joint project: each partner, its part, and the capabilities that it and nobody else builds."),
        _("Add a partner"),
        _("No partner: the unit builds it alone."),
    ),
    "reuse": (
        _("Platforms that must be used where the function occurs; follows from the capabilities as saved."),
        "",
        _("No capability of this proposal touches a component that must be reused."),
    ),
    "data_requests": (
        _("One line for each item. What can be shared is not collected again; another channel needs a reason."),
        _("Add a request"),
        _("No request is listed."),
    ),
    "goals": (
        _("At least one goal that can be checked after completion: from where, to where, by when, measured how."),
        _("Add a goal"),
        "",
    ),
    "fund_scopes": (
        _("Where several sources pay, each says what its money buys; amounts follow from the lines as saved."),
        "",
        _("One source of funds pays for everything, so nothing has to be split."),
    ),
}


def part_lists(changes: SectionEdit) -> list[dict[str, Any]]:
    """What _part_rows.html draws, in the order of the page."""
    found = []
    for name, rows in changes.part_rows.items():
        hint, add, empty = WORDS[name]
        heads = [field.label for field in rows.empty_form.cells]
        fixed = not add
        found.append(
            {"name": name, "title": TITLES[name][1], "hint": hint, "add": add, "empty": empty, "rows": rows}
            | {"heads": heads, "fixed": fixed, "first": TITLES[name][2][0]}
        )
    return found
