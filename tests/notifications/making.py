"""Notices, readers, and mail servers that are slow, picky or dead."""

import os
import threading
import time
from collections.abc import Callable

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Locmem
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from approvals.models import Case
from notifications.models import Notification
from projects.models import Project
from projects.services import create_project


def make_draft(city, ref: str = "P800", title: str = "孕产妇建档") -> Project:
    """A draft of the hospital: something for a notice to be about."""
    return create_project(
        actor=city.applicant, department=city.hospital, round=city.round, title=title, kind="new",
        declared_unclassified=True, ref=ref,
    )  # fmt: skip


def make_notices(recipient: User, project: Project | None, count: int = 1, **more) -> list[Notification]:
    """Notices of no decision, to be mailed if the recipient has an address."""
    more = {"event": "approved", "role": "inform", **more}
    rows = (Notification(recipient=recipient, project=project, **more) for _ in range(count))
    return Notification.objects.bulk_create(rows)


def give_mail(*people: User) -> None:
    """An address for each of them."""
    for person in people:
        person.email = f"{person.username}@yunhai.invalid"
        person.save(update_fields=["email"])


def journal(ref: str) -> list[tuple[str, set[str]]]:
    """What each step of a case told to whom: [(action, {"reader: event", …}), …], steps that told nobody left out."""
    case, found = Case.objects.get(ref=ref), []
    for decision in case.decisions.order_by("seq"):
        told = Notification.objects.filter(decision=decision).select_related("recipient")
        if told:
            found.append((decision.action, {f"{notice.recipient.username}: {notice.event}" for notice in told}))
    return found


def told_last(ref: str) -> set[str]:
    """The last entry of the journal."""
    return journal(ref)[-1][1]


def let_time_pass(seconds: float) -> None:
    """Move every lease and pause back, as the database's clock would."""
    from datetime import timedelta

    Notification.objects.update(available_at=F("available_at") - timedelta(seconds=seconds))


def seconds_until(notice: Notification) -> float:
    """How long the notice is still left alone, by the database's clock."""
    row = Notification.objects.filter(pk=notice.pk).values_list("available_at", Now()).get()
    return (row[0] - row[1]).total_seconds()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; returns their results, raises the first error."""
    gate, results, errors = threading.Barrier(len(calls)), [], []

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            results.append(call())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return results


class SlowServer(Locmem):
    """Takes its time, so that two relays meet."""

    def send_messages(self, messages) -> int:
        """Keep each mail after a pause."""
        time.sleep(0.01)
        return super().send_messages(messages)


class PickyServer(Locmem):
    """Refuses one recipient."""

    def send_messages(self, messages) -> int:
        """Keep each mail but those to the poisoned address."""
        if any("poison" in address for message in messages for address in message.to):
            raise ConnectionRefusedError("550 no such user")
        return super().send_messages(messages)


class HangingServer(Locmem):
    """Never answers: a relay that is caught here can only be killed."""

    def send_messages(self, messages) -> int:
        """Say that the mail has begun, and hang."""
        print("hanging", flush=True)
        time.sleep(600)
        return 0


class FileServer(BaseEmailBackend):
    """Keeps the id of each mail in a file that outlives whoever sent it."""

    def send_messages(self, messages) -> int:
        """One short line for each mail, written at once."""
        with open(os.environ["MAIL_SINK"], "a", encoding="utf-8") as sink:
            for message in messages:
                sink.write(message.extra_headers["Message-ID"] + "\n")
                sink.flush()
        return len(messages)
