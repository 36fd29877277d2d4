"""A worker of its own that can be killed: `python dying_worker.py RUN_ID [comparing|saving FLAG]`, or `resume`."""

import sys
import time
from pathlib import Path

import django


def hang(flag: str):
    """A function that says that it was reached and does not come back."""

    def wait(*_args: object, **_kwargs: object) -> None:
        Path(flag).write_text("here")
        time.sleep(600)

    return wait


def main(words: list[str]) -> None:
    """Screen one run, hanging where asked; or take up what was left behind."""
    django.setup()
    from approvals.screening_services import resume_all, screen_and_advance
    from projects import screening, screening_store

    if words == ["resume"]:
        print(resume_all())
        return
    if words[1:]:
        where, flag = words[1:]
        if where == "comparing":
            screening.peers_of = hang(flag)
        else:  # the run is marked as succeeded and its findings are written, but nothing is committed
            screening_store.mirrors.pushed = hang(flag)
    print(screen_and_advance(int(words[0])))


main(sys.argv[1:])
