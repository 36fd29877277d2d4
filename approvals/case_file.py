"""The exported case file: project, versions, screenings, decisions - all that a stand-alone verifier needs."""

from approvals.models import Case
from projects.models import ScreeningRun


def export(case: Case) -> dict:
    """The case as plain values; `approvals/verify_case_file.py` checks it without this product."""
    decisions = case.decisions.select_related("actor", "version", "project").order_by("seq")
    return {
        "format": "tongchou-case-file/1",
        "project": {
            "ref": case.ref,
            "title": case.title,
            "department": case.department.code,
            "state": str(case.state),
            "seq": case.seq,
        },
        "versions": [
            {
                "number": version.number,
                "digest": version.digest,
                "submitted_at": version.submitted_at.isoformat(),
                "submitted_by": version.submitted_by.username,
                "snapshot": version.snapshot,
            }
            for version in case.versions.select_related("submitted_by").order_by("number")
        ],
        "screenings": [_screening(run) for run in case.runs.select_related("version", "registry_check").order_by("pk")],
        "decisions": [{**row.as_row(), "previous": row.previous, "digest": row.digest} for row in decisions],
    }


def _screening(run: ScreeningRun) -> dict:
    """What ran and how it ended; the codes of the systems whose change made it necessary, or came after it."""
    check = getattr(run, "registry_check", None)
    return {
        "version": run.version.number,
        "status": run.status,
        "requested_at": run.requested_at.isoformat(),
        "finished_at": run.finished_at and run.finished_at.isoformat(),
        "band": run.band,
        "inventory": run.record.get("fingerprint", ""),
        "because_of": check.because if check else [],
        "changed_since": check.since if check else [],
    }
