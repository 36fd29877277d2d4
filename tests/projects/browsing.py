"""Addresses and posted forms of the pages of a proposal."""

from django.urls import reverse

from projects.models import Project


def at(name, project, *args):
    """The address of a page."""
    return reverse(f"projects:{name}", args=[project.ref, *args])


def post_section(client, project, code, values, **more):
    """Save a section as the page would."""
    data = {"revision": Project.objects.get(pk=project.pk).revision, **values}
    return client.post(at("section", project, code), data, **more)


def formset(prefix, rows, initial=0, **changes):
    """The posted form of a list of rows."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial, **changes}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def body(response):
    """The text of a page."""
    return response.content.decode()


def attach(client, project, upload, kind="plan"):
    """Send a file."""
    return client.post(at("upload", project), {"kind": kind, "file": upload})
