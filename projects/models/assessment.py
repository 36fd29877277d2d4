"""What the applicant says about each checklist item before submission, with the place of the evidence."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import Document, Project


class SelfAssessment(models.Model):
    """One checklist item as the applicant sees it; the item is named by its code, so it outlives an edition."""

    class Claim(models.TextChoices):
        """What the applicant claims."""

        MET = "met", _("Met")
        NOT_MET = "not_met", _("Not met yet")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    project = models.ForeignKey(Project, models.CASCADE, related_name="assessments")
    code = models.CharField(_("item code"), max_length=20)
    claim = models.CharField(_("self-assessment"), max_length=16, choices=Claim.choices, blank=True)
    note = models.CharField(_("explanation"), max_length=1000, blank=True)
    # Evidence: a page of a document, or a field of the form.
    document = models.ForeignKey(
        Document, models.SET_NULL, null=True, blank=True, related_name="assessments", verbose_name=_("document")
    )
    page = models.CharField(_("page"), max_length=20, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["project", "code"]
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="assessed_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.claim}"
