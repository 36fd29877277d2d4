"""Which version of a project a person has looked at: the comparison that is shown first starts there."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from approvals.models import Seen
from projects.models import Project, Version
from projects.queries import current_version


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where a reader's comparison begins. is_own: it is what the reader saw last, else the version before."""

    version: Version
    is_own: bool


def note_seen(project: Project, user: User, version: Version | None = None) -> None:
    """Remember that the user has opened a page with what `version` (the newest) says; once for each version."""
    shown = version or current_version(project)
    if shown is None or Seen.objects.filter(user=user, version=shown).exists():
        return
    row = {"project_id": project.pk, "user": user, "version": shown}
    Seen.objects.get_or_create(**row, defaults={"at": timezone.now()})


def baseline(project: Project, user: User, newest: Version) -> Baseline | None:
    """What to compare the newest version with for this reader: what they saw last before it, else the one before."""
    earlier = Version.objects.filter(project_id=project.pk, number__lt=newest.number).order_by("-number")
    seen = earlier.filter(pk__in=Seen.objects.filter(user=user, project_id=project.pk).values("version")).first()
    if seen is not None:
        return Baseline(seen, True)
    before = earlier.first()
    return Baseline(before, False) if before else None
