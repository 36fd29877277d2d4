"""Operation and maintenance contracts of the demo city: from the start of this year to the end of the next one."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from portfolio.contracts import save_contract
from portfolio.models import MaintenanceContract, System


def load_contracts(path: Path) -> None:
    """Write those of `path` that are not there yet, in the steward's name."""
    steward, year = User.objects.get(username="steward"), timezone.localdate().year
    months = {"starts_on": date(year, 1, 1), "ends_on": date(year + 1, 12, 31)}
    present = set(MaintenanceContract.objects.values_list("number", flat=True))
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["number"] not in present:
            system = System.objects.get(code=row.pop("system"))
            values = {**row, **months, "yearly_amount": Decimal(row["yearly_amount"])}
            save_contract(actor=steward, system_id=system.pk, values=values)
