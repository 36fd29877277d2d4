"""Change departments, accounts, roles, languages and sign-in locks."""

import json
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axes.utils import reset
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SYSTEM_USERNAME, Assignment, Department, EditRecord, User
from accounts.roles import ADMINISTRATORS, Role

YUNHAI = Path(__file__).parent / "data" / "yunhai"
log = logging.getLogger(__name__)


class DemoRefused(ImproperlyConfigured):
    """Demo accounts have a published password: they never exist where DEBUG is off."""


@transaction.atomic
def load_departments(path: Path = YUNHAI / "departments.jsonl") -> int:
    """Create the departments of a file that do not exist yet; those that do are left as they are.

    path: JSON Lines with code, name, name_en, kind, parent (a code or null), in any order.
    Returns how many were created. Raises ValidationError for a row that cannot be stored, KeyError for an unknown
    parent.
    """
    known = {department.code: department for department in Department.objects.all()}
    before = len(known)
    rows = {row["code"]: row for row in _rows(path)}

    def place(code: str) -> Department:
        if code not in known:
            row = dict(rows[code])
            row["parent"] = place(row["parent"]) if row["parent"] else None
            known[code] = Department(**row)
            known[code].full_clean(validate_unique=False)
            known[code].save()
        return known[code]

    for code in rows:
        place(code)
    return len(known) - before


@transaction.atomic
def load_people(password: str, path: Path = YUNHAI / "people.jsonl") -> int:
    """Create the demo accounts that do not exist yet, all with one password; those that do are left as they are.

    password: the published demo password. path: JSON Lines with username, name, name_en, phone, department and roles
    (held for that department). Returns how many were created. Raises DemoRefused when DEBUG is off or the password is
    empty (design §8).
    """
    if not settings.DEMO or not password:
        raise DemoRefused("Demo accounts are refused: DEBUG is off or there is no DEMO_PASSWORD.")
    taken = set(User.objects.values_list("username", flat=True))
    rows = [row for row in _rows(path) if row["username"] not in taken]
    units = {department.code: department for department in Department.objects.all()}
    # One hash for all: Argon2 takes a tenth of a second each, and the password is public anyway.
    encoded = make_password(password) if rows else ""
    people = [_demo_person(row, units[row["department"]], encoded) for row in rows]
    User.objects.bulk_create(people)
    Assignment.objects.bulk_create(
        Assignment(user=person, role=Role(role), department=person.department)
        for person, row in zip(people, rows, strict=True)
        for role in row["roles"]
    )
    return len(rows)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _demo_person(row: dict[str, Any], unit: Department, encoded: str) -> User:
    return User(
        username=row["username"],
        password=encoded,
        name=row["name"],
        name_en=row["name_en"],
        phone=row["phone"],
        email=f"{row['username']}@yunhai.invalid",
        department=unit,
    )


def system_user() -> User:
    """The account in whose name the system acts; created on first use, and nobody can ever sign in as it."""
    user, _created = User.objects.get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "系统", "name_en": "System", "password": make_password(None)},
    )
    return user


@transaction.atomic
def create_account(
    *, username: str, roles: list[Role], department: Department, name: str = "", email: str = ""
) -> tuple[User, str]:
    """Create an account with a random one-time password, to be replaced at the first sign-in.

    username: stored in lower case. roles: held for `department`. name, email: optional.
    Returns the user and the password, which is stored nowhere. Raises ValidationError for a name that is taken or
    malformed and for roles that one person may not hold together.
    """
    password = secrets.token_urlsafe(15)
    user = User(
        username=User.normalize_username(username),
        name=name,
        email=email,
        department=department,
        must_change_password=True,
    )
    user.set_password(password)
    user.full_clean()
    user.save()
    for role in roles:
        grant(user, role, department)
    log.info("account %s created with the roles %s", user.username, ", ".join(roles))
    return user, password


@transaction.atomic
def grant(user: User, role: Role, department: Department) -> Assignment:
    """Give `user` a role for a department, or put a withdrawn one back in force.

    Returns the assignment. Raises ValidationError where an administrator would hold a second role: system, security and
    audit administrator are three persons and hold no business role (GB/T 22239-2019, 8.1.5; 三员分立).
    """
    held = set(user.assignments.filter(is_active=True).values_list("role", flat=True)) | {role}
    if len(held) > 1 and held & ADMINISTRATORS:
        raise ValidationError(_("An administrator or auditor holds that role alone."), code="separation")
    assignment, _created = Assignment.objects.update_or_create(
        user=user, role=role, department=department, defaults={"is_active": True}
    )
    user.__dict__.pop("mandates", None)
    return assignment


def remember_language(user: User, language: str) -> None:
    """Keep the language a person chose. language: a code of settings.LANGUAGES."""
    User.objects.filter(pk=user.pk).update(language=language)


def save_profile(user: User, *, language: str, phone: str) -> None:
    """Keep what a person may change about themselves. language: a code of settings.LANGUAGES or empty for none."""
    user.language, user.phone = language, phone
    user.save(update_fields=["language", "phone"])


def release_lock(person: User, *, actor: User) -> int:
    """Forget the failed sign-ins of `person`, so that a locked account opens before its time.

    Returns how many records of failures were dropped.
    """
    dropped = reset(username=person.username)
    log.warning("sign-in lock of %s released by %s", person.username, actor.username)
    return dropped


def record_edit(
    *,
    table: str,
    key: str,
    actor: User | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str = "",
) -> EditRecord | None:
    """Keep what a row that rules rest on said before and after; None when nothing changed.

    table: name of the model, such as "planning.PlanItem"; key: its code. before, after: values by field, fit for JSON
    (None: the row was made, or removed). Called in the transaction of the change.
    """
    if before == after:
        return None
    return EditRecord.objects.create(table=table, key=key, actor=actor, before=before, after=after, reason=reason)
