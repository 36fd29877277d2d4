"""SeatForm: asks for what one move of a seat needs: whom, where, which outcome, why."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.names import Outcome, Placement
from approvals.seating import AGAINST
from approvals.step import Step

ABOUT = {
    "seat_add": gettext_lazy("Why: what the added signer should look at"),
    "seat_remove": gettext_lazy("Why the signature is not needed"),
    "seat_transfer": gettext_lazy("Why it is handed on"),
    "seat_delegate": gettext_lazy("What is asked"),
    "seat_give_back": gettext_lazy("Your view"),
    "seat_recuse": gettext_lazy("Why you step back"),
}


class SeatForm(forms.Form):
    """The form of one move; fields that its row of the table does not name are dropped. Nothing is pre-selected."""

    person = forms.TypedChoiceField(label=gettext_lazy("Whom"), coerce=int, choices=())
    placement = forms.ChoiceField(label=gettext_lazy("Where"), choices=Placement.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    sheet = forms.CharField(widget=forms.HiddenInput, required=False)
    comment = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, step: Step, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in set(fields) - {"comment"} - set(step.fields):
            del fields[name]
        fields["comment"].required = step.comment
        fields["comment"].label = ABOUT.get(step.action, _("Opinion"))
        if not step.comment and "outcome" not in step.fields:
            del fields["comment"]
        if "person" in fields:
            fields["person"].choices = [("", "—"), *people]
            if not people:
                fields["person"].help_text = _("Nobody else of this role may sit at this review.")

    def clean(self) -> dict:
        """A dissent gives its reason; the door says it again."""
        data = super().clean() or {}
        if data.get("outcome") in AGAINST and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why: the opinion is missing."))
        return data

    @property
    def entry(self) -> dict[str, Any]:
        """What the door is given besides the comment and the seat."""
        given = self.cleaned_data.items()
        return {name: value for name, value in given if name != "comment" and value not in ("", None)}


# What each move means, said above its form.
MEANS = {
    "take": gettext_lazy("You hold this seat from now on."),
    "sign": gettext_lazy("Your signature counts with the others; until the review is concluded you can take it back."),
    "take_back": gettext_lazy("Your signature or your question is taken back; the seat is open again."),
    "add": gettext_lazy("Before: they sign first and your own seat waits. After: they sign once you have signed."),
    "remove": gettext_lazy("The seat no longer counts. Nobody has opened it yet."),
    "transfer": gettext_lazy("The other person holds the seat from now on and decides."),
    "delegate": gettext_lazy("They give a view; then it comes back to you, and you sign."),
    "give_back": gettext_lazy("Your view is shown to the holder of the seat, who signs."),
    "recuse": gettext_lazy("Your seat no longer counts; the others suffice. You do not sit at this review again."),
}
