"""A page as a browser without scripts knows it: its links, its forms with what is filled in, its words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

SKIPPED = {"script", "style", "template"}
VOID = {"input", "br", "meta", "link", "img", "hr", "col", "wbr"}


@dataclass
class Field:
    """One named control: its value, and the values that may be chosen (None: anything)."""

    value: Any
    offered: list[str] | None = None
    is_box: bool = False


@dataclass
class Form:
    """One form: where it goes, its controls, its buttons."""

    action: str
    method: str = "get"
    key: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def fill(self, values: dict[str, Any]) -> None:
        """Type and choose; a control that is not on the page, or a choice that is not offered, is a KeyError."""
        for name, value in values.items():
            control = self.fields[name]
            if control.offered is not None and not control.is_box and str(value) not in control.offered:
                raise KeyError(f"{name}={value!r} is not one of {control.offered}")
            control.value = value

    def button(self, press: str = "") -> dict[str, str]:
        """The button whose address, name or value contains `press`; else the main one: without a name, best in place."""
        if press:
            words = ("formaction", "name", "value")
            found = [button for button in self.buttons if any(press in button.get(word, "") for word in words)]
        else:
            nameless = [button for button in self.buttons if not button.get("name")]
            found = sorted(nameless, key=lambda button: "formaction" in button)
        if found:
            return found[0]
        raise LookupError(f"no button {press!r} in the form to {self.action!r}: {self.buttons}")

    def data(self, button: dict[str, str] | None = None) -> dict[str, Any]:
        """What is sent; a box that is not ticked is not."""
        sent = {name: control.value for name, control in self.fields.items() if control.value not in (None, False)}
        if button and button.get("name"):
            sent[button["name"]] = button.get("value", "")
        return sent


class _Reader(HTMLParser):
    """Collects links, forms and words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.open: Form | None = None
        self.loose = Form("")
        self.area: str = ""
        self.menu: str = ""
        self.skipped = 0

    def handle_starttag(self, tag: str, pairs: list) -> None:
        attributes = {name: value or "" for name, value in pairs}
        self.skipped += tag in SKIPPED
        if self.skipped:
            return
        handler = getattr(self, f"_{tag}", None)
        if handler:
            handler(attributes)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= tag in SKIPPED
        elif tag == "form":
            self.open = None
        elif tag in {"textarea", "select"}:
            self.area = self.menu = ""

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.area:
            self._of({}).fields[self.area].value += data
        self.words.append(data)

    # --- tags ---
    def _a(self, given: dict[str, str]) -> None:
        if "href" in given:
            self.links.append(given["href"])

    def _form(self, given: dict[str, str]) -> None:
        self.open = Form(given.get("action", ""), given.get("method", "get").lower(), given.get("id", ""))
        self.forms.append(self.open)

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or "disabled" in given:
            return
        fields = self._of(given).fields
        if kind == "submit":
            self._button(given)
        elif kind == "radio":
            control = fields.setdefault(name, Field(None, []))
            control.offered.append(given.get("value", "on"))
            if "checked" in given:
                control.value = given.get("value", "on")
        elif kind == "checkbox":
            fields[name] = Field(given.get("value", "on") if "checked" in given else False, is_box=True)
        else:
            fields[name] = Field(None if kind == "file" else given.get("value", ""))

    def _textarea(self, given: dict[str, str]) -> None:
        self.area = given.get("name", "")
        self._of(given).fields[self.area] = Field("")

    def _select(self, given: dict[str, str]) -> None:
        self.menu = given.get("name", "")
        self._of(given).fields[self.menu] = Field(None, [])

    def _option(self, given: dict[str, str]) -> None:
        control = self._of({}).fields[self.menu]
        control.offered.append(given.get("value", ""))
        if "selected" in given or control.value is None:
            control.value = given.get("value", "")

    def _button(self, given: dict[str, str]) -> None:
        if given.get("type", "submit") == "submit" and (self.open or given.get("form")):
            self._of(given).buttons.append(given)

    def _of(self, given: dict[str, str]) -> Form:
        """The form a control belongs to; those outside any form are kept apart and sent nowhere."""
        named = next((form for form in self.forms if given.get("form") and form.key == given["form"]), None)
        return named or self.open or self.loose


class Page:
    """One answer of the server."""

    def __init__(self, address: str, response: Any) -> None:
        self.address, self.status, self.response = address, response.status_code, response
        self.html = response.content.decode() if not response.streaming else ""
        reader = _Reader()
        reader.feed(self.html)
        self.forms, self.links, self.text = reader.forms, reader.links, " ".join(" ".join(reader.words).split())

    def says(self, *texts: Any) -> bool:
        """Whether every text can be read on the page."""
        return all(" ".join(str(text).split()) in self.text for text in texts)

    def link(self, part: str) -> str:
        """The first link whose address contains `part`."""
        return next(urljoin(self.address, link) for link in self.links if part in link)

    def has_link(self, part: str) -> bool:
        """Whether the page leads there."""
        return any(part in link for link in self.links)

    def form(self, action: str = "", *, has: str = "") -> Form:
        """The form that goes to an address containing `action` (or has such a button), and has the control `has`."""
        for form in self.forms:
            goes = [urljoin(self.address, form.action), *(button.get("formaction", "") for button in form.buttons)]
            fits = any(action in address for address in goes) and (not has or has in form.fields)
            if fits and form.method == "post" and (action or has or "/language/" not in form.action):
                return form
        raise LookupError(f"no form to {action!r} with {has!r} on {self.address}: {self.text[:400]}")
