"""What a person keeps for their own use: phrases for opinions, and filters of the lists; nobody else sees either."""

from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import CaseMark, Phrase, SavedFilter
from projects.models import Project

MOST_PHRASES = 40
MOST_FILTERS = 20  # of one person, over all lists
LISTS = ("workbench", "projects")
DROPPED = frozenset({"page", "saved"})  # what does not belong to a filter


def note_opened(*, case: Project, actor: User) -> None:
    """Remember that the person has opened the case, once for each stay in a state: the list shows it as read."""
    marks = CaseMark.objects.filter(project=case.pk, user=actor.pk)
    if marks.filter(opened_at__gte=case.state_since).exists():
        return
    now = timezone.now()
    if not marks.update(opened_at=now):
        CaseMark.objects.get_or_create(project_id=case.pk, user=actor, defaults={"opened_at": now})


@transaction.atomic
def follow(*, case: Project, actor: User, on: bool) -> None:
    """Follow a case that the person may see, or stop; it then stands in their list 我关注的."""
    CaseMark.objects.get_or_create(project_id=case.pk, user=actor)
    CaseMark.objects.filter(project=case.pk, user=actor.pk).update(followed_at=timezone.now() if on else None)


@transaction.atomic
def add_phrase(*, actor: User, text: str) -> Phrase:
    """Keep a phrase at the end of the person's list.

    text: at most 200 characters. Raises ValidationError for one that is empty, there already, or one too many.
    """
    User.objects.select_for_update().get(pk=actor.pk)
    text = text.strip()
    _refuse_phrase(actor, text)
    if actor.phrases.count() >= MOST_PHRASES:
        raise ValidationError(_("You keep %(n)d phrases already: remove one first.") % {"n": MOST_PHRASES})
    last = actor.phrases.aggregate(last=Max("position"))["last"] or 0
    return Phrase.objects.create(user=actor, text=text, position=last + 1)


@transaction.atomic
def change_phrase(*, actor: User, phrase_id: int, text: str) -> None:
    """Reword a phrase of the person's own. Raises as add_phrase; does nothing where it is gone."""
    text = text.strip()
    _refuse_phrase(actor, text, but=phrase_id)
    actor.phrases.filter(pk=phrase_id).update(text=text)


def _refuse_phrase(actor: User, text: str, but: int | None = None) -> None:
    if not text:
        raise ValidationError(_("Write the phrase."))
    if len(text) > 200:
        raise ValidationError(_("A phrase has at most 200 characters."))
    if actor.phrases.exclude(pk=but).filter(text=text).exists():
        raise ValidationError(_("You keep this phrase already."))


@transaction.atomic
def move_phrase(*, actor: User, phrase_id: int, by: int) -> None:
    """Move a phrase up (by −1) or down (by 1) in the person's list; at either end it stays."""
    User.objects.select_for_update().get(pk=actor.pk)
    rows = list(actor.phrases.all())
    place = next((number for number, row in enumerate(rows) if row.pk == phrase_id), None)
    if place is None or not 0 <= place + by < len(rows):
        return
    rows.insert(place + by, rows.pop(place))
    for number, row in enumerate(rows, start=1):
        row.position = number
    Phrase.objects.bulk_update(rows, ["position"])


def remove_phrase(*, actor: User, phrase_id: int) -> None:
    """Remove a phrase of the person's own; one that is gone already is no mistake."""
    actor.phrases.filter(pk=phrase_id).delete()


@transaction.atomic
def save_filter(*, actor: User, page: str, name: str, query: str) -> SavedFilter:
    """Keep the filter of a list under a name; the same name again replaces what it stood for.

    page: one of LISTS. query: the query string of the list, without the page number. Raises ValidationError for an
    unknown list, no name, nothing to keep, or one filter too many.
    """
    User.objects.select_for_update().get(pk=actor.pk)
    name, query = name.strip(), tidy(query)
    if page not in LISTS or not query:
        raise ValidationError(_("Choose a filter first."))
    if not name or len(name) > 40:
        raise ValidationError(_("Give the filter a name of at most 40 characters."))
    if len(query) > 500:
        raise ValidationError(_("This filter is too long to be kept."))
    kept = actor.saved_filters.filter(page=page, name=name)
    if kept.update(query=query):
        return kept.get()
    if actor.saved_filters.count() >= MOST_FILTERS:
        raise ValidationError(_("You keep %(n)d filters already: remove one first.") % {"n": MOST_FILTERS})
    return SavedFilter.objects.create(user=actor, page=page, name=name, query=query)


@transaction.atomic
def rename_filter(*, actor: User, filter_id: int, name: str) -> None:
    """Give a kept filter another name. Raises ValidationError for no name or one that is taken on the same list."""
    name = name.strip()
    row = actor.saved_filters.filter(pk=filter_id).first()
    if row is None:
        return
    if not name or len(name) > 40:
        raise ValidationError(_("Give the filter a name of at most 40 characters."))
    if actor.saved_filters.filter(page=row.page, name=name).exclude(pk=row.pk).exists():
        raise ValidationError(_("You keep a filter of this name already."))
    row.name = name
    row.save(update_fields=["name"])


def remove_filter(*, actor: User, filter_id: int) -> None:
    """Remove a filter of the person's own; one that is gone already is no mistake."""
    actor.saved_filters.filter(pk=filter_id).delete()


def tidy(query: str) -> str:
    """A query string without empty parameters and without the page, in a fixed order: equal filters are equal texts."""
    pairs = [(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in DROPPED]
    return urlencode(sorted(pairs))
