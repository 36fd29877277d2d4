"""Freeze what is submitted."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from projects.models import Project, Version
from projects.queries import load_parts
from projects.sections import digest_of, section_hashes, section_snapshot
from standards.queries import edition_in_force


def take_snapshot(project: Project, actor: User, at: datetime, *, is_correction: bool = False) -> Version:
    """Store the next version: the sections as they are now, a hash of each and of the whole, the amount in 万元.

    The version is pinned to the checklist edition in force: what is published later does not move its reviews. A
    corrected version keeps the edition of the submission that it corrects, so that nobody is asked for more than the
    one notice said; what went back to being a draft is filed anew, under the edition then in force.

    project: locked by the caller, in whose transaction this runs. actor, at: who submitted, when. is_correction: the
    applicant answers a correction notice. Returns the version.
    """
    fresh = Project.objects.select_related("department", "round", "predecessor").get(pk=project.pk)
    snapshot = section_snapshot(load_parts(fresh))
    last = fresh.versions.select_related("edition").order_by("-number").first()
    kept = last.edition if last and is_correction else None
    return Version.objects.create(
        project=fresh,
        number=last.number + 1 if last else 1,
        snapshot=snapshot,
        digest=digest_of(snapshot),
        sections=section_hashes(snapshot),
        amount=fresh.total,
        edition=kept or edition_in_force(timezone.localtime(at).date()),
        submitted_by=actor,
        submitted_at=at,
    )
