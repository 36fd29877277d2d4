"""Operation and maintenance contracts of a system, for the registry's stewards."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from portfolio import queries
from portfolio.contract_forms import ContractForm
from portfolio.contracts import FIELDS, save_contract
from portfolio.models import MaintenanceContract, System

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
def new_contract(request: SignedInRequest, code: str) -> HttpResponse:
    """Register a contract."""
    return _form(request, queries.get_for(request.user, code, "portfolio.edit"), None)


@read_or_write
def edit_contract(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Change a contract."""
    system = queries.get_for(request.user, code, "portfolio.edit")
    return _form(request, system, get_object_or_404(system.contracts, pk=pk))


def _form(request: SignedInRequest, system: System, contract: MaintenanceContract | None) -> HttpResponse:
    form = ContractForm(request.POST or None, instance=contract)
    if request.method == "POST" and form.is_valid() and _save(request, system, form, contract):
        messages.success(request, _("The contract was saved."))
        return redirect("portfolio:system", code=system.code)
    address = reverse("portfolio:system", args=[system.code])
    crumbs = [(_("Existing systems"), reverse("portfolio:index")), (system.name, address), (_("Contract"), "")]
    return render(request, "portfolio/edit_contract.html", {"form": form, "system": system, "crumbs": crumbs})


def _save(request: SignedInRequest, system: System, form: ContractForm, contract: MaintenanceContract | None) -> bool:
    values = {name: form.cleaned_data[name] for name in FIELDS}
    try:
        save_contract(
            actor=request.user, system_id=system.pk, values=values, contract_id=contract.pk if contract else None
        )
    except ValidationError as error:
        form.refuse(error)
    return not form.errors
