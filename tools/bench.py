"""`make bench`: the performance figures, each beside a baseline measured in the same run."""

import subprocess
import sys

import environment

PYTHON = str(environment.PYTHON)


def main() -> int:
    """Run each bench; 0 when all ran."""
    environment.ensure(environment.RUN)
    statuses = [
        subprocess.run([PYTHON, *command], cwd=environment.ROOT, check=False).returncode
        for command in (("-m", "duplicates", "bench", *sys.argv[1:]), ("tools/bench_door.py",))
    ]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
