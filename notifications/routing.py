"""Which channels hear of which notices: one delivery per channel for an event of a decision, however many are told."""

from collections.abc import Iterable

from accounts.models import Assignment, Department
from notifications.models import Channel, Delivery, Notification
from notifications.names import Event
from projects.models import Project

# Asked and answered in confidence: no group hears of it, whatever its channel asks for.
CONFIDENTIAL = {Event.INVITED, Event.INVITATION_CLOSED, Event.INVITATION_ANSWERED}


def route(notices: Iterable[Notification]) -> int:
    """Write what the channels are to be told of new notices, in their transaction; returns how many rows.

    One query where there are no channels.
    """
    told = [notice for notice in notices if notice.event not in CONFIDENTIAL]
    channels = list(Channel.objects.filter(is_active=True).prefetch_related("units")) if told else []
    if not channels:
        return 0
    roles, paths = _roles(channels, told), _paths(channels, told)
    rows: dict[tuple[int, str], Delivery] = {}
    for channel in channels:
        for notice in told:
            key = key_of(notice)
            if (channel.pk, key) not in rows and _wants(channel, notice, roles, paths):
                rows[channel.pk, key] = Delivery(channel=channel, notice=notice, key=key)
    known = Delivery.objects.filter(key__in={key for _channel, key in rows}).values_list("channel", "key")
    for channel_key in known:
        rows.pop(channel_key, None)
    Delivery.objects.bulk_create(rows.values())
    return len(rows)


def key_of(notice: Notification) -> str:
    """The same for all who hear of one event of one decision about one project."""
    if notice.decision_id is None:
        return f"notice-{notice.pk}"
    return f"{notice.decision_id}-{notice.event}-{notice.project_id}"


def hand_on(overtaken: Iterable[Notification], left: Iterable[Notification]) -> None:
    """Before notices are taken back: a delivery that rests on one goes over to another reader of the same event."""
    others = {key_of(notice): notice for notice in left}
    for delivery in Delivery.objects.filter(notice__in=[notice.pk for notice in overtaken]):
        if delivery.key in others:
            Delivery.objects.filter(pk=delivery.pk).update(notice=others[delivery.key])


def _wants(channel: Channel, notice: Notification, roles: dict[int, set[str]], paths: dict[int, str]) -> bool:
    if channel.events and notice.event not in channel.events:
        return False
    if channel.roles and not roles.get(notice.recipient_id, set()) & set(channel.roles):
        return False
    units = [unit.path for unit in channel.units.all()]
    return not units or paths.get(notice.project_id or 0, "").startswith(tuple(units))


def _roles(channels: list[Channel], notices: list[Notification]) -> dict[int, set[str]]:
    """The roles of those who are told, where a channel asks for them."""
    if not any(channel.roles for channel in channels):
        return {}
    held: dict[int, set[str]] = {}
    people = {notice.recipient_id for notice in notices}
    for user, role in Assignment.objects.filter(user__in=people, is_active=True).values_list("user", "role"):
        held.setdefault(user, set()).add(role)
    return held


def _paths(channels: list[Channel], notices: list[Notification]) -> dict[int, str]:
    """The units of the projects, where a channel asks for them."""
    if not any(channel.units.all() for channel in channels):
        return {}
    rows = Project.objects.filter(pk__in={notice.project_id for notice in notices})
    units = dict(rows.values_list("pk", "department"))
    known = dict(Department.objects.filter(pk__in=set(units.values())).values_list("pk", "path"))
    return {project: known[unit] for project, unit in units.items()}
