"""What is made from something else is in step with it: migrations, generated docs, catalogues; and sizes stay small."""

import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from tests.architecture.tree import ROOT
from tools import sizes, translations


@pytest.mark.django_db
def test_migrations_are_complete():
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=(said := StringIO()))
    except SystemExit:
        pytest.fail(f"models without a migration:\n{said.getvalue()}")


def test_generated_docs_are_fresh():
    done = subprocess.run(
        [sys.executable, "manage.py", "workflow_docs", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_text_is_translated_and_compiled():
    assert translations.problems(ROOT) == []


def test_everything_is_within_its_size_budget():
    assert sizes.complaints(ROOT, sizes.exceptions(ROOT)) == []


# --- the tools themselves, on trees that are broken on purpose ------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path) -> Path:
    """A tiny tree with one text, translated and compiled."""
    place = tmp_path / translations.LOCALE
    place.mkdir(parents=True)
    app = tmp_path / "app"
    app.mkdir()
    (app / "views.py").write_text('from django.utils.translation import gettext as _\nT = _("Hello %(name)s")\n')
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    made.append(polib.POEntry(msgid="Hello %(name)s", msgstr="你好 %(name)s", flags=["python-format"]))
    made.save(str(place / "django.po"))
    translations.compile_catalogue(tmp_path)
    return tmp_path


def rewrite(root: Path, **changes: object) -> None:
    """Change the one entry of the tiny tree's .po."""
    path = str(root / translations.LOCALE / "django.po")
    made = polib.pofile(path)
    for name, value in changes.items():
        setattr(made[0], name, value)
    made.save(path)


def test_translation_in_step_is_accepted(catalogue):
    assert translations.problems(catalogue) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"msgstr": ""}, "not translated"),
        ({"flags": ["python-format", "fuzzy"]}, "not translated"),
        ({"msgstr": "你好 %(nmae)s"}, "placeholders differ"),
        ({"msgstr": "您好 %(name)s"}, "django.mo is not what django.po says"),
    ],
)
def test_translation_out_of_step_is_seen(catalogue, changes, complaint):
    rewrite(catalogue, **changes)
    assert any(complaint in line for line in translations.problems(catalogue))


def test_missing_compiled_catalogue_is_seen(catalogue):
    (catalogue / translations.LOCALE / "django.mo").unlink()
    assert any("django.mo" in line for line in translations.problems(catalogue))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="xgettext is not installed")
def test_uncollected_text_is_seen_and_collected(catalogue):
    (catalogue / "app" / "forms.py").write_text('from django.utils.translation import gettext as _\nT = _("New")\n')
    assert translations.problems(catalogue) == ["not in django.po: 'New'"]
    translations.update(catalogue)
    assert any("not translated: 'New'" in line for line in translations.problems(catalogue))


def lines(number: int, text: str = "X = 1") -> str:
    """That many lines of harmless code."""
    return "\n".join([text] * number) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("app/models.py", lines(301), "app/models.py"),
        ("app/services.py", "def long():\n" + lines(30, "    x = 1"), "app/services.py::long"),
        ("app/views.py", "def page(request):\n" + lines(15, "    x = 1"), "app/views.py::page"),
        ("app/templates/app/page.html", lines(131, "<p>"), "app/templates/app/page.html"),
        ("tests/test_x.py", lines(401), "tests/test_x.py"),
    ],
)
def test_size_over_budget_is_seen(name, text, what, tmp_path):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    assert [line.split(": ")[0] for line in sizes.complaints(tmp_path, {})] == [what]
    assert sizes.complaints(tmp_path, {what: "one row per arrow"}) == []
    assert sizes.complaints(tmp_path, {what: ""}) != []


def test_docstring_and_helpers_of_views_have_their_own_budget(tmp_path):
    (tmp_path / "app").mkdir()
    text = 'def page(request):\n    """One.\n\n    Two.\n    """\n' + lines(14, "    x = 1")
    text += "def rows(user):\n" + lines(29, "    x = 1")
    (tmp_path / "app" / "views.py").write_text(text, encoding="utf-8")
    assert sizes.complaints(tmp_path, {}) == []


def test_needless_size_exception_is_seen(tmp_path):
    assert sizes.complaints(tmp_path, {"app/gone.py": "it was long once"}) != []
