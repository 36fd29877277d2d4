"""The page that interrupts a submission: what was found, what is asked, and what has been answered so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.forms import BaseFormSet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import interruption_forms as answers
from approvals.adjudication_queries import SEVERITY, describe
from approvals.interruption_forms import About
from approvals.models import Case
from approvals.offers import Offer
from portfolio.models import NegativeRule, System
from projects.models import Finding, Project, Version
from projects.screening_rehearsal import Rehearsal
from projects.states import Reply

INTERRUPTED = frozenset({"submit", "resubmit"})


@dataclass(slots=True)
class Question:
    """One capability and one thing that it meets, with the pairs that say so (none when they cannot be shown again)."""

    about: About
    thing: Any
    findings: list[Finding] = field(default_factory=list)
    form: Any = None

    @property
    def kind(self) -> str:
        """What is met: system, project or rule."""
        return self.about["kind"]

    @property
    def worst(self) -> Finding | None:
        """The pair whose relation and band are shown."""
        return min(self.findings, key=lambda row: SEVERITY.get(row.band, 3), default=None)

    @property
    def shown(self) -> list[Finding]:
        """The closest pair."""
        return self._closest_first()[:1]

    @property
    def more(self) -> list[Finding]:
        """The other pairs."""
        return self._closest_first()[1:]

    def _closest_first(self) -> list[Finding]:
        return sorted(self.findings, key=lambda row: (-row.score, row.matched_code))

    @property
    def money(self) -> Decimal:
        """What the estimate asks for that capability, in 万元."""
        return max((row.money for row in self.findings), default=Decimal(0))


def questions_of(rows: Sequence[Finding]) -> list[Question]:
    """The findings by capability and target, the dearest first. At most three queries."""
    prefetch_related_objects([row.system for row in rows if row.system], "department")
    grouped: dict[tuple, Question] = {}
    for row in describe(list(rows)):
        about = _about(row)
        question = grouped.setdefault(answers.key_of(about), Question(about, _thing_of(row)))
        question.findings.append(row)
        question.about["matched"] = sorted({*question.about["matched"], row.matched_text})
    return sorted(grouped.values(), key=lambda one: (-one.money, one.about["code"], str(one.about["target"])))


def _thing_of(row: Finding) -> Any:
    return row.system or row.other_project or row.rule


def _about(row: Finding) -> About:
    kind = "system" if row.system else "project" if row.other_project else "rule"
    return {
        "code": row.capability_code,
        "wording": row.capability_text,
        "kind": kind,
        "target": row.target_code,
        "matched": [row.matched_text],
        "reusable": bool(row.system and row.system.status != System.Status.RETIRED),
    }


def thing_named(about: About) -> Any:
    """The system, project or rule of a question. Raises ValidationError when it is gone."""
    found: Any
    if about["kind"] == "system":
        found = System.objects.select_related("department").filter(code=about["target"]).first()
    elif about["kind"] == "project":
        found = Project.objects.select_related("department").filter(ref=about["target"]).first()
    else:
        found = NegativeRule.objects.filter(code=about["target"]).first()
    if found is None:
        raise ValidationError(_("%(code)s does not exist any more.") % {"code": about["target"]})
    return found


def stated_in(version: Version | None) -> list[dict[str, Any]]:
    """What was stated with a version, with names for the codes; no query where nothing was, else at most four."""
    rows = version.snapshot.get("statements", {}).get("rows", []) if version else []
    if not rows:
        return []
    wanted = {name: {row[name] for row in rows if row[name]} for name in ("system", "project", "rule", "by")}
    systems = System.objects.in_bulk(wanted["system"], field_name="code")
    titles = dict(Project.objects.filter(ref__in=wanted["project"]).values_list("ref", "title"))
    rules = NegativeRule.objects.in_bulk(wanted["rule"], field_name="code")
    people = User.objects.in_bulk(wanted["by"], field_name="username")
    shown = []
    for row in rows:
        code = row["system"] or row["project"] or row["rule"]
        system, rule = systems.get(row["system"]), rules.get(row["rule"])
        name = system.name if system else rule.label if rule else titles.get(code, code)
        who = people[row["by"]].label if row["by"] in people else row["by"]
        keeps = system.department_keeps if system and row["kind"] == Reply.REUSE else ""
        answer, when = Reply(row["kind"]).label, parse_datetime(row["at"])
        shown.append({**row, "code": code, "name": name, "answer": answer, "who": who, "when": when, "keeps": keeps})
    return shown


def page(
    case: Case, offer: Offer, outlook: Rehearsal, kept: dict[str, Any], typed: BaseFormSet | None = None
) -> dict[str, Any]:
    """What the template shows. kept: expected_version and comment of the step; typed: forms that were not in order."""
    questions = questions_of(outlook.unanswered)
    if typed is not None:
        questions += _left_over(questions, typed)
    abouts = [question.about for question in questions]
    forms = answers.blank(case.pk, abouts) if typed is None else answers.again(case.pk, abouts, typed)
    for question, form in zip(questions, forms, strict=True):
        question.form = form
    return {
        "case": case,
        "step": offer.step,
        "reasons": offer.reasons,
        "questions": questions,
        "forms": forms,
        "parts": list(forms) if typed is not None else [],
        "has_errors": typed is not None,
        "outlook": outlook,
        "kept": {"expected_version": case.seq, **kept},
        "money": sum({question.about["code"]: question.money for question in questions}.values(), Decimal(0)),
        "crumbs": [
            (_("Projects"), reverse("projects:index")),
            (case.ref, reverse("approvals:case", args=[case.ref])),
            (_("Before you submit"), ""),
        ],
    }


def _left_over(questions: Sequence[Question], typed: BaseFormSet) -> list[Question]:
    """What was asked before and is not found now: kept on the page, because somebody has written there."""
    known = {answers.key_of(question.about) for question in questions}
    rest = [form.about for form in typed if form.about and answers.key_of(form.about) not in known]
    return [Question(about, None) for about in rest]
