"""`make test`: every test once, the database tests again on PostgreSQL, and a plain word about what was skipped.

Words after `--` (or in ARGS) go to pytest, for instance `make test ARGS="tests/approvals -x"`.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

import environment
import services

RESULTS = environment.ROOT / "var" / "test"
NOTHING_COLLECTED = 5


@dataclass
class Family:
    """One pytest run: which tests, with which settings, and why it cannot run here (empty when it can)."""

    name: str
    marks: str
    settings: dict[str, str] = field(default_factory=dict)
    workers: int = 2
    missing: str = ""


@dataclass
class Tally:
    """What happened so far."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: bool = False
    absent: list[str] = field(default_factory=list)


def main() -> int:
    """Run each family; 0 only when every one that can run here passed."""
    sys.stdout.reconfigure(errors="replace")
    environment.ensure(environment.DEV)
    RESULTS.mkdir(parents=True, exist_ok=True)
    tally, started = Tally(), time.monotonic()
    for family in families():
        if family.missing:
            tally.absent.append(f"SKIPPED: {family.name} ({family.missing})")
        else:
            run(family, tally, sys.argv[1:])
    return report(tally, time.monotonic() - started)


def families() -> list[Family]:
    """The runs, each test in exactly one of them; those marked `postgres` once more on PostgreSQL.

    Slow ones run one at a time and last: they measure seconds or start many processes themselves.
    """
    postgresql, redis, chromium = services.postgresql(), services.redis(), services.chromium()
    common = {"CHROMIUM": chromium, "TEST_REDIS_URL": redis}
    no_postgresql = f"no server that lets us in at {services.address(os.environ.get('TEST_DATABASE_URL', ''), 5432)}"
    no_redis = f"no server at {services.address(os.environ.get('TEST_REDIS_URL', ''), 6379)}"
    on_postgresql = "postgres and not browser" + ("" if redis else " and not redis")
    return [
        Family("sqlite", "not redis and not browser and not slow and not postgres(only=True)", common),
        Family(
            "postgresql", on_postgresql, {**common, "DATABASE_URL": postgresql}, 2, "" if postgresql else no_postgresql
        ),
        Family("redis", "redis", common, 0, "" if redis else no_redis),
        Family("browser", "browser", common, 2, "" if chromium else "no chromium found"),
        Family("slow", "slow and not redis and not browser and not postgres(only=True)", common, 0),
    ]


def run(family: Family, tally: Tally, words: list[str]) -> None:
    """Run one family under pytest and add up what it says."""
    print(f"\n=== {family.name} ===", flush=True)
    result = RESULTS / f"{family.name}.xml"
    result.unlink(missing_ok=True)
    command = [str(environment.PYTHON), "-m", "pytest", "-q", "-m", family.marks, f"--junitxml={result}"]
    command += [f"--numprocesses={family.workers}"] if family.workers else []
    status = subprocess.run(
        command + words, cwd=environment.ROOT, check=False, env=surroundings(family.settings)
    ).returncode
    if status == NOTHING_COLLECTED:
        tally.absent.append(f"SKIPPED: {family.name} (no test of this family was selected)")
    elif status:
        tally.broken = True
    if result.exists():
        add(result, tally)


def surroundings(settings: dict[str, str]) -> dict[str, str]:
    """The environment of a run: ours without the settings of a site, plus those of the family."""
    site = {"PROFILE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "DEMO_PASSWORD"}
    kept = {name: value for name, value in os.environ.items() if name not in site}
    return {**kept, **{name: value for name, value in settings.items() if value}}


def add(result: "os.PathLike[str]", tally: Tally) -> None:
    """Add the counts of one junit file."""
    for suite in ElementTree.parse(result).iter("testsuite"):
        counts = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        wrong = counts["failures"] + counts["errors"]
        tally.failed += wrong
        tally.skipped += counts["skipped"]
        tally.passed += counts["tests"] - wrong - counts["skipped"]


def report(tally: Tally, seconds: float) -> int:
    """Say what was skipped and how it went; the last line is the total."""
    print(f"\nAll families together, {seconds:.0f} s")
    for line in tally.absent:
        print(line)
    failed = tally.failed or (1 if tally.broken else 0)  # a run that broke off counts even if no test could say so
    print(f"{tally.passed} passed, {failed} failed, {tally.skipped} skipped", flush=True)
    return 1 if failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
