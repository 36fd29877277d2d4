"""Forms of the registry: a file to import, one system with its capabilities."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio import values
from portfolio.imports.facts import CapabilityFacts, SystemFacts
from portfolio.imports.reading import MAX_BYTES, SUFFIXES
from portfolio.models import Capability, CapabilityNode, Domain, ServiceObject, System
from portfolio.values import Unreadable

EXTRA_ROWS = 3
Readers = dict[str, Callable[[Any], Any]]


class UploadForm(forms.Form):
    """One file of systems."""

    file = forms.FileField(
        label=gettext_lazy("File of systems"),
        help_text=gettext_lazy(".xlsx, .csv or .jsonl, at most 10 MB; text files in UTF-8, UTF-16 or GB18030."),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )

    def clean_file(self) -> UploadedFile:
        """The right kind and not too large; the content is read in the dry run."""
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(
                _("Only .jsonl, .csv and .xlsx files are accepted, and this one is none of them.")
            )
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024}
            )
        return file


class _ReadsFields:
    """Passes every field through the same readers as the import, so that both refuse the same things."""

    readers: Readers

    def read_fields(self, cleaned: dict[str, Any]) -> None:
        """Replace the values of `cleaned` by what the readers make of them, or note why not."""
        for name, reader in self.readers.items():
            if name in cleaned:
                try:
                    cleaned[name] = reader(cleaned[name])
                except Unreadable as error:
                    self.add_error(name, str(error))  # type: ignore[attr-defined]


def _line(model: Any, name: str) -> Callable[[Any], str]:
    return partial(values.text, limit=model._meta.get_field(name).max_length)


_PROSE = partial(values.text, limit=values.MAX_PROSE, prose=True)


class SystemForm(_ReadsFields, forms.ModelForm):
    """The facts of one system. It is never saved by itself: `facts` goes to services.save_system."""

    # How the page answers: 200, or 409 when somebody else was faster.
    status = 200
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    aliases = forms.CharField(
        label=gettext_lazy("Other names"),
        required=False,
        help_text=gettext_lazy("With semicolons between them, or one per line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    on_gov_cloud = forms.NullBooleanField(
        label=gettext_lazy("On the government cloud"),
        required=False,
        widget=forms.NullBooleanSelect,
    )
    readers: Readers = {
        "code": partial(values.code, limit=20),
        **{name: _line(System, name) for name in ("name", "contact_name", "contact_phone")},
        **dict.fromkeys(("description", "provides", "department_keeps"), _PROSE),
        "aliases": values.aliases,
        "build_cost": values.money,
        "annual_om_cost": values.money,
        "users": values.whole,
        "mlps_level": values.level,
        "built_on": values.day,
    }

    class Meta:
        model = System
        fields = [
            "code",
            "name",
            "aliases",
            "department",
            "status",
            "build_mode",
            "built_on",
            "build_cost",
            "annual_om_cost",
            "users",
            "mlps_level",
            "on_gov_cloud",
            "description",
            "provides",
            "department_keeps",
            "contact_name",
            "contact_phone",
        ]
        widgets = {
            "built_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "description": forms.Textarea(attrs={"rows": 3}),
            "provides": forms.Textarea(attrs={"rows": 2}),
            "department_keeps": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["aliases"] = ";".join(self.instance.aliases)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        """The same readers as the import."""
        cleaned = super().clean() or self.cleaned_data
        self.read_fields(cleaned)
        return cleaned

    def refuse_as_stale(self, version: str | None) -> None:
        """Say that the system has changed meanwhile; saving once more is then a decision to overwrite."""
        self.status = 409
        self.data = {**dict(self.data.items()), "version": (version or "") if self.instance.pk else ""}
        if self.instance.pk:
            message = _(
                "Someone else changed this system meanwhile. Compare with its page; saving again overwrites it."
            )
        else:
            message = _("Someone else has just registered this code. Choose another one.")
        self.add_error(None, message)

    def facts(self, capabilities: "BaseFormSet[CapabilityForm]") -> SystemFacts:
        """What the form says, in the shape the services take."""
        fields = dict(self.cleaned_data)
        fields.pop("version")
        fields["department_id"] = fields.pop("department").pk
        listed = [form.facts() for form in capabilities if form.is_listed()]
        return SystemFacts(fields.pop("code"), fields, listed)


class CapabilityForm(_ReadsFields, forms.Form):
    """One capability; a row without text and code is not there."""

    code = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("Capability"), max_length=500, required=False)
    taxonomy = forms.TypedChoiceField(
        label=gettext_lazy("Capability category"), required=False, coerce=int, empty_value=None
    )
    domain = forms.TypedChoiceField(label=gettext_lazy("Business domain"), required=False, coerce=int, empty_value=None)
    service_object = forms.ChoiceField(
        label=gettext_lazy("Service object"), required=False, choices=[("", "–"), *ServiceObject.choices]
    )
    readers: Readers = {"code": partial(values.code, limit=30), "text": _line(Capability, "text")}

    def __init__(self, *args: Any, nodes: list[Any], domains: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("taxonomy", nodes), ("domain", domains)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    def clean(self) -> dict[str, Any]:
        """A capability that exists needs a text; to take it away there is a box."""
        cleaned = super().clean() or self.cleaned_data
        self.read_fields(cleaned)
        filled = any(cleaned.get(name) for name in ("code", "taxonomy", "domain", "service_object"))
        if filled and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("A capability needs a text. To take it away, tick the box beside it."))
        return cleaned

    def is_listed(self) -> bool:
        """Whether the row is to be kept."""
        return bool(self.cleaned_data.get("text")) and not self.cleaned_data.get("DELETE")

    def facts(self) -> CapabilityFacts:
        """What the row says."""
        read = self.cleaned_data
        return CapabilityFacts(read["code"], read["text"], read["taxonomy"], read["domain"], read["service_object"])


_FormSet = forms.formset_factory(CapabilityForm, extra=EXTRA_ROWS, can_delete=True, max_num=500, absolute_max=600)


def capability_forms(data: Any = None, *, system: System | None = None) -> "BaseFormSet[CapabilityForm]":
    """The rows of a system's capabilities; both axes are read once, however many rows there are."""
    initial = [
        {
            "code": one.code,
            "text": one.text,
            "taxonomy": one.taxonomy_id,
            "domain": one.domain_id,
            "service_object": one.service_object,
        }
        for one in (system.capabilities.all() if system else ())
    ]
    axes = {"nodes": _nodes(), "domains": [("", "–"), *((one.pk, one.label) for one in Domain.objects.all())]}
    return _FormSet(data, initial=initial, prefix="capabilities", form_kwargs=axes)


def _nodes() -> list[Any]:
    """The tree as groups of a select: each root with its leaves."""
    nodes = list(CapabilityNode.objects.select_related("parent"))
    groups: dict[str, list[tuple[int, str]]] = {}
    for node in nodes:
        root = node.parent or node
        groups.setdefault(f"{root.code} {root.label}", []).append((node.pk, f"{node.code} {node.label}"))
    return [("", "–"), *groups.items()]
