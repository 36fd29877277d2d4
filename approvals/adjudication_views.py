"""Duplicate-build pages: the board, one case side by side, the manager's decision, the applicant's answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policy
from accounts.requests import SignedInRequest
from approvals import adjudication_board as board
from approvals import adjudication_ledgers as ledgers
from approvals import adjudication_queries as queries
from approvals.adjudication import adjudicate_together
from approvals.adjudication_forms import AdjudicationForm, BatchForm, BoardFilter, ReplyForm
from approvals.adjudication_hints import hints_of
from approvals.adjudication_pages import chips, orders, tabs
from approvals.interruption_page import stated_in
from approvals.queries import get_case
from approvals.services import perform
from projects.errors import NotEditable
from projects.services import reply_to_finding

SHOWN = 10  # lines of a ledger on the board
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def duplicates(request: SignedInRequest) -> HttpResponse:
    """The board: headline figures, open findings by money at stake, clusters, heat table, ledgers."""
    rows = board.rows_for(request.user)
    chosen, nodes = BoardFilter(request.GET).chosen(), board.nodes_of(rows)
    found = board.matching(rows, chosen, nodes)
    lists: dict[str, Any] = {"chips": chips(request, chosen, board.facets(found), board.labels_of(rows), nodes)}
    lists |= {"tabs": tabs(request, chosen, rows), "orders": orders(request, chosen), "all_count": len(rows)}
    lists["page"] = board.page_of(found, request.GET.get("page"))
    pictures = {"figures": board.figures(rows), "heat": board.heat(rows, nodes), "clusters": board.clusters(rows)}
    return render(request, "approvals/duplicates.html", {**lists, **pictures, **_ledgers(request)})


def _ledgers(request: SignedInRequest) -> dict[str, Any]:
    cut, exempt = ledgers.cuts(request.user), ledgers.exceptions(request.user)
    return {
        "cuts": cut[:SHOWN],
        "cut_totals": ledgers.totals(cut),
        "exceptions": ledgers.with_expiry(exempt[:SHOWN]),
        "insufficient": ledgers.insufficient(request.user),
        "may_decide": policy.has_permission(request.user, "duplicates.adjudicate"),
        "may_see_quality": policy.has_permission(request.user, "duplicates.quality"),
    }


@require_safe
def cuts(request: SignedInRequest) -> HttpResponse:
    """The cut ledger, whole."""
    lines = ledgers.cuts(request.user)
    page = Paginator(lines, board.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "cut_totals": ledgers.totals(lines), "crumbs": _crumbs((_("Cut ledger"), ""))}
    return render(request, "approvals/cuts.html", context)


@require_safe
def exceptions(request: SignedInRequest) -> HttpResponse:
    """The exception ledger, whole."""
    page = Paginator(ledgers.exceptions(request.user), board.PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = ledgers.with_expiry(page.object_list)
    return render(request, "approvals/exceptions.html", {"page": page, "crumbs": _crumbs((_("Exception ledger"), ""))})


@require_safe
def compare(request: SignedInRequest, ref: str) -> HttpResponse:
    """Everything the screening of one project found, side by side with what exists."""
    case = get_case(request.user, ref)
    run = case.runs.select_related("version").order_by("-pk").first()
    targets = Paginator(queries.targets_of(request.user, case, run), board.PAGE_SIZE)
    context = {
        "case": case,
        "run": run,
        "share": queries.share_of_money(run) if run else None,
        "page": targets.get_page(request.GET.get("page")),
        "related": queries.related_of(case),
        "hints": hints_of(request.user, case),
        "stated": stated_in(run.version if run else case.current_version),
        "crumbs": _case_crumbs(case, (_("Item by item"), "")),
        **queries.offered_on(request.user, case),
    }
    return render(request, "approvals/compare.html", context)


@read_or_write
def adjudicate(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """One finding in full; for the manager, the decision on it."""
    needed = "duplicates.adjudicate" if request.method == "POST" else "projects.view"
    case, finding = queries.finding_for(request.user, ref, pk, needed)
    form = AdjudicationForm(request.POST or None, finding=finding, initial={"expected_version": case.seq})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        perform(
            case_id=case.pk, action="adjudicate", actor=request.user, comment=data["comment"],
            expected_version=data["expected_version"], entry={**form.entry, "findings": [finding.pk]},
        )  # fmt: skip
        messages.success(request, _("Decided: %(code)s.") % {"code": finding.capability_code})
        return redirect("approvals:compare", ref=ref)
    return render(request, "approvals/adjudicate.html", _adjudication(request, case, finding, form))


def _adjudication(request: SignedInRequest, case: Any, finding: Any, form: Any) -> dict[str, Any]:
    return {
        "case": case,
        "finding": finding,
        "form": form,
        "obstacles": queries.obstacles(request.user, case, finding),
        "precedents": queries.precedents(request.user, finding),
        "may_decide": policy.allows(request.user, "duplicates.adjudicate", case),
        "may_answer": queries.may_answer(request.user, case, finding),
        "reply_until": case.reply_until(),
        "crumbs": _case_crumbs(case, _compare_crumb(case), (finding.capability_code or _("Finding"), "")),
    }


@read_or_write
def reply(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """The applicant's answer to one finding, before it is decided."""
    case, finding = queries.finding_for(request.user, ref, pk, "projects.reply")
    form = ReplyForm(request.POST or None, initial={"reply": finding.reply, "reply_text": finding.reply_text})
    if request.method == "POST" and form.is_valid() and _answer(request, finding, form):
        messages.success(request, _("Your answer to %(code)s is recorded.") % {"code": finding.capability_code})
        return redirect("approvals:compare", ref=ref)
    crumbs = _case_crumbs(case, _compare_crumb(case), (_("Answer"), ""))
    context = {"case": case, "finding": finding, "form": form, "reply_until": case.reply_until(), "crumbs": crumbs}
    return render(request, "approvals/reply.html", {**context, "open": queries.may_answer(request.user, case, finding)})


