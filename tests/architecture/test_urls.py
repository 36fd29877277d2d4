"""One name for one thing: the name of a URL is the name of its view, and of the page that view renders."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.tree import DJANGO_APPS, ROOT


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


def misnamed(patterns: Iterator[URLPattern]) -> list[str]:
    """Patterns whose name is not the name of their view."""
    return [f"{p.pattern} {p.name} ≠ {view_of(p).__name__}" for p in patterns if p.name != view_of(p).__name__]


def pages(source: str) -> set[str]:
    """The full pages (no partial, no error page) that a view's own source renders."""
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render" and len(node.args) > 1:
            found |= {part.value for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)}
    return {name for name in found if isinstance(name, str) and not Path(name).name.startswith("_") and "/" in name}


def strangers(view: Callable, source: str) -> list[str]:
    """Pages a view renders that carry another view's name; partials and pages shared under errors/ may be anyone's."""
    app = view.__module__.split(".")[0]
    own = f"{app}/{view.__name__}.html"
    return [name for name in sorted(pages(source)) if name != own and not name.startswith("errors/")]


def test_url_is_named_like_its_view():
    assert misnamed(own_patterns()) == []


def test_page_is_named_like_its_view():
    views = {view_of(pattern) for pattern in own_patterns()}
    found = [f"{v.__module__}.{v.__name__}: {s}" for v in views for s in strangers(v, inspect.getsource(v))]
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
    assert misnamed(iter([URLPattern(get_resolver().pattern, edit, name="change")])) != []
    view = "def edit(request):\n    return render(request, '{}')"
    assert strangers(edit, view.format("tests/change.html")) == ["tests/change.html"]
    assert strangers(edit, view.format("tests/edit.html")) == []
    assert strangers(edit, view.format("tests/_row.html")) == []
