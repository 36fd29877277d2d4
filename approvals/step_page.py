"""The page of one step: its form, its lines, and what happens when it is sent."""

from collections.abc import Mapping

from django.forms import BaseFormSet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import SignedInRequest
from approvals.errors import NotOffered
from approvals.forms import ItemFormSet, StepForm
from approvals.models import Case
from approvals.notice_merging import merged
from approvals.offers import Offer, offer_of
from approvals.services import STEPS, refuse_stale
from approvals.standing import names_of, people_for

ACTIONS = {action for _source, action in STEPS}


def offered(case: Case, actor: User, action: str, posted: Mapping[str, str]) -> Offer:
    """The offer of `action` to `actor` in the present state.

    Raises Http404 for an action that exists nowhere, Stale when what was posted answers an older page (first, so that
    the person learns what happened and keeps the text), NotOffered (with who may) when it is not this person's now.
    """
    if action not in ACTIONS:
        raise Http404(action)
    seen = posted.get("expected_version", "")
    if seen.isdecimal():
        refuse_stale(case, case.seq, int(seen), posted.get("comment", ""))
    step = STEPS.get((case.state, action))
    if step is None or step.is_automatic:
        state = case.get_state_display()
        raise NotOffered([_("This step is not open in the present state “%(state)s”.") % {"state": state}])
    offer = offer_of(case, actor, action)
    if offer is None:
        raise NotOffered([_("This step is for others.")], names_of(people_for(case, step)))
    return offer


class StepPage:
    """Form and lines of one step, bound when they were sent."""

    def __init__(self, request: SignedInRequest, case: Case, offer: Offer) -> None:
        data = request.POST if request.method == "POST" else None
        self.case, self.offer = case, offer
        self.form = StepForm(data, case=case, step=offer.step)
        wants_items = "items" in offer.step.fields
        self.items = ItemFormSet(data, prefix="items") if wants_items else None
        self.wants_more = bool(data and "add_item" in data)

    def is_valid(self) -> bool:
        """Whether form and lines are in order."""
        parts = [self.form.is_valid()]
        if self.items is not None:
            parts.append(self.items.is_valid())
        return all(parts)

    @property
    def entry(self) -> dict:
        """What the door is given."""
        entry = dict(self.form.entry)
        if self.items is not None:
            lines = [form.cleaned_data for form in self.items if form.has_changed()]
            entry["items"] = [line for line in lines if line]
        return entry

    @property
    def lines(self) -> list[dict]:
        """The lines of a notice as they would go out: what was collected with what was typed, merged."""
        return merged([*self.case.collectable_items(), *self.entry.get("items", [])])

    @property
    def kept(self) -> dict:
        """What the preview of a notice carries on."""
        return {name: self.form.cleaned_data[name] for name in ("comment", "expected_version")}

    def context(self) -> dict:
        """What the template shows."""
        if self.wants_more and self.items is not None:
            self.items = _longer(self.items)
        return {
            "case": self.case,
            "offer": self.offer,
            "step": self.offer.step,
            "previews": "lines" in self.offer.step.fields,
            "form": self.form,
            "items": self.items,
            "parts": [self.form, *([self.items] if self.items is not None else [])],
            "collected": self.case.collectable_items() if self.items is not None else [],
        }


def _longer(items: BaseFormSet) -> BaseFormSet:
    """The same lines with one more empty one: "add a line" works without JavaScript."""
    data = items.data.copy()  # type: ignore[attr-defined] # a QueryDict, when it was sent
    data["items-TOTAL_FORMS"] = str(min(int(data.get("items-TOTAL_FORMS") or 0) + 1, 60))
    return ItemFormSet(data, prefix="items")
