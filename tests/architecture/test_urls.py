"""One name for one thing: the name of a URL is the name of its view, and of the page that view renders."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.tree import DJANGO_APPS, ROOT

# Names of views that Python keeps for itself, and what the view is called instead.
TAKEN = {"print": "print_form", "round": "round_page"}


def own_patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every URL pattern whose view is the product's own."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from own_patterns(entry)
        elif view_of(entry).__module__.split(".")[0] in DJANGO_APPS:
            yield entry


def view_of(pattern: URLPattern) -> Callable:
    """The function behind a pattern, without its decorators."""
    return inspect.unwrap(pattern.callback)


def misnamed(patterns: Iterable[URLPattern]) -> list[str]:
    """Patterns whose name is not the name of their view."""
    named = ((p, TAKEN.get(p.name or "", p.name), view_of(p).__name__) for p in patterns)
    return [f"{p.pattern} {name} ≠ {view}" for p, name, view in named if name != view]


def pages(source: str) -> set[str]:
    """The full pages (no partial, no error page) that a view's own source renders."""
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render" and len(node.args) > 1:
            found |= {part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)}
    return {name for name in found if isinstance(name, str) and not Path(name).name.startswith("_") and "/" in name}


def strangers(view: Callable, source: str, names: set[str]) -> list[str]:
    """Pages a view renders that carry the name of no view of its app.

    A view that takes a form shows the page of the form again when something in it is wrong, so the page may be that of
    another view. Partials and the pages under errors/ may be anyone's; pages of one topic may stand in a folder.
    """
    app = view.__module__.split(".")[0]
    own = [name for name in sorted(pages(source)) if name.startswith(f"{app}/") and Path(name).stem in names]
    return [name for name in sorted(pages(source)) if name not in own and not name.startswith("errors/")]


def test_url_is_named_like_its_view():
    assert misnamed(own_patterns()) == []


def test_page_is_named_like_a_view_of_its_app():
    found = []
    names = {pattern.name or "" for pattern in own_patterns()}
    for view in {view_of(pattern) for pattern in own_patterns()}:
        strange = strangers(view, inspect.getsource(view), names)
        found += [f"{view.__module__}.{view.__name__}: {page}" for page in strange]
    assert sorted(found) == []


def test_views_are_functions():
    assert [p.name for p in own_patterns() if not inspect.isfunction(view_of(p))] == []


def test_every_template_compiles():
    broken = []
    for path in sorted(ROOT.glob("*/templates/**/*.html")):
        name = path.relative_to(next(p for p in path.parents if p.name == "templates")).as_posix()
        try:
            get_template(name)
        except TemplateDoesNotExist as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def edit(request):
    """A view under a wrong name."""


def test_other_name_is_seen():
    assert misnamed([URLPattern(get_resolver().pattern, edit, name="change")]) != []
    assert misnamed([URLPattern(get_resolver().pattern, edit, name="edit")]) == []


@pytest.mark.parametrize(("page", "expected"), [("change", ["tests/change.html"]), ("edit", []), ("_row", [])])
def test_page_of_no_view_is_seen(page, expected):
    source = f"def edit(request):\n    return render(request, 'tests/{page}.html')"
    assert strangers(edit, source, {"edit"}) == expected
