"""The city's own synonym groups: add one, switch it on or off. The shipped ones are data of the engine."""

import unicodedata
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from duplicates import lexicon
from duplicates.lexicon import Row
from portfolio.models import SynonymGroup

MOST, LONGEST = 20, 40  # words of a group, characters of a word


def shipped() -> list[Row]:
    """The engine's own groups as (kind, words, source), in the order of its table, without those of the city."""
    return lexicon.rows("\n".join(lexicon.lines("synonyms.tsv")))


def problems_of(kind: str, members: Sequence[str], source: str, *, besides: int | None = None) -> dict[str, str]:
    """What is wrong with a group, by field; empty when it may be added.

    besides: key of a group that is not compared with (itself). Words may widen one group, not join two: that would
    change what others mean.
    """
    problems = {}
    if kind not in SynonymGroup.Kind.values:
        problems["kind"] = _("Choose what the words name.")
    if not source.strip():
        problems["source"] = _("Say where the words come from: a document, a department, current usage.")
    if wrong := _unfit(members):
        problems["members"] = wrong
    elif len(met := _met(members, besides)) > 1:
        problems["members"] = _("These words belong to different groups: %(groups)s.") % {"groups": "; ".join(met)}
    elif met and next(iter(met.values())) >= {word.lower() for word in members}:
        problems["members"] = _("These words already stand in one group: %(group)s.") % {"group": next(iter(met))}
    return problems


def _unfit(members: Sequence[str]) -> str:
    folded = [unicodedata.normalize("NFKC", word).lower() for word in members]
    if len(set(folded)) < 2:
        return _("At least two different words.")
    if len(members) > MOST:
        return _("At most %(n)d words.") % {"n": MOST}
    long = [word for word in members if len(word) > LONGEST]
    if long:
        return _("At most %(n)d characters a word: %(word)s.") % {"n": LONGEST, "word": long[0][:LONGEST]}
    bad = [word for word in members if len(word) < 2 or any(unicodedata.category(char)[0] == "C" for char in word)]
    return _("Not a word that can be compared: “%(word)s”.") % {"word": bad[0]} if bad else ""


def _met(members: Sequence[str], besides: int | None) -> dict[str, set[str]]:
    """The groups that hold any of these words: how they read, and their words."""
    wanted = {word.lower() for word in members}
    own = SynonymGroup.objects.filter(is_active=True).exclude(pk=besides or 0)
    found = {}
    for _kind, words, _source in (*shipped(), *(group.row for group in own)):
        known = {word.lower() for word in words}
        if known & wanted:
            found[" = ".join(words[:4])] = known
    return found


@transaction.atomic
def add_group(*, actor: User, kind: str, members: Sequence[str], source: str) -> SynonymGroup:
    """Write down a group of words; it is not in use before it is switched on (a trial comes first).

    Returns the group. Raises PermissionDenied, ValidationError by field (kind, members, source).
    """
    require(actor, "policies.edit")
    words = list(dict.fromkeys(word.strip() for word in members if word.strip()))
    problems = problems_of(kind, words, source)
    if problems:
        raise ValidationError(problems)
    return SynonymGroup.objects.create(kind=kind, members=words, source=source.strip(), added_by=actor)


@transaction.atomic
def switch_group(*, actor: User, group_id: int, on: bool) -> SynonymGroup:
    """Put a group in use or out of use for every comparison from now on; earlier findings stay as they are.

    Returns the group. Raises PermissionDenied, ValidationError when its words have meanwhile come into other groups.
    """
    require(actor, "policies.edit")
    group = SynonymGroup.objects.select_for_update().get(pk=group_id)
    if group.is_active == on:
        return group
    if on and (problems := problems_of(group.kind, group.members, group.source, besides=group.pk)):
        raise ValidationError(problems)
    group.is_active, group.switched_by, group.switched_at = on, actor, timezone.now()
    group.save(update_fields=["is_active", "switched_by", "switched_at"])
    return group
