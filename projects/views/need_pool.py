"""The pool as the office works on it: filter, group, order, decide; and as others may read it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy
from accounts.models import Department
from accounts.requests import SignedInRequest
from planning import need_queries as pool_queries
from planning.models import Need, NeedGroup
from planning.services import need_pool as services
from planning.services.need_errors import NeedRefused
from planning.services.need_pool import Ruling
from projects import need_queries
from projects.forms.needs import DecisionForm, GroupForm, PoolFilter
from projects.services.needs import decide_needs
from projects.views.need_pages import badge_of, crumbs, word_of
from projects.views.need_refusals import answers_need_refusals

PAGE = 50


@require_safe
def pool(request: SignedInRequest) -> HttpResponse:
    """The needs that the person may see, filtered, in their order."""
    policy.require(request.user, "needs.view")
    form = filter_of(request)
    every = pool_queries.pool_for(request.user)
    found = pool_queries.narrow(every, **form.chosen())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "total": every.count(), "chips": form.chips(request.GET)}
    return render(request, "projects/pool.html", {**context, **_offers(request, form, list(page.object_list))})


@require_POST
@answers_need_refusals
def arrange(request: SignedInRequest) -> HttpResponse:
    """The buttons under the pool: put chosen needs into a group or out of it, save the order, go on to decide."""
    policy.require(request.user, "needs.decide")
    back = reverse("needs:pool") + (f"?{request.POST['query']}" if request.POST.get("query") else "")
    codes, action = request.POST.getlist("need"), request.POST.get("action", "")
    if action == "order":
        _order(request)
    elif not codes:
        messages.warning(request, _("Choose at least one need."))
    elif action == "decide":
        return redirect(f"{reverse('needs:decide')}?{urlencode({'need': codes}, doseq=True)}")
    else:
        _put(request, codes, action)
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def decide(request: SignedInRequest) -> HttpResponse:
    """Decide one need, or several at once; those of a whole group with ?group=."""
    policy.require(request.user, "needs.decide")
    needs = _asked(request)
    first = needs[0]
    initial = {"mode": first.mode, "target": first.target_system, "reason": first.reason if len(needs) == 1 else ""}
    initial |= {"lead": first.lead.code if first.lead else "", "same_as": first.same_as.code if first.same_as else ""}
    form = DecisionForm(request.POST or None, needs=needs, initial=initial)
    if request.method == "POST" and form.is_valid() and _decided(request, form, needs):
        return redirect(reverse("needs:pool") + f"?call={first.call.code}")
    context = {"form": form, "needs": _rows(needs), "crumbs": [*crumbs("")[:1], (_("Decide"), "")]}
    return render(request, "projects/decide.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def new_group(request: SignedInRequest, code: str) -> HttpResponse:
    """Make a group in a call."""
    policy.require(request.user, "needs.decide")
    call = pool_queries.call_or_404(code)
    form = GroupForm(request.POST or None, initial={"position": pool_queries.groups(call).count() + 1})
    if request.method == "POST" and form.is_valid():
        services.save_group(actor=request.user, call=call, **form.cleaned_data)
        messages.success(request, _("The group is made. Choose needs in the pool and put them into it."))
        return redirect(reverse("needs:pool") + f"?call={call.code}")
    return render(request, "projects/group.html", {"form": form, "call": call, "crumbs": crumbs(_("New group"))})


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename or move a group, and see what is in it."""
    policy.require(request.user, "needs.decide")
    found = get_object_or_404(NeedGroup.objects.select_related("call"), pk=pk)
    form = GroupForm(request.POST or None, initial={name: getattr(found, name) for name in GroupForm.base_fields})
    if request.method == "POST" and form.is_valid():
        expected = _number(request.POST.get("expected", ""))
        services.save_group(actor=request.user, call=found.call, pk=pk, expected=expected, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(reverse("needs:pool") + f"?call={found.call.code}&group={pk}")
    context = {"form": form, "call": found.call, "group": found, "expected": services.group_revision(pk)}
    context["rows"] = _rows(list(pool_queries.pool_for(request.user).filter(group=found)))
    return render(request, "projects/group.html", {**context, "crumbs": crumbs(found.title)})


@require_POST
@answers_need_refusals
def remove_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Dissolve a group; its needs stay."""
    policy.require(request.user, "needs.decide")
    found = get_object_or_404(NeedGroup, pk=pk)
    services.remove_group(actor=request.user, pk=found.pk)
    messages.success(request, _("The group is dissolved; its needs stay in the pool."))
    return redirect("needs:pool")


def filter_of(request: SignedInRequest) -> PoolFilter:
    """The filter as the address has it."""
    seen = pool_queries.pool_for(request.user).order_by().values("department")
    departments = Department.objects.filter(pk__in=seen)
    return PoolFilter(request.GET, departments=departments, groups=list(pool_queries.groups()))


def _offers(request: SignedInRequest, form: PoolFilter, needs: list[Need]) -> dict[str, Any]:
    """The rows, and what may be done with them; groups of one call, or of all."""
    call = form.chosen().get("call")
    return {
        "rows": _rows(needs),
        "query": request.GET.urlencode(),
        "may_decide": policy.has_permission(request.user, "needs.decide"),
        "call": call,
        "groups": list(pool_queries.groups(call)),
        "crumbs": crumbs(_("Demand pool")),
    }


def _rows(needs: list[Need]) -> list[dict[str, Any]]:
    built = need_queries.states_of(needs)
    return [
        {"need": need, "badge": badge_of(need), "word": word_of(need), "built": built.get(need.pk, [])}
        for need in needs
    ]


def _asked(request: SignedInRequest) -> list[Need]:
    """The needs that the address names, one by one or as a group. Raises Http404."""
    codes = request.GET.getlist("need")
    if group_pk := _number(request.GET.get("group", "")):
        rows = pool_queries.pool_for(request.user).filter(group=group_pk)
        codes += list(rows.values_list("code", flat=True))
    needs = pool_queries.chosen_for(request.user, codes, "needs.decide")
    if len({need.call_id for need in needs}) > 1:
        raise NeedRefused(_("Decide the needs of one call at a time."))
    return needs


def _decided(request: SignedInRequest, form: DecisionForm, needs: list[Need]) -> bool:
    """Decide as typed; False with every error at its field."""
    expected = {need.code: _number(request.POST.get(f"expected-{need.code}", "")) for need in needs}
    ruling = Ruling(**form.cleaned_data)
    try:
        seen = {code: -1 if number is None else number for code, number in expected.items()}
        done = decide_needs(actor=request.user, expected=seen, ruling=ruling)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, text)
        return False
    said = ngettext("%(n)d need is decided.", "%(n)d needs are decided.", len(done)) % {"n": len(done)}
    messages.success(request, said)
    return True


def _order(request: SignedInRequest) -> None:
    shown = {name[4:]: value for name, value in request.POST.items() if name.startswith("was-")}
    typed = {code: (_number(was), _number(request.POST.get(f"position-{code}", ""))) for code, was in shown.items()}
    bad = [code for code in shown if request.POST.get(f"position-{code}", "") and typed[code][1] is None]
    if bad:
        raise NeedRefused(_("The order is a whole number up to 9999: %(needs)s.") % {"needs": ", ".join(bad)})
    changed = services.reorder(actor=request.user, positions=typed)
    messages.success(request, ngettext("%(n)d number saved.", "%(n)d numbers saved.", changed) % {"n": changed})


def _put(request: SignedInRequest, codes: list[str], action: str) -> None:
    group = None
    if action == "group":
        group = NeedGroup.objects.filter(pk=_number(request.POST.get("group", "")) or 0).first()
        if group is None:
            messages.warning(request, _("Choose a group."))
            return
    elif action != "ungroup":
        raise Http404
    moved = services.put_into(actor=request.user, codes=codes, group=group)
    messages.success(request, ngettext("%(n)d need moved.", "%(n)d needs moved.", moved) % {"n": moved})


def _number(typed: Any) -> int | None:
    typed = str(typed).strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else None
