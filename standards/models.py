"""Standards and the checklist items that rest on them, each with its source and its validity."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from standards import applicability, wording
from standards.kinds import ACCEPTANCE_SEVERITIES, SECTIONS, ReviewKind, Severity, StandardStatus

_ORDERED = Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))


class Sourced(models.Model):
    """Something with a source, in force between two days, both included; an open end is null."""

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=120, help_text=_("Where this entry comes from, such as S52 or M-hi.")
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a period that ends before it starts."""
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day lies before the first.")})

    @property
    def to_confirm(self) -> bool:
        """Whether (part of) the entry is from memory (marks M-hi, M-med, M-lo) and an official must confirm it."""
        return "M-" in self.source

    def is_valid(self, on: date) -> bool:
        """Whether `on` lies in the period."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


class Standard(Sourced):
    """A standard, law or rule that items cite. Summaries are our own words, never the clause text."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    edition = models.CharField(_("edition"), max_length=20, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=StandardStatus.choices, default=StandardStatus.IN_FORCE
    )
    issuer = models.CharField(_("issuer"), max_length=120, blank=True)
    issuer_en = models.CharField(_("issuer in English"), max_length=160, blank=True)
    link = models.URLField(_("link"), max_length=300, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("English summary"), blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("superseded by")
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        constraints = [
            models.CheckConstraint(condition=_ORDERED, name="standard_period_ordered"),
            models.CheckConstraint(condition=Q(status__in=StandardStatus.values), name="standard_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this standard."""
        return reverse("standards:standard", args=[self.pk])

    def clean(self) -> None:
        """A superseded standard names its successor or its last day, and never itself."""
        super().clean()
        if self.superseded_by_id and self.superseded_by_id == self.pk:
            raise ValidationError({"superseded_by": _("A standard cannot supersede itself.")})
        if self.superseded_by_id and self.status != StandardStatus.SUPERSEDED:
            raise ValidationError({"status": _("A standard with a successor is superseded.")})

    @property
    def title_text(self) -> str:
        """The title in the language of the page."""
        return _in_language(self.title, self.title_en)

    @property
    def issuer_text(self) -> str:
        """The issuer in the language of the page."""
        return _in_language(self.issuer, self.issuer_en)

    @property
    def summary_text(self) -> str:
        """The summary in the language of the page."""
        return _in_language(self.summary, self.summary_en)


class PublishedEdition(Exception):
    """A published edition, or an item of one, was to be changed: reviews rest on it."""


class ChecklistEdition(models.Model):
    """One published state of all checklists; a version that was submitted under it is reviewed by it to the end."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    note = models.TextField(_("what changed"), blank=True, max_length=3000)
    # From this day on submissions are pinned to it; empty while it is a draft.
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-effective_on", "-pk"]
        verbose_name = _("checklist edition")
        verbose_name_plural = _("checklist editions")

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a draft, or publish it; what was published stays as it is."""
        if self.pk and _is_published(self.pk):
            raise PublishedEdition(self.code)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page of this edition."""
        return reverse("standards:edition", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.published_at is None

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return _in_language(self.name, self.name_en)


class ChecklistItem(Sourced):
    """One question of a review, with the evidence it asks for and the condition under which it applies."""

    edition = models.ForeignKey(
        ChecklistEdition, models.PROTECT, related_name="items", verbose_name=_("checklist edition")
    )
    code = models.CharField(_("item code"), max_length=10)
    kind = models.CharField(_("review"), max_length=20, choices=ReviewKind.choices)
    position = models.PositiveSmallIntegerField(_("position"))
    question = models.TextField(_("question"))
    question_en = models.TextField(_("English question"))
    evidence = models.CharField(_("evidence"), max_length=200)
    evidence_en = models.CharField(_("English evidence"), max_length=200)
    severity = models.CharField(_("severity"), max_length=20, choices=Severity.choices)
    acceptance_severity = models.CharField(
        _("severity at acceptance"),
        max_length=20,
        blank=True,
        choices=[(severity.value, severity.label) for severity in ACCEPTANCE_SEVERITIES],
    )
    # Where the rule leaves the severity to a province, a city or a site: what may be set instead.
    severity_note = models.CharField(_("note on the severity"), max_length=200, blank=True)
    severity_note_en = models.CharField(_("English note on the severity"), max_length=200, blank=True)
    applies = models.CharField(_("applies to"), max_length=120)
    applies_en = models.CharField(_("English applies to"), max_length=120)
    condition = models.CharField(
        _("condition"),
        max_length=applicability.MAX_LENGTH,
        blank=True,
        help_text=_("Over the facts of a proposal, such as: mlps_level >= 3 and public_facing. Empty: always."),
    )
    standard = models.ForeignKey(
        Standard, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("standard")
    )
    related = models.ManyToManyField(
        Standard, blank=True, related_name="related_items", verbose_name=_("further standards")
    )
    clause = models.CharField(_("clause"), max_length=120, blank=True)

    is_shipped = False  # only the loader of the shipped library sets it: it puts the shipped wording back

    class Meta:
        ordering = ["kind", "position", "code"]
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="item_once_an_edition"),
            models.CheckConstraint(condition=_ORDERED, name="item_period_ordered"),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="item_kind_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="item_severity_known"),
            models.CheckConstraint(
                condition=~Q(severity=Severity.ACCEPTANCE.value) | ~Q(acceptance_severity=""),
                name="item_acceptance_weighted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.question}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save an item of a draft; of a published edition only the source, which changes no rule, may be confirmed."""
        only = kwargs.get("update_fields")
        if not self.is_shipped and (only is None or set(only) != {"source"}):
            self._refuse_if_published()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page of this item in its own edition."""
        return reverse("standards:edition_item", args=[self.edition_id, self.code])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Take an item out of a draft."""
        self._refuse_if_published()
        return super().delete(*args, **kwargs)

    def _refuse_if_published(self) -> None:
        if _is_published(self.edition_id):
            raise PublishedEdition(self.code)

    def clean(self) -> None:
        """Refuse a condition that cannot be evaluated, an acceptance-time item without a weight, and a code twice."""
        super().clean()
        errors: dict[str, Promise | str] = {}
        try:
            applicability.check(self.condition)
        except applicability.ConditionError as error:
            errors["condition"] = str(error)
        if self.severity == Severity.ACCEPTANCE and not self.acceptance_severity:
            errors["acceptance_severity"] = _("Say how much the item weighs at acceptance.")
        # Also a constraint, but that could not name the field.
        if type(self).objects.filter(edition=self.edition_id, code=self.code).exclude(pk=self.pk).exists():
            errors["code"] = _("The edition has an item with this code.")
        if errors:
            raise ValidationError(errors)

    @property
    def section(self) -> str:
        """The heading the item stands under in its checklist."""
        return str(SECTIONS.get(self.code[:2], self.code[:2]))

    @property
    def citation(self) -> str:
        """What a negative verdict cites unless the reviewer names another clause."""
        return self.clause or (self.standard.number if self.standard else self.code)

    @property
    def at_acceptance(self) -> bool:
        """Whether the item is judged, or judged again, at acceptance."""
        return bool(self.acceptance_severity)

    @property
    def question_text(self) -> str:
        """The question in the language of the page."""
        return _in_language(self.question, self.question_en)

    @property
    def evidence_text(self) -> str:
        """The evidence asked for in the language of the page."""
        return _in_language(self.evidence, self.evidence_en)

    @property
    def condition_text(self) -> str:
        """The condition in the words of the page's language."""
        return wording.in_words(self.condition)

    @property
    def applies_text(self) -> str:
        """To whom the item applies in the language of the page."""
        return _in_language(self.applies, self.applies_en)

    @property
    def severity_note_text(self) -> str:
        """The note on the severity in the language of the page."""
        return _in_language(self.severity_note, self.severity_note_en)


def _is_published(pk: int) -> bool:
    """As stored, whatever the object in hand says."""
    return ChecklistEdition.objects.filter(pk=pk, published_at__isnull=False).exists()


def _in_language(chinese: str, english: str) -> str:
    return english if english and (get_language() or "").startswith("en") else chinese
