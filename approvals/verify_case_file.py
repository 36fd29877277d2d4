"""Stand-alone verifier of an exported case file: standard library only, so that an auditor can run it anywhere.

Usage: python verify_case_file.py FILE.json
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

GENESIS = ""
# Order matters: it is part of what is hashed.
FIELDS = (
    "project", "seq", "action", "source", "target", "actor", "mandate", "comment", "payload", "checks",
    "version", "version_digest", "review", "review_source", "review_target", "taken_at", "algorithm",
)  # fmt: skip
# Hashed only where the row has it: "B for A", which older rows do not know.
STANDS_IN = "on_behalf_of"


def canonical(row: Mapping[str, Any], previous: str) -> bytes:
    """The bytes that are hashed: a JSON array in a fixed order with fixed separators, UTF-8."""
    values = [previous, *(row[field] for field in FIELDS), *([row[STANDS_IN]] if STANDS_IN in row else [])]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def digest(row: Mapping[str, Any], previous: str) -> str:
    """The hash of one row, with the algorithm the row names (sm3 or sha256).

    Raises ValueError when this Python does not offer the algorithm.
    """
    return hashlib.new(row["algorithm"], canonical(row, previous)).hexdigest()


def first_bad_row(rows: Iterable[Mapping[str, Any]]) -> tuple[int, str] | None:
    """(seq, what is wrong) of the first row that does not fit, or None for an intact chain."""
    previous, expected = GENESIS, 1
    for row in rows:
        if row["seq"] != expected:
            return expected, f"row {expected} is missing (found {row['seq']})"
        if row["previous"] != previous:
            return expected, "does not continue from the row before it"
        if digest(row, previous) != row["digest"]:
            return expected, "was changed after it was written"
        previous, expected = row["digest"], expected + 1
    return None


def check(case_file: Mapping[str, Any]) -> str | None:
    """What is wrong with an exported case file, or None."""
    rows, project = case_file["decisions"], case_file["project"]
    bad = first_bad_row(rows)
    if bad:
        return f"decision {bad[0]} {bad[1]}"
    if len(rows) != project["seq"]:
        return f"the project has {project['seq']} decisions, the file holds {len(rows)}"
    if rows and rows[-1]["target"] != project["state"]:
        return "the project's state is not the one its last decision led to"
    if {row["project"] for row in rows} - {project["ref"]}:
        return "the decisions are another project's"
    missing = {row["version"] for row in rows} - {None} - {version["number"] for version in case_file["versions"]}
    if missing:
        return f"version {min(missing)} is missing"
    problems = (bad_version(version, rows) for version in case_file["versions"])
    return next((problem for problem in problems if problem), None)


def bad_version(version: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> str | None:
    """What is wrong with one submitted version, or None: its own hash, and what the chained decisions say of it."""
    text = json.dumps(version["snapshot"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != version["digest"]:
        return f"version {version['number']} was changed after it was submitted"
    decided = [row for row in rows if row["version"] == version["number"]]
    if {row["version_digest"] for row in decided} != {version["digest"]}:
        return f"version {version['number']} is not the one that was decided on"
    if (decided[0]["actor"], decided[0]["taken_at"]) != (version["submitted_by"], version["submitted_at"]):
        return f"version {version['number']} was not submitted by that person at that time"
    return None


def main(arguments: list[str]) -> int:
    """Print a verdict in one line; exit status 0 intact, 1 broken, 2 unreadable."""
    if len(arguments) != 1:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as handle:
            case_file = json.load(handle)
        problem = check(case_file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stdout.write(f"unreadable: {error!r}\n")
        return 2
    verdict = f"BROKEN: {problem}" if problem else f"intact: {len(case_file['decisions'])} decisions"
    sys.stdout.write(f"{verdict}\n")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
