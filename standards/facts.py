"""The facts about a proposal that a checklist condition may ask for, and how each is put into words."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Value = bool | int | float | Decimal | str


class FactType(Enum):
    """What a fact's value is, and so which comparisons make sense."""

    FLAG = "flag"
    CHOICE = "choice"
    LEVEL = "level"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name in conditions, what it is called, and the words for each value."""

    name: str
    label: Promise
    type: FactType = FactType.FLAG
    no: Promise | None = None
    words: dict[Value, Promise] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        """What the fact is called while its value is open."""
        return gettext("whether “%(fact)s”") % {"fact": self.label} if self.type is FactType.FLAG else str(self.label)

    def accepts(self, value: object) -> bool:
        """Whether `value` is of this fact's type (and, for choices and levels, one of its values)."""
        if self.type is FactType.FLAG:
            return isinstance(value, bool)
        if isinstance(value, bool):
            return False
        if self.type is FactType.MONEY:
            return isinstance(value, (int, float, Decimal))
        kind = str if self.type is FactType.CHOICE else int
        return isinstance(value, kind) and value in self.words

    def phrase(self, value: Value) -> str:
        """The fact as a few words of the page's language, such as "等级保护拟定三级"."""
        if self.type is FactType.FLAG:
            return str(self.label if value else self.no)
        if self.type is FactType.MONEY:
            return gettext("total budget %(amount)s (10,000 CNY)") % {"amount": f"{Decimal(str(value)):.2f}"}
        return str(self.words[value])


def _flag(name: str, yes: Promise, no: Promise) -> Fact:
    return Fact(name, yes, FactType.FLAG, no)


_ALL = (
    Fact(
        "kind",
        _("kind of project"),
        FactType.CHOICE,
        words={
            "new": _("new build"),
            "upgrade": _("upgrade of an existing system"),
            "om": _("operation and maintenance"),
            "service": _("purchase of a service"),
        },
    ),
    Fact("total_budget", _("total budget"), FactType.MONEY),
    Fact(
        "mlps_level",
        _("MLPS level"),
        FactType.LEVEL,
        words={
            0: _("no MLPS level proposed"),
            1: _("MLPS level 1 proposed"),
            2: _("MLPS level 2 proposed"),
            3: _("MLPS level 3 proposed"),
            4: _("MLPS level 4 proposed"),
        },
    ),
    _flag("public_facing", _("serves the public"), _("does not serve the public")),
    _flag("internet_facing", _("reachable from the internet"), _("not reachable from the internet")),
    _flag("mobile", _("has a mobile client"), _("no mobile client")),
    _flag("personal_data", _("handles personal data"), _("no personal data")),
    _flag("important_data", _("handles important data"), _("no important data")),
    _flag("cloud", _("runs on a cloud"), _("does not run on a cloud")),
    _flag("software_dev", _("pays for software development"), _("no money for software development")),
    _flag("handles_data", _("handles government data"), _("handles no government data")),
    _flag("shares_data", _("exchanges data with other units"), _("exchanges no data with other units")),
    _flag("uses_licences", _("reads or issues electronic licences"), _("no electronic licences")),
    _flag("uses_seals", _("uses electronic seals or layout documents"), _("no electronic seals or layout documents")),
    _flag("uses_payment", _("takes payments"), _("takes no payments")),
    _flag(
        "common_functions",
        _("has messages, delivery, ratings, customer service, maps or video"),
        _("no messages, delivery, ratings, customer service, maps or video"),
    ),
    _flag("joint", _("joint project of several units"), _("project of one unit")),
    _flag("multi_source", _("money from several sources"), _("money from one source")),
    _flag("followup", _("continues an earlier system or phase"), _("continues no earlier system or phase")),
    _flag("has_findings", _("has duplicate-build findings"), _("no duplicate-build findings")),
    _flag("procurement", _("will be procured"), _("nothing is procured")),
    _flag("change", _("changes an existing contract"), _("changes no existing contract")),
    _flag("cii", _("critical information infrastructure"), _("not critical information infrastructure")),
    _flag("external_cloud", _("runs on a cloud other than the government's"), _("on no cloud but the government's")),
    _flag("supervision_required", _("large enough to need supervision"), _("too small to need supervision")),
)

FACTS: dict[str, Fact] = {fact.name: fact for fact in _ALL}
