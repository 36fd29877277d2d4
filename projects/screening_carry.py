"""Whether an earlier screening still speaks of a new version: only when nothing that it read is different."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone

from duplicates.lexicon import stamp
from planning.queries import policy
from portfolio import queries as portfolio
from portfolio.search_index import current_store
from projects.models import ScreeningRun, Version
from projects.screening_input import limits
from projects.sections import digest_of
from projects.states import TO_CORRECT, RunStatus

# The sections that screening_input.proposal_from reads, and what was stated on duplicates before submitting.
READ = ("overview", "unit", "needs", "solution", "budget")
STATED = "statements"


def changed_sections(old: Version, new: Version) -> list[str]:
    """Codes of what a comparison reads and the two versions say differently."""
    return [code for code in (*READ, STATED) if old.sections.get(code) != new.sections.get(code)]


def why_again(run: ScreeningRun | None, version: Version) -> list[str]:
    """Why `version` has to be compared anew: codes of changed sections, or of what else is different; empty: it stands.

    none: there is no run; failed: it did not succeed; degraded: the encoder took no part; old: the policy row
    screening_max_age (days); rules, registry: compared with other rules or systems; cut: a cut was decided on it.
    Rule: promises 2 and 3; whatever cannot be shown to be the same is compared anew.
    """
    if run is None:
        return ["none"]
    if run.status != RunStatus.SUCCEEDED or run.finished_at is None:
        return ["failed"]
    if changed := changed_sections(run.version, version):
        return changed
    return _circumstances(run)


def words_and_rules() -> dict[str, Any]:
    """What decides a comparison besides texts, systems and thresholds: kept with the run."""
    return {"words": stamp(), "rules": digest_of([repr(rule) for rule in portfolio.negative_rules()])}


def carry(run: ScreeningRun, version: Version) -> ScreeningRun:
    """Let the run speak of `version` too, on the record; the caller has asked why_again and holds the project."""
    entry = {"version": version.number, "from": run.version.number, "at": timezone.now().isoformat()}
    run.record = {**run.record, "carried": [*run.record.get("carried", []), entry]}
    run.carried_to = version
    run.save(update_fields=["record", "carried_to"])
    return run


def _circumstances(run: ScreeningRun) -> list[str]:
    record, ended, found = run.record, run.finished_at, []
    if record.get("degraded"):
        found.append("degraded")
    if ended is None or ended < timezone.now() - timedelta(days=policy("screening_max_age")):
        found.append("old")
    wanted = {**words_and_rules(), "thresholds": asdict(limits())}
    if any(record.get(name) != value for name, value in wanted.items()):
        found.append("rules")
    if record.get("fingerprint") != current_store().fingerprint:
        found.append("registry")
    if run.project.findings.filter(is_current=True, decision__in=TO_CORRECT).exists():
        found.append("cut")
    return found