def _answer(request: SignedInRequest, finding: Any, form: ReplyForm) -> bool:
    data = form.cleaned_data
    try:
        reply_to_finding(finding_id=finding.pk, actor=request.user, reply=data["reply"], text=data["reply_text"])
    except ValidationError as error:
        form.add_error(None, error)
    except NotEditable as refusal:
        form.add_error(None, refusal.reason)
    return not form.errors


@read_or_write
def batch(request: SignedInRequest) -> HttpResponse:
    """One decision on several amber findings; each project answers for itself."""
    policy.require(request.user, "duplicates.adjudicate")
    if request.method != "POST":
        return render(request, "approvals/batch.html", _batch(request, BatchForm(offered=board.adjudicable())))
    form = BatchForm(request.POST, offered=board.adjudicable())
    if not form.is_valid():
        return render(request, "approvals/batch.html", _batch(request, form))
    results = adjudicate_together(actor=request.user, **form.step())
    _announce(request, results)
    refused = [result for result in results if not result.taken]
    if not refused:
        return redirect("approvals:duplicates")
    return render(request, "approvals/batch.html", {**_batch(request, form), "refused": refused}, status=409)


def _announce(request: SignedInRequest, results: list) -> None:
    number = sum(len(result.findings) for result in results if result.taken)
    if number:
        messages.success(request, ngettext("%(n)d finding decided.", "%(n)d findings decided.", number) % {"n": number})


def _batch(request: SignedInRequest, form: BatchForm) -> dict[str, Any]:
    named = request.POST if request.method == "POST" else request.GET
    chosen = board.chosen_for_batch(named.getlist("findings"))
    return {"form": form, "chosen": chosen, "money": queries.money_of(chosen), "crumbs": _crumbs((_("Batch"), ""))}


# --- where the page is ----------------------------------------------------------------------------------------------


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Duplicate building"), reverse("approvals:duplicates")), *last]


def _case_crumbs(case: Any, *last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Projects"), reverse("projects:index")), (case.ref, reverse("approvals:case", args=[case.ref])), *last]


def _compare_crumb(case: Any) -> tuple[str, str]:
    return _("Item by item"), reverse("approvals:compare", args=[case.ref])
