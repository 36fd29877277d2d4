"""Create an account, first of all the first administrator, with a one-time password that is shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Department
from accounts.roles import ASSIGNABLE, Role
from accounts.services import create_account


class Command(BaseCommand):
    """Also the way out when every administrator has left."""

    help = "Create an account with a random one-time password, printed once and stored nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name, and what the account is for."""
        parser.add_argument("username")
        parser.add_argument(
            "--role", action="append", choices=[role.value for role in ASSIGNABLE], help="default: sysadmin; repeatable"
        )
        parser.add_argument("--unit", help="code of the unit; default: the first one")
        parser.add_argument("--unit-name", help="name of the unit, where it does not exist yet")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--email", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, or say what is wrong and create nothing."""
        roles = [Role(code) for code in options["role"] or [Role.SYSADMIN]]
        try:
            unit = find_unit(options["unit"], options["unit_name"])
            user, password = create_account(
                username=options["username"],
                roles=roles,
                department=unit,
                name=options["name"],
                email=options["email"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        held = ", ".join(f"{role.value}@{unit.code}" for role in roles)
        self.stdout.write(f"Created {user.username} ({held}).")
        self.stdout.write(f"One-time password, to be replaced at the first sign-in: {password}")


def find_unit(code: str | None, name: str | None) -> Department:
    """The unit of that code, made when it is named; without a code the first one. Raises CommandError."""
    if not code:
        unit = Department.objects.filter(parent=None).order_by("pk").first()
        if unit is None:
            raise CommandError("There is no unit yet: give one with --unit CODE --unit-name NAME.")
        return unit
    unit = Department.objects.filter(code=code).first()
    if unit is None:
        if not name:
            raise CommandError(f"There is no unit {code}: create it with --unit-name NAME.")
        unit = Department(code=code, name=name, kind=Department.Kind.MUNICIPAL)
        unit.full_clean()
        unit.save()
    return unit
