"""Carries out a trial: the proposals of the last two rounds compared as they are, and as they would be."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from duplicates import NegativeRule, Proposal, System, Thresholds
from duplicates.encoders import USEncoder
from planning.queries import last_rounds
from portfolio import queries as portfolio
from projects import labels
from projects.models import Project, TextVector, Trial, Version
from projects.screening_input import proposal_of
from projects.states import IN_COMPETITION, State
from projects.trial_worker import Round, differences, stake

logger = logging.getLogger(__name__)

ROUNDS = 2  # the current one and the one before
MOST_SHOWN = 300  # differences kept with a trial
LONGEST = 240.0  # seconds of a trial in processes of its own
EVERY = 0.1  # seconds between two looks at how far they are
EMPTY = gettext_noop("The system registry is empty, so nothing can be compared.")
TOO_LONG = gettext_noop("The trial took too long and was stopped.")
Answers = list[dict[str, Any]]
Report = Callable[[int], Any]


class TrialError(Exception):
    """A failure whose text is written for the person who asked; translated when shown."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What both sides of a trial are compared with."""

    systems: list[System]
    rules: list[NegativeRule]
    rounds: list[Round]

    @property
    def size(self) -> int:
        """How many proposals are screened on each side."""
        return sum(len(part.proposals) for part in self.rounds)


def execute(trial_id: int) -> Trial:
    """Carry out a waiting trial; safe to call twice, only one caller works. Every failure ends in its record."""
    claimed = Trial.objects.filter(pk=trial_id, status=Trial.Status.WAITING)
    if claimed.update(status=Trial.Status.RUNNING, started_at=timezone.now()):
        trial = Trial.objects.get(pk=trial_id)
        try:
            facts = {"status": Trial.Status.DONE, "result": _answer(trial)}
        except Exception as error:  # the trial's record is where the error belongs: its page shows it
            logger.exception("trial %s failed", trial_id)
            text = str(error) if isinstance(error, TrialError) else f"{type(error).__name__}: {error}"
            facts = {"status": Trial.Status.FAILED, "error": text[:2000]}
        Trial.objects.filter(pk=trial_id).update(finished_at=timezone.now(), **facts)
    return Trial.objects.get(pk=trial_id)


def thresholds_of(value: dict[str, Any]) -> Thresholds:
    """The engine's limits from a policy value; what it does not say stays as the engine was fitted."""
    known = {field.name for field in fields(Thresholds)}
    return Thresholds(**{name: float(number) for name, number in value.items() if name in known})


def _answer(trial: Trial) -> dict[str, Any]:
    bench = _bench()
    if not bench.systems:
        raise TrialError(EMPTY)
    rows = Trial.objects.filter(pk=trial.pk)
    rows.update(total=2 * bench.size)
    before, after = _compared(trial, bench, lambda done: rows.update(done=done))
    return {**summary(before, after), "systems": len(bench.systems)}


def summary(before: Answers, after: Answers) -> dict[str, Any]:
    """What a trial's page shows: per proposal both bands and sums in 万元, the differences, the totals."""
    pairs = list(zip(before, after, strict=True))
    changes = [row for old, new in pairs for row in differences(old, new)]
    return {
        "proposals": [
            {
                "proposal": old["proposal"], "before": old["band"], "after": new["band"],
                "stake_before": f"{stake(old):.2f}", "stake_after": f"{stake(new):.2f}",
                "changes": len(differences(old, new)),
            }
            for old, new in pairs
        ],
        "changes": sorted(changes, key=lambda row: (row["proposal"], row["capability"], row["target"]))[:MOST_SHOWN],
        "kinds": {kind: sum(row["kind"] == kind for row in changes) for kind in ("appears", "disappears", "changes")},
        "findings": [sum(len(side["findings"]) for side in answers) for answers in (before, after)],
    }  # fmt: skip


# --- what is compared -----------------------------------------------------------------------------------------------


def _bench() -> Bench:
    return Bench(portfolio.inventory(), portfolio.negative_rules(), _rounds())


