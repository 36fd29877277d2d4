"""Size budgets: what is over one is split, or named with a reason in pyproject.toml."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE, TEST_FILE, FUNCTION, VIEW, TEMPLATE = 300, 400, 30, 15, 130
SKIPPED = {".venv", "var", "staticfiles", "node_modules", "migrations", ".git"}
Size = tuple[str, int, int]  # what, its lines, its budget


def main() -> int:
    """Print what is over its budget; 0 when nothing is."""
    problems = complaints(ROOT, exceptions(ROOT))
    print("\n".join(problems) if problems else "Every file, function, view and template is within its budget.")
    return 1 if problems else 0


def exceptions(root: Path) -> dict[str, str]:
    """What may be over budget, with the reason: `path` or `path::function`."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return settings.get("tool", {}).get("tongchou", {}).get("sizes", {}).get("exceptions", {})


def complaints(root: Path, allowed: dict[str, str]) -> list[str]:
    """One line for each thing over budget, each exception without a reason, and each that is no longer needed."""
    over = {what: (lines, budget) for what, lines, budget in sizes(root) if lines > budget}
    found = [f"{what}: {over[what][0]} lines, budget {over[what][1]}" for what in sorted(over.keys() - allowed.keys())]
    found += [f"{what}: the exception needs a reason" for what, reason in allowed.items() if not reason.strip()]
    found += [f"{what}: within budget now, remove its exception" for what in sorted(allowed.keys() - over.keys())]
    return found


def sizes(root: Path) -> Iterator[Size]:
    """Every file, function and template of the product with its size and its budget."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if SKIPPED & set(name.split("/")) or path.suffix not in {".py", ".html"}:
            continue
        text = path.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if path.suffix == ".html":
            yield name, lines, TEMPLATE
        elif name.startswith("tests/"):
            yield name, lines, TEST_FILE
        else:
            yield name, lines, FILE
            yield from functions(name, ast.parse(text))


def functions(name: str, tree: ast.Module) -> Iterator[Size]:
    """Each function, method or view of a module; decorators and the docstring do not count."""
    in_views = name.endswith("/views.py") or "/views/" in name
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_view = in_views and bool(node.args.args) and node.args.args[0].arg == "request"
            yield f"{name}::{node.name}", length(node), VIEW if is_view else FUNCTION


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


if __name__ == "__main__":
    sys.exit(main())
