"""What is installed: pinned, explained, free to use, and one package only that calls itself django_fsm."""

import re
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT

FILES = ("requirements.txt", "requirements/production.txt", "requirements/dev.txt")
# Packages whose metadata name no licence; read in the file named.
READ_BY_HAND = {"axe-playwright-python": "MIT (LICENSE in its source; axe-core inside is MPL-2.0)"}
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def pins(*files: str) -> list[Requirement]:
    """The requirements written in these files, without those they include."""
    lines = [line.split("#")[0].strip() for file in files for line in (ROOT / file).read_text("utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def installed_for(requirement: Requirement, seen: set[tuple[str, str]]) -> Iterator[metadata.Distribution]:
    """The distribution of a requirement and of everything it needs here, except what is in `seen` already."""
    for extra in ("", *sorted(requirement.extras)):
        key = canonicalize_name(requirement.name), extra
        if key in seen:
            continue
        seen.add(key)
        found = metadata.distribution(requirement.name)
        yield found
        for needed in map(Requirement, found.requires or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                yield from installed_for(needed, seen)


def licences(about: "metadata.PackageMetadata") -> list[str]:
    """The licences a package may be used under, as far as its metadata say."""
    expression = about.get("License-Expression")
    if expression:
        return expression.split(" OR ")
    named = [c.split("::")[-1].strip() for c in about.get_all("Classifier") or () if c.startswith("License")]
    return named or [text for text in [(about.get("License") or "").strip().split("\n")[0]] if text]


def binding(offered: list[str]) -> bool:
    """Whether every licence offered is one that spreads to the product's own code."""
    return bool(offered) and all(COPYLEFT.search(name) for name in offered)


def test_one_distribution_provides_django_fsm():
    assert metadata.packages_distributions()["django_fsm"] == ["django-fsm-2"]


@pytest.mark.parametrize("requirement", pins(*FILES), ids=str)
def test_requirement_is_pinned_and_explained(requirement):
    assert [pin.operator for pin in requirement.specifier] == ["=="]
    reasons = (ROOT / "docs/decisions/0004-dependencies.md").read_text(encoding="utf-8")
    assert re.search(rf"^\|[^|]*\b{re.escape(requirement.name)}(?![\w-])", reasons, re.MULTILINE)


@pytest.mark.parametrize("requirement", pins("requirements.txt"), ids=str)
def test_requirement_and_what_it_needs_are_free_to_use(requirement):
    for found in installed_for(requirement, set()):
        offered = licences(found.metadata) or [READ_BY_HAND.get(found.name, "")]
        assert offered != [""], f"{found.name} names no licence: read it and add it to READ_BY_HAND"
        assert not binding(offered), f"{found.name}: {offered}"


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (["AGPL-3.0-or-later"], True),
        (["GNU General Public License v3 (GPLv3)"], True),
        (["GPL-2.0-only"], True),
        (["LGPL-3.0-only"], False),
        (["GNU Lesser General Public License v3 (LGPLv3)"], False),
        (["Artistic License", "GNU General Public License (GPL)"], False),
        (["MIT"], False),
    ],
)
def test_binding_licence_is_recognised(offered, expected):
    assert binding(offered) is expected
