"""One line for each row of the workbench: what exactly is asked of this person; constant queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.inbox import Waiting, waiting
from approvals.workbench_texts import WRITERS, Asked
from projects.models import Project

SHOWN = 2  # reasons named in one line; more are counted


@dataclass(frozen=True, slots=True)
class Reason:
    """What is asked of the person, and in whose stead ("" where it is their own)."""

    text: str
    behalf: str = ""
    codes: tuple[str, ...] = ()


def reasons(user: User, projects: Sequence[Project]) -> dict[int, Reason]:
    """What is asked of `user` in each of `projects`, by project key; a project that asks nothing is left out."""
    known = {project.pk: project for project in projects}
    texts: dict[int, list[str]] = {}
    behalf: dict[int, str] = {}
    codes: dict[int, list[str]] = {}
    for row, keys in _matches(user, list(known)):
        found = WRITERS[row.work.code](Asked(user, row.held, [known[key] for key in keys]))
        lent = row.held is not None and row.held.user_id != user.pk
        for key in keys:
            if row.work.code in codes.get(key, ()):  # the same work under two rights is one task
                continue
            codes.setdefault(key, []).append(row.work.code)
            texts.setdefault(key, []).append(found.get(key) or str(row.work.label))
            behalf.setdefault(key, row.held.user.label if lent and row.held else "")
    return {key: Reason(_line(lines), behalf[key], tuple(codes[key])) for key, lines in texts.items()}


def _line(texts: list[str]) -> str:
    more, first = len(texts) - SHOWN, _("; ").join(texts[:SHOWN])
    return first if more <= 0 else _("%(first)s, and %(n)d more") % {"first": first, "n": more}


def _matches(user: User, keys: list[int]) -> list[tuple[Waiting, list[int]]]:
    """Which kinds of work wait in which rows: one query."""
    rows = list(waiting(user))
    if not rows or not keys:
        return []
    flags = {f"w{n}": Case(When(row.cases, then=Value(True)), default=Value(False)) for n, row in enumerate(rows)}
    found = list(Project.objects.filter(pk__in=keys).annotate(**flags).values("pk", *flags))
    order = {key: place for place, key in enumerate(keys)}
    found.sort(key=lambda line: order[line["pk"]])
    matches = [(row, [line["pk"] for line in found if line[f"w{n}"]]) for n, row in enumerate(rows)]
    return [(row, pks) for row, pks in matches if pks]
