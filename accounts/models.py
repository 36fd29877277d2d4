"""Departments as a tree, users, and the roles they hold for departments."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import ASSIGNABLE, NEVER_LENT, Role

SYSTEM_USERNAME = "system"
# Paths are joined with "/" and compared as prefixes, on SQLite without regard to case.
CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]*\Z", _("Use capital letters, digits and hyphens only."))


class Department(models.Model):
    """A unit of the city: municipal, district, subordinate or town."""

    class Kind(models.TextChoices):
        """Place of the unit in the city's structure."""

        MUNICIPAL = "municipal", _("Municipal department")
        DISTRICT = "district", _("District government")
        SUBORDINATE = "subordinate", _("Subordinate unit")
        TOWN = "town", _("Town or subdistrict")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("supervising department")
    )
    # Told when a deadline of the unit has passed.
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("head")
    )
    # Codes from the root down, each followed by "/": a subtree is one prefix.
    path = models.CharField(max_length=200, editable=False, db_index=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path in step with the parent, here and below; a unit never changes code.

        Raises ValidationError for a unit that would supervise itself or lie too deep.
        """
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        if self.parent and f"/{self.code}/" in f"/{self.parent.path}":
            raise ValidationError(_("A unit cannot be below itself."))
        if len(self.path) > 200:
            raise ValidationError(_("There are too many levels above this unit."))
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "path"}
        moved = self.pk is not None and not Department.objects.filter(pk=self.pk, path=self.path).exists()
        super().save(*args, **kwargs)
        for child in self.children.all() if moved else ():
            child.parent = self
            child.save(update_fields=["path"])

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    @property
    def is_first_level(self) -> bool:
        """A first-level budget unit supervises itself (穗政数〔2020〕6号, Art. 4)."""
        return self.parent_id is None


class User(AbstractUser):
    """A person who signs in, or the system account."""

    name = models.CharField(_("name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("department")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    # A password that somebody else has seen opens only the page where it is replaced.
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)

    # Filled by queries.mark_locks for the list of accounts.
    locked_until: datetime | None = None

    class Meta(AbstractUser.Meta):
        ordering = ["username"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name or self.username

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """One account, one spelling: otherwise every spelling would have its own count of failed sign-ins."""
        return super().normalize_username(username).lower()

    @property
    def may_sign_in(self) -> bool:
        """Nobody signs in as the system, nor as a superuser, who would stand outside the permission table."""
        return not self.is_superuser and self.username != SYSTEM_USERNAME

    @cached_property
    def mandates(self) -> tuple["Assignment", ...]:
        """The assignments in force, own ones first, then those held in somebody's stead; loaded once per request."""
        today = timezone.localdate()
        stood_in = Substitution.objects.in_force(today).filter(substitute=self.pk).values("principal")
        until = Substitution.objects.in_force(today).filter(substitute=self.pk, principal=OuterRef("user"))
        lent = Q(user__in=stood_in, user__is_active=True) & ~Q(role__in=[role.value for role in NEVER_LENT])
        rows = Assignment.objects.filter(Q(user=self.pk) | lent, is_active=True)
        rows = rows.annotate(until=Subquery(until.values("last_day")[:1]))
        rows = rows.select_related("department", "user").order_by("role", "pk")
        return tuple(sorted(rows, key=lambda held: held.user_id != self.pk))

    @property
    def stands_in_for(self) -> dict["User", date | None]:
        """The people whose rights the user exercises today besides the own ones, and until when."""
        lent = [held for held in self.mandates if held.user_id != self.pk]
        return {held.user: getattr(held, "until", None) for held in lent}

    def holds(self, role: Role) -> bool:
        """Whether the user holds `role` for any department."""
        return any(mandate.role == role for mandate in self.mandates)


class Assignment(models.Model):
    """One role of one user for one department."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.label) for role in ASSIGNABLE])
    department = models.ForeignKey(Department, models.PROTECT, related_name="assignments", verbose_name=_("department"))
    is_active = models.BooleanField(_("active"), default=True)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user", "role"]
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "department"], name="assignment_once"),
            models.CheckConstraint(condition=~Q(role=Role.SYSTEM.value), name="assignment_never_system"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.department}"

    @property
    def mandate(self) -> str:
        """How a decision row names the right it was taken under."""
        return f"{self.role}@{self.department.code}"


class SubstitutionQuerySet(models.QuerySet["Substitution"]):
    """Periods in which somebody stands in for somebody else."""

    def in_force(self, day: date) -> "SubstitutionQuerySet":
        """Those that hold on a day."""
        return self.filter(first_day__lte=day, last_day__gte=day, ended_at=None)


class Substitution(models.Model):
    """Somebody acts for a colleague on leave (代理): both see the work, and what is done says "B for A"."""

    principal = models.ForeignKey(User, models.PROTECT, related_name="substitutions", verbose_name=_("on leave"))
    substitute = models.ForeignKey(User, models.PROTECT, related_name="stands_in", verbose_name=_("substitute"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    arranged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="substitution_in_order"),
            models.CheckConstraint(condition=~Q(principal=models.F("substitute")), name="substitution_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.principal_id} {self.first_day} – {self.last_day}"


class EditRecord(models.Model):
    """One change of a row that rules rest on: what it said before and after, who changed it, and why."""

    table = models.CharField(_("table"), max_length=40)
    key = models.CharField(_("key"), max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    before = models.JSONField(null=True)  # None: the row was made
    after = models.JSONField(null=True)  # None: the row was removed

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")
        indexes = [models.Index(fields=["table", "key"], name="edit_of_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
