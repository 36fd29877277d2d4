"""Operation and maintenance contracts of existing systems: written by the registry's stewards."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from portfolio.models import MaintenanceContract, System

FIELDS = ("number", "vendor", "starts_on", "ends_on", "yearly_amount", "scope")


@transaction.atomic
def save_contract(
    *, actor: User, system_id: int, values: Mapping[str, Any], contract_id: int | None = None
) -> MaintenanceContract:
    """Write a new contract of a system, or change one that it has.

    values: every name of FIELDS; yearly_amount in 万元, dates inclusive. Returns the contract. Raises PermissionDenied,
    MaintenanceContract.DoesNotExist, ValidationError by field (a number that is taken, an end before the start).
    """
    require(actor, "portfolio.edit")
    system = System.objects.select_for_update().get(pk=system_id)
    row = MaintenanceContract(system=system)
    if contract_id is not None:
        row = MaintenanceContract.objects.select_for_update().get(pk=contract_id, system=system)
    for name in FIELDS:
        setattr(row, name, values[name])
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the start.")})
    row.full_clean()
    row.save()
    return row
