"""The server that the browser visits: a process of its own with part of the demo city, in a folder that is thrown away.

python -m tests.browser.serve FOLDER prints one line of JSON (address, and where the changing keys lead), then serves;
with the word "build" after the folder it only builds the city there.
"""

import json
import os
import sys
from pathlib import Path

CHOSEN = (
    "P09", "P14", "P44", "P39", "P07", "P29", "P36", "P41", "P13", "P12", "P25", "P27",
    "P28", "P02", "P31", "P21", "P32", "P03", "P04", "P05", "P35", "P38", "P40",
)  # fmt: skip
PASSWORD = "tongchou-demo"


def main(folder: Path) -> None:
    """Build the city where there is none yet, say where everything is, serve until the process is ended."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'browser.sqlite3'}",
        "MEDIA_ROOT": str(folder / "documents"),
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "LOG_LEVEL": "ERROR",
        "DEMO_PASSWORD": PASSWORD,
    }
    import django

    django.setup()
    build()
    if "build" not in sys.argv:
        serve()


def build() -> None:
    """The catalogues of the demo city and the chosen proposals, each walked to its state through the door."""
    from django.core.management import call_command

    from config.demo import city
    from projects.models import Project

    call_command("migrate", verbosity=0)
    if Project.objects.exists():
        return
    read = Path.read_text

    def chosen(path: Path, *args: str, **more: str) -> str:
        text = read(path, *args, **more)
        if path.name != "proposals.jsonl":
            return text
        return "\n".join(line for line in text.splitlines() if json.loads(line)["code"] in CHOSEN)

    Path.read_text = chosen  # type: ignore[method-assign] # the loader reads the whole file; a part of it is enough here
    try:
        city.load(lambda text: None)
        try_thresholds()
    finally:
        Path.read_text = read  # type: ignore[method-assign]


def try_thresholds() -> None:
    """One trial, so that its page has something to show."""
    from accounts.models import User
    from projects.services import trials

    manager = User.objects.get(username="manager")
    trials.try_thresholds(actor=manager, value={"red": 0.5, "amber": 0.2, "mapped": 0.9})


def keys() -> dict[str, str]:
    """Keys that the addresses of the pages need, by what they are for."""
    from accounts.models import Department
    from accounts.policy import holders
    from accounts.roles import Role
    from approvals.models import Case, Obligation
    from portfolio.models import Capability
    from projects.models import Finding, Project, SystemOverlap, Trial
    from standards.models import ChecklistEdition, ChecklistItem

    found = {
        f"clerk_{ref}": f"clerk_{unit.lower()}" for ref, unit in Project.objects.values_list("ref", "department__code")
    }
    for ref in ("P12", "P25", "P13", "P31", "P21"):
        for review in Case.objects.get(ref=ref).all_reviews:
            found[f"{review.kind}_{ref}"] = str(review.pk)
    seat = Case.objects.get(ref="P21").review_of("standards").seats.get(holder__username="standards2")
    found["seat_P21"] = str(seat.pk)
    for review in Case.objects.get(ref="P35").all_reviews:
        if review.kind == "expert":
            found["expert_P35"], found["expert"] = str(review.pk), review.reviewer.username
    for ref in ("P03", "P04", "P25"):
        finding = Finding.objects.filter(project__ref=ref, is_current=True).exclude(relation="related").first()
        found[f"finding_{ref}"] = str(finding.pk) if finding else ""
    amber = Finding.objects.filter(is_current=True, band="amber", decision="", project__state="adjudication").first()
    overlap = SystemOverlap.objects.filter(is_candidate=True).first()
    found["overlap"] = str(overlap.pk) if overlap else ""
    owed = Obligation.objects.filter(closed_at=None).first()
    found["obligation"] = str(owed.pk) if owed else ""
    found["amber"] = str(amber.pk) if amber else ""
    found["document_P44"] = str(Project.objects.get(ref="P44").documents.first().pk)
    found["duplicate"] = Capability.objects.filter(system__department__code="M19").first().text
    found["trial"] = str(Trial.objects.first().pk)
    found["endorser"] = holders(Role.ENDORSER, department_id=Department.objects.get(code="M19").pk)[0].username
    found["item"] = ChecklistItem.objects.first().code
    found["draft_edition"] = str(ChecklistEdition.objects.get(published_at=None).pk)
    return found


def serve() -> None:
    """Answer as in production: our own error pages, not the ones for developers."""
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    settings.DEBUG = False
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    print(json.dumps({"address": f"http://127.0.0.1:{server.server_port}", "keys": keys()}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
