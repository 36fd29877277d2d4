"""Translations without msgfmt: `update` collects texts, `compile` writes the .mo, `check` compares them all."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = Path("locale") / "zh_Hans" / "LC_MESSAGES"
IGNORED = ("tests/*", "var/*", ".venv/*", "staticfiles/*", "tools/*", "node_modules/*")


def main(words: list[str]) -> int:
    """Run the named steps in order; 0 when all went well."""
    steps = {"update": update, "compile": compile_catalogue, "check": check}
    if not words or set(words) - steps.keys():
        print(f"usage: translations.py {{{'|'.join(steps)}}} …")
        return 2
    return max(steps[word](ROOT) for word in words)


def update(root: Path) -> int:
    """Collect the texts of code and templates into the .po, keeping every translation there is."""
    if not shutil.which("xgettext"):
        print("xgettext is not installed (apt-get install gettext); the .po is left as it is.")
        return 1
    collect(root)
    catalogue = polib.pofile(str(root / LOCALE / "django.po"))
    print(f"{len(catalogue)} texts, {len(wanting(catalogue))} of them without a finished translation.")
    return 0


def compile_catalogue(root: Path) -> int:
    """Write the .mo that belongs to the .po."""
    catalogue = polib.pofile(str(root / LOCALE / "django.po"))
    (root / LOCALE / "django.mo").write_bytes(catalogue.to_binary())
    return 0


def check(root: Path) -> int:
    """Print what is not translated, not compiled or not collected; 0 when nothing is."""
    found = problems(root)
    print("\n".join(found) if found else "Every text is translated, collected and compiled.")
    return 1 if found else 0


def problems(root: Path) -> list[str]:
    """One line for each empty or fuzzy entry, an outdated .mo, and (where xgettext is) each text not in the .po."""
    source, binary = root / LOCALE / "django.po", root / LOCALE / "django.mo"
    if not source.is_file():
        return [f"{LOCALE}/django.po is missing"]
    catalogue = polib.pofile(str(source))
    found = [f"not translated: {entry.msgid!r}" for entry in wanting(catalogue)]
    found += [f"placeholders differ: {entry.msgid!r}" for entry in catalogue if misplaced(entry)]
    if not binary.is_file() or texts(polib.mofile(str(binary))) != texts(catalogue.translated_entries()):
        found.append(f"{LOCALE}/django.mo is not what django.po says: python tools/translations.py compile")
    if shutil.which("xgettext"):
        found += [f"not in django.po: {text!r}" for text in uncollected(root, catalogue)]
    return found


def wanting(catalogue: polib.POFile) -> list[polib.POEntry]:
    """Entries in use whose translation is empty or only guessed."""
    return [entry for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.translated())]


def misplaced(entry: polib.POEntry) -> bool:
    """Whether the translation uses a placeholder that the source does not give."""
    given = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
    used = [entry.msgstr, *entry.msgstr_plural.values()]
    return not entry.obsolete and any(placeholders(text) - given for text in used)


def placeholders(text: str) -> set[str]:
    """The names in `%(name)s`."""
    return {part.split(")", 1)[0] for part in text.split("%(")[1:]}


def texts(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict[tuple[str | None, str], object]:
    """What a program would read from these entries."""
    return {(entry.msgctxt, entry.msgid): entry.msgstr or dict(entry.msgstr_plural) for entry in entries}


def uncollected(root: Path, catalogue: polib.POFile) -> list[str]:
    """Texts in code and templates that the catalogue does not know, found by collecting into a copy."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "copy"
        left_out = shutil.ignore_patterns(".*", "var", "staticfiles", "node_modules", "data", "__pycache__", "*.mo")
        shutil.copytree(root, copy, ignore=left_out)
        collect(copy)
        fresh = polib.pofile(str(copy / LOCALE / "django.po"))
        return sorted(e.msgid for e in fresh if not e.obsolete and (e.msgctxt, e.msgid) not in known)


def collect(root: Path) -> None:
    """Run makemessages in `root`; without line numbers, so that moving code does not change the catalogue."""
    command = [sys.executable, "-m", "django", "makemessages", "--locale=zh_Hans", "--no-location", "--no-wrap"]
    command += [f"--ignore={pattern}" for pattern in IGNORED]
    settings = {**os.environ, "PYTHONPATH": str(root)}
    settings.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(command, cwd=root, env=settings, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"makemessages failed: {done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
