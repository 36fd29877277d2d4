"""The exported case file: project, versions, decisions - all that a stand-alone verifier needs."""

from approvals.models import Case


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
        "decisions": [{**row.as_row(), "previous": row.previous, "digest": row.digest} for row in decisions],
    }
