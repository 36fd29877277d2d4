"""Ask what other thresholds or synonyms would change, and put in force what was tried."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from planning.models import PolicyRow
from planning.policy_rows import bands_problems
from planning.queries import policy
from planning.services import change_bands
from portfolio.models import SynonymGroup
from portfolio.queries import synonyms
from portfolio.synonyms import add_group, problems_of, switch_group
from projects.models import Trial
from projects.signals import trial_requested


@transaction.atomic
def try_thresholds(*, actor: User, value: dict[str, float]) -> Trial:
    """Ask what other thresholds would change; nothing is put in force.

    value: the row "bands" as it would be (shares and scores, 0–1). Returns the waiting trial; whoever listens to
    trial_requested carries it out after the commit. Raises PermissionDenied, ValidationError by field.
    """
    require(actor, "policies.edit")
    problems = bands_problems(value)
    if problems:
        raise ValidationError(problems)
    rows = [list(row) for row in synonyms()]
    before = {"thresholds": policy("bands"), "synonyms": rows}
    if before["thresholds"] == value:
        raise ValidationError(_("These are the thresholds in force: nothing would change."))
    after = {"thresholds": value, "synonyms": rows}
    return _requested(actor, Trial(kind=Trial.Kind.THRESHOLDS, before=before, after=after))


@transaction.atomic
def try_group(*, actor: User, kind: str, members: Sequence[str], source: str) -> Trial:
    """Write down a group of words and ask what it would change; it is not in use before it is adopted.

    Returns the waiting trial. Raises PermissionDenied, ValidationError by field (kind, members, source).
    """
    return _switching(actor, add_group(actor=actor, kind=kind, members=members, source=source), on=True)


@transaction.atomic
def try_switch(*, actor: User, group_id: int) -> Trial:
    """Ask what switching a group of the city on or off would change.

    Returns the waiting trial. Raises PermissionDenied, SynonymGroup.DoesNotExist, ValidationError by field.
    """
    require(actor, "policies.edit")
    group = SynonymGroup.objects.get(pk=group_id)
    if not group.is_active:
        problems = problems_of(group.kind, group.members, group.source, besides=group.pk)
        if problems:
            raise ValidationError(problems)
    return _switching(actor, group, on=not group.is_active)


def _switching(actor: User, group: SynonymGroup, *, on: bool) -> Trial:
    bands = policy("bands")
    changed = synonyms(on=[group.pk]) if on else synonyms(off=[group.pk])
    before = {"thresholds": bands, "synonyms": [list(row) for row in synonyms()], "active": not on}
    after = {"thresholds": bands, "synonyms": [list(row) for row in changed], "active": on}
    return _requested(actor, Trial(kind=Trial.Kind.SYNONYMS, group=group, before=before, after=after))


def _requested(actor: User, trial: Trial) -> Trial:
    trial.requested_by = actor
    trial.save()
    transaction.on_commit(lambda: trial_requested.send(sender=Trial, trial_id=trial.pk), robust=True)
    return trial


@transaction.atomic
def adopt_thresholds(*, trial_id: int, actor: User, source: str, note: str, valid_from: date) -> PolicyRow:
    """Put thresholds in force that were tried; runs keep the thresholds they were made with.

    source: the decision or document it rests on. Returns the new policy row. Raises PermissionDenied, ValidationError
    (not tried to the end, adopted before, changed in between, a field that is wrong).
    """
    trial = _adoptable(trial_id, actor, Trial.Kind.THRESHOLDS)
    present = PolicyRow.objects.filter(key="bands").order_by("-valid_from", "-pk").first()
    if present is None or present.value != trial.before["thresholds"]:
        raise ValidationError(_("The thresholds have been changed in between. Try yours again."))
    row = change_bands(
        value=trial.after["thresholds"], source=source, note=note, valid_from=valid_from, actor=actor,
        expected=present.pk,
    )  # fmt: skip
    _adopted(trial, actor)
    return row


@transaction.atomic
def adopt_synonyms(*, trial_id: int, actor: User) -> SynonymGroup:
    """Switch the group of a trial on or off; the next screening of a proposal compares with it.

    Returns the group. Raises PermissionDenied, ValidationError (not tried to the end, adopted before, other groups have
    been switched in between).
    """
    trial = _adoptable(trial_id, actor, Trial.Kind.SYNONYMS)
    if [list(row) for row in synonyms()] != [[kind, tuple(words), source] for kind, words, source in _rows(trial)]:
        raise ValidationError(_("Other synonyms have been switched in between. Try yours again."))
    group = switch_group(actor=actor, group_id=trial.group_id or 0, on=trial.after["active"])
    _adopted(trial, actor)
    return group


def _rows(trial: Trial) -> list[Any]:
    return trial.before["synonyms"]


def _adoptable(trial_id: int, actor: User, kind: str) -> Trial:
    require(actor, "policies.edit")
    trial = Trial.objects.select_for_update().get(pk=trial_id, kind=kind)
    if trial.status != Trial.Status.DONE:
        raise ValidationError(_("Only what has been tried to the end can be put in force."))
    if trial.adopted_at:
        raise ValidationError(_("This trial has been put in force already."))
    return trial


def _adopted(trial: Trial, actor: User) -> None:
    trial.adopted_by, trial.adopted_at = actor, timezone.now()
    trial.save(update_fields=["adopted_by", "adopted_at"])
