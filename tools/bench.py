"""`make bench`: the performance figures, each beside a baseline measured in the same run."""

import os
import subprocess
import sys

import environment
import services

PYTHON = str(environment.PYTHON)


def main() -> int:
    """Run each bench; 0 when all ran."""
    environment.ensure(environment.RUN)
    postgresql = services.postgresql()
    print("The door, one process", flush=True)
    statuses = [run({"DATABASE_URL": url}, "tools/bench_door.py") for url in ("", postgresql)[: 2 if postgresql else 1]]
    if not postgresql:
        print("SKIPPED: postgresql (no server lets this user in)")
    print("\nThe matching engine", flush=True)
    statuses.append(run({}, "-m", "duplicates", "bench", *sys.argv[1:]))
    return max(statuses)


def run(settings: dict[str, str], *command: str) -> int:
    """Run one bench with these settings; returns its exit status."""
    return subprocess.run(
        [PYTHON, *command], cwd=environment.ROOT, check=False, env={**os.environ, **settings}
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