def _rounds() -> list[Round]:
    """What was submitted in the newest rounds, each proposal in its newest version. Two queries."""
    chosen = last_rounds(ROUNDS)
    newest = Version.objects.filter(project=OuterRef("project")).order_by("-number").values("pk")[:1]
    versions = Version.objects.filter(pk=Subquery(newest), project__round__in=chosen)
    versions = versions.exclude(project__state=State.WITHDRAWN).select_related("project__department")
    found: dict[int, list[tuple[Project, Proposal]]] = {part.pk: [] for part in chosen}
    for version in versions.order_by("project__ref"):
        found[version.project.round_id].append((version.project, proposal_of(version)))
    return [
        Round(
            tuple(proposal for _project, proposal in rows),
            tuple(proposal for project, proposal in rows if project.state in IN_COMPETITION),
        )
        for rows in found.values()
        if rows
    ]


# --- in two processes of their own, side by side: what belongs to a process is never changed in this one --------------


def _compared(trial: Trial, bench: Bench, report: Report) -> tuple[Answers, Answers]:
    with TemporaryDirectory(prefix="trial-") as name, ExitStack() as stack:
        folders = [Path(name, side) for side in ("before", "after")]
        for folder, setting in zip(folders, (trial.before, trial.after), strict=True):
            _ask(folder, bench, setting)
        workers = [stack.enter_context(_started(folder)) for folder in folders]
        _wait(workers, folders, report)
        sides = [_answers(folder) for folder in folders]
    return sides[0], sides[1]


def _ask(folder: Path, bench: Bench, setting: dict[str, Any]) -> None:
    proposals = {item.code: item for part in bench.rounds for item in part.proposals}
    labels.write(
        {
            "systems": [labels.system_row(item) for item in bench.systems],
            "proposals": [labels.proposal_row(item) for item in proposals.values()],
        },
        folder,
    )
    question = {
        "synonyms": setting["synonyms"],
        "rounds": [{name: [item.code for item in getattr(part, name)] for name in ("proposals", "peers")}
                   for part in bench.rounds],
        "rules": [asdict(rule) for rule in bench.rules],
        "thresholds": asdict(thresholds_of(setting["thresholds"])),
        "encoder": settings.ENCODER,
    }  # fmt: skip
    (folder / "question.json").write_text(json.dumps(question, ensure_ascii=False), encoding="utf-8")
    if USEncoder.name == settings.ENCODER:
        _give_vectors(folder)


def _give_vectors(folder: Path) -> None:
    """The stored vectors, so that a process of its own need not compute them again."""
    rows = list(TextVector.objects.filter(encoder=USEncoder.name).values_list("key", "vector"))
    if rows:
        vectors = np.stack([np.frombuffer(bytes(vector), dtype=np.float16) for _key, vector in rows])
        np.savez(folder / "vectors.npz", keys=np.array([key for key, _vector in rows]), vectors=vectors)


def _started(folder: Path) -> subprocess.Popen:
    with (folder / "answers.jsonl").open("wb") as answers, (folder / "errors.txt").open("wb") as errors:
        return subprocess.Popen(  # noqa: S603 - this program, a folder of its own
            [sys.executable, "-m", "projects.trial_worker", str(folder)],
            cwd=settings.BASE_DIR, stdout=answers, stderr=errors, stdin=subprocess.DEVNULL, env={**os.environ},
        )  # fmt: skip


def _wait(workers: list[subprocess.Popen], folders: list[Path], report: Report) -> None:
    until = time.monotonic() + LONGEST
    try:
        while any(worker.poll() is None for worker in workers):
            if time.monotonic() > until:
                raise TrialError(TOO_LONG)
            time.sleep(EVERY)
            report(sum(1 for folder in folders for _line in _lines(folder)))
    finally:
        for worker in workers:
            worker.kill()
    for worker, folder in zip(workers, folders, strict=True):
        if worker.returncode:
            last = (folder / "errors.txt").read_text("utf-8", errors="replace").strip().splitlines()[-1:]
            raise RuntimeError(" ".join(last) or f"exit status {worker.returncode}")


def _lines(folder: Path) -> Iterator[bytes]:
    yield from (folder / "answers.jsonl").read_bytes().splitlines()


def _answers(folder: Path) -> Answers:
    return [json.loads(line) for line in _lines(folder)]
