"""Pages send no request outside and carry no inline style, script or handler, so the strict security policy holds."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

SOURCES = ("*.html", "*.txt", "*.css", "*.js", "*.svg")
SKIPPED = {".venv", "var", "staticfiles", "node_modules", "docs", "requirements", ".git", "data"}
NETWORKS = re.compile(r"//cdn|googleapis|gstatic|jsdelivr|unpkg|cdnjs", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"')<]*", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org/",)  # names, not addresses: nothing is fetched
INLINE = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[\w:.-]*)\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "script address": re.compile(r"[\"']\s*(javascript|js):", re.IGNORECASE),
}


def sources(root: Path) -> list[Path]:
    """Templates and static files of the product."""
    found = {path for pattern in SOURCES for path in root.rglob(pattern)}
    return sorted(p for p in found if not SKIPPED & set(p.relative_to(root).parts) and p.name != "requirements.txt")


def outside(root: Path) -> list[str]:
    """Addresses of other hosts; in vendored files only those of content networks, the rest are comments."""
    found = []
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        pattern = NETWORKS if "vendor" in path.parts else ADDRESS
        hits = [hit.group() for hit in pattern.finditer(text) if not hit.group().startswith(NAMESPACES)]
        hits += ["sourceMappingURL"] if "sourceMappingURL=" in text else []
        found += [f"{path.relative_to(root)}: {hit}" for hit in hits]
    return found


def inline(root: Path) -> list[str]:
    """Templates with something the security policy refuses."""
    found = []
    for path in sources(root):
        if path.suffix in {".html", ".svg"}:
            text = path.read_text(encoding="utf-8")
            found += [f"{path.relative_to(root)}: {what}" for what, pattern in INLINE.items() if pattern.search(text)]
    return found


def test_pages_name_no_other_host():
    assert outside(ROOT) == []


def test_pages_carry_nothing_inline():
    assert inline(ROOT) == []


def test_vendored_files_are_what_the_list_says():
    vendor = ROOT / "config" / "static" / "vendor"
    listed = tomllib.loads((vendor / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    hashes = {entry["path"]: entry["sha512"] for entry in listed}
    files = [path for path in vendor.rglob("*") if path.is_file() and path.name != "VENDOR.toml"]
    found = {path.relative_to(vendor).as_posix(): hashlib.sha512(path.read_bytes()).hexdigest() for path in files}
    assert found == hashes


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (outside, '<script src="https://cdn.jsdelivr.net/npm/htmx.js"></script>'),
        (outside, '<link href="//fonts.googleapis.com/css">'),
        (outside, '<a href="http://example.org/">x</a>'),
        (inline, '<p style="color:red">x</p>'),
        (inline, '<div\n  class="x"\n  style="width:3%"></div>'),
        (inline, "<style>p{}</style>"),
        (inline, '<button onclick="go()">x</button>'),
        (inline, '<button hx-on:click="go()">x</button>'),
        (inline, "<script>go()</script>"),
        (inline, '<a href="javascript:go()">x</a>'),
        (inline, '<a hx-vals="js:{a: go()}">x</a>'),
    ],
)
def test_outside_or_inline_is_seen(check, text, tmp_path):
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert len(check(tmp_path)) == 1


def test_harmless_page_is_left_alone(tmp_path):
    text = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="3%"/></svg><script src="/static/app.js"></script>'
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert outside(tmp_path) + inline(tmp_path) == []
