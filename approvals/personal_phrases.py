"""Phrases that the product suggests: never put into a field by itself, and none of them is a bare consent."""

from collections.abc import Container

from django.utils.translation import gettext as _


def suggestions(kept: Container[str]) -> list[str]:
    """Suggested phrases that the person does not keep yet, in the language of the page."""
    texts = [
        _("The documents are complete and the form is in order."),
        _("Please supply the basis of the estimate, with quantity and unit price of each item."),
        _("Please say what differs from the existing system, and why it cannot be reused."),
        _("Please add how data are shared: catalogue number, provider, frequency."),
        _("Please attach the classification report and the cryptography plan."),
        _("In line with the annual plan; the amount does not exceed the envelope."),
        _("To be approved under the condition that the items listed are cured before acceptance."),
    ]
    return [text for text in texts if text not in kept]
