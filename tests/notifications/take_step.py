"""Take one step in a process of its own, as a web process would: arguments REF ACTION USER.

Prints how many seconds the step took, with everything that follows its commit.
"""

import os
import sys
import time

import django


def main(ref: str, action: str, username: str) -> None:
    """Through the door, with the settings of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from accounts.models import User
    from approvals.models import Case
    from approvals.services import perform

    case, actor = Case.objects.get(ref=ref), User.objects.get(username=username)
    started = time.monotonic()
    perform(case_id=case.pk, action=action, actor=actor, comment="同意")
    print(f"{time.monotonic() - started:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
