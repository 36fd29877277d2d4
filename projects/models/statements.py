"""What a unit says, before it submits, about an existing thing that one of its capabilities meets."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import Project
from projects.states import Reply

STATED = (Reply.EXPLAIN, Reply.REUSE)  # the third answer, to take the capability out, is an edit and not a statement


class DuplicateStatement(models.Model):
    """One answer: about a capability in these words, and a system, project or rule in those.

    It is never changed: who thinks again states again, and the newest one counts. Once the capability is worded
    otherwise it says nothing any more.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="statements")
    capability_code = models.CharField(_("code"), max_length=30)
    capability_text = models.CharField(_("capability"), max_length=500)
    system = models.ForeignKey(
        "portfolio.System", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("system")
    )
    other_project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("other project")
    )
    rule = models.ForeignKey("portfolio.NegativeRule", models.PROTECT, null=True, blank=True, related_name="+")
    # Texts of what was met, as they were shown; a new wording of it is a new question.
    matched = models.JSONField(default=list)
    kind = models.CharField(_("answer"), max_length=10, choices=Reply.choices)
    text = models.TextField(_("statement of difference"), blank=True, max_length=3000)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["project", "-pk"]
        verbose_name = _("statement on a duplicate")
        verbose_name_plural = _("statements on duplicates")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=STATED), name="statement_kind"),
            models.CheckConstraint(
                condition=Q(system__isnull=False, other_project=None, rule=None)
                | Q(system=None, other_project__isnull=False, rule=None)
                | Q(system=None, other_project=None, rule__isnull=False),
                name="statement_one_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.capability_code} {self.kind} {self.target_code}"

    @property
    def target(self) -> Any:
        """The system, project or rule it is about."""
        return self.system or self.other_project or self.rule

    @property
    def target_code(self) -> str:
        """Its code."""
        return str(getattr(self.target, "code", None) or getattr(self.target, "ref", ""))

    @property
    def question(self) -> tuple:
        """What it answers, whatever the wording of the thing that is met."""
        return self.capability_text, self.system_id, self.other_project_id, self.rule_id
