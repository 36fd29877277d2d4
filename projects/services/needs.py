"""Decide how needs are met, and start the proposal that answers them."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import User
from planning.models import Need, Round
from planning.need_queries import BUILT
from planning.services.need_errors import NeedRefused
from planning.services.need_pool import Ruling, record_ruling
from portfolio.models import BuildMode, System
from projects.models import Project, TraceRow
from projects.need_queries import live_proposals
from projects.services.drafts import create_project
from projects.signals import need_decided
from projects.states import Kind

Mode = Need.Mode
KINDS = {Mode.UNIFIED: Kind.NEW, Mode.OWN: Kind.NEW, Mode.UPGRADE: Kind.UPGRADE, Mode.SERVICE: Kind.SERVICE}
# Not there yet, or not any more: nothing can be connected to it.
GONE = {System.Status.RETIRED}


@transaction.atomic
def decide_needs(*, actor: User, expected: Mapping[str, int], ruling: Ruling) -> list[Need]:
    """Decide how one or several needs are met; a decision may be changed until a proposal came of it.

    expected: code → revision that the page showed. Returns the needs. Raises PermissionDenied, ValidationError by
    field (reason, mode, lead, target, same_as), NeedRefused naming the proposal, NeedStale. Rules: RQ-11 for the seven
    modes; a retired system is never offered for reuse (design §2, 8).
    """
    policy.require(actor, "needs.decide")
    list(Need.objects.select_for_update().filter(code__in=expected).order_by("pk"))
    if ruling.target:
        _check_target(ruling.target)
    decided = record_ruling(actor=actor, expected=expected, ruling=ruling)
    # Asked after the rows are locked, those merged into them too: nobody can start a proposal in between.
    whole = Need.objects.filter(pk__in=[need.pk for need in decided]) | Need.objects.filter(same_as__in=decided)
    touched = list(whole.distinct().select_related("created_by"))
    _refuse_built(touched)
    for need in touched:
        if need.mode:
            need_decided.send(sender=Need, need=need, actor=actor)
    return decided


@transaction.atomic
def start_proposal(
    *, actor: User, codes: Iterable[str], round: Round, title: str, declared_unclassified: bool
) -> Project:
    """Start the proposal that answers needs of one mode and one lead unit, filled in from what they say.

    It keeps the link (Project.needs) and gets one line of the requirement table per need, those that were merged into
    one of them included. Returns the draft. Raises PermissionDenied, ValidationError by field (see create_project),
    NeedRefused.
    """
    needs = list(Need.objects.select_for_update(of=("self",)).filter(code__in=set(codes)).order_by("pk"))
    needs = _with_merged(needs)
    _startable(actor, needs)
    first = needs[0]
    assert first.lead is not None
    project = create_project(
        actor=actor, department=first.lead, round=round, title=title, kind=KINDS[Mode(first.mode)],
        declared_unclassified=declared_unclassified,
    )  # fmt: skip
    for name, value in _filled_in(needs).items():
        setattr(project, name, value)
    project.save()
    project.needs.set(needs)
    TraceRow.objects.bulk_create(
        TraceRow(project=project, position=number, need=need, need_text=need.title, duty_item=need.duty_item)
        for number, need in enumerate(needs)
    )
    return project


def _with_merged(needs: list[Need]) -> list[Need]:
    """The needs and those that were merged into them, by number, with what is read below."""
    pks = {need.pk for need in needs}
    rows = Need.objects.filter(pk__in=pks) | Need.objects.filter(same_as__in=pks)
    return list(rows.distinct().select_related("department", "lead", "same_as").order_by("code"))


def _startable(actor: User, needs: list[Need]) -> None:
    loose = [need.code for need in needs if need.status != Need.Status.DECIDED or need.mode not in BUILT]
    if not needs or loose:
        text = _("Nothing is to be built for %(needs)s: only a decided need leads to a proposal.")
        raise NeedRefused(text % {"needs": ", ".join(loose) or "–"})
    if any(need.lead_id not in policy.departments_for(actor, "projects.create") for need in needs):
        raise PermissionDenied("projects.create")
    if len({(need.mode, need.lead_id, need.target_system) for need in needs}) > 1:
        raise NeedRefused(_("These needs are met in different ways or by different units: one proposal each."))
    _refuse_built(needs)


def _refuse_built(needs: list[Need]) -> None:
    for pk, project in live_proposals(needs).items():
        code = next(need.code for need in needs if need.pk == pk)
        text = _("Proposal %(ref)s “%(title)s” came of %(need)s already (%(state)s).")
        words = {"ref": project.ref, "title": project.title, "need": code, "state": project.get_state_display()}
        raise NeedRefused(text % words)


def _check_target(code: str) -> None:
    system = System.objects.filter(code=code).first()
    if system is None:
        raise ValidationError({"target": _("There is no system with the code %(code)s.") % {"code": code}})
    if system.status in GONE:
        text = _("“%(name)s” is retired: it can be neither upgraded nor reused.")
        raise ValidationError({"target": text % {"name": system.name}})


def _filled_in(needs: list[Need]) -> dict[str, object]:
    """Facts of the proposal that the needs already state."""
    first = needs[0]
    system = System.objects.filter(code=first.target_system).first() if first.mode == Mode.UPGRADE else None
    return {
        "build_mode": BuildMode.UNIFIED if first.mode == Mode.UNIFIED else BuildMode.DEPARTMENTAL,
        "predecessor": system,
        "background": _joined(needs, "problem", 10000),
        "necessity": _joined(needs, "wanted", 10000),
        "duty_items": "\n".join(_once(need.duty_item for need in needs))[:5000],
        "users_estimate": _joined(needs, "users", 3000),
        "data_needs": "\n".join(_once(need.data_needed for need in needs))[:5000],
    }


def _joined(needs: list[Need], name: str, limit: int) -> str:
    """What each unit wrote, under its name where there are several."""
    if len(needs) == 1:
        return str(getattr(needs[0], name))
    texts = [(need, str(getattr(need, name)).strip()) for need in needs]
    return "\n".join(f"{need.department.name}（{need.code}）：{text}" for need, text in texts if text)[:limit]


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))
