"""Cases for lists: put into a state past the guards, because a list asks only where a case is and since when."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from projects import services
from projects.models import Project
from projects.states import State
from tests.approvals.acting import guards_down


def placed(city, ref: str, state: State = State.INTAKE, *, days: int = 0, clerk=None) -> Project:
    """A case that arrived in `state` so many days ago; nothing else of it is filled in."""
    clerk = clerk or city.applicant
    project = services.create_project(
        actor=clerk, department=clerk.department, round=city.round, title=f"项目 {ref}", kind="new",
        declared_unclassified=True, ref=ref,
    )  # fmt: skip
    since = timezone.now() - timedelta(days=days)
    with guards_down() as cursor:
        cursor.execute(
            "UPDATE projects_project SET state = %s, state_since = %s WHERE id = %s", [str(state), since, project.pk]
        )
    return Project.objects.get(pk=project.pk)


def browser_of(user) -> Client:
    """A browser of somebody signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


def desk(user, query: str = "") -> dict:
    """What the workbench of that person holds."""
    return browser_of(user).get(f"/{query}").context


def refs(context) -> list[str]:
    """The cases shown, in their order."""
    return [row["project"].ref for row in context["rows"]]


def row_of(user, ref: str, query: str = "") -> dict:
    """One row of that person's workbench."""
    return next(row for row in desk(user, query)["rows"] if row["project"].ref == ref)
