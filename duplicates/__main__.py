"""The command line: ``python -m duplicates screen | evaluate | bench``."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from duplicates import bench, evaluate, files, lexicon, report
from duplicates.engine import Engine
from duplicates.facts import Thresholds
from duplicates.names import ScreeningError
from duplicates.relations import Listing

ENCODERS = ("lexical", "use")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m duplicates", description="Duplicate-build detection.")
    commands = parser.add_subparsers(dest="command", required=True)
    screen = commands.add_parser("screen", help="screen proposals against an inventory")
    screen.add_argument("--systems", type=Path, required=True)
    screen.add_argument("--proposals", type=Path, required=True)
    screen.add_argument("--encoder", choices=ENCODERS)
    screen.add_argument("--top", type=int, help="list this many matches per capability, whatever their score")
    screen.add_argument("--min-score", type=float, help="with --top: not below this score")
    screen.add_argument("--synonyms", type=Path, help="a city's own groups: kind, words separated by |, source")
    screen.add_argument("--out", type=Path)
    judge = commands.add_parser("evaluate", help="measure quality on a labelled set")
    for name in ("--systems", "--proposals", "--truth"):
        judge.add_argument(name, type=Path, required=True)
    judge.add_argument("--verdicts", type=Path)
    judge.add_argument("--encoder", choices=ENCODERS)
    judge.add_argument("--folds", type=int, default=0, help="cross-validate by proposal with this many folds")
    judge.add_argument("--also", type=Path, action="append", default=[], help="another labelled folder to learn from")
    judge.add_argument("--no-tags", action="store_true", help="remove every tag first")
    judge.add_argument("--json", action="store_true")
    measure = commands.add_parser("bench", help="measure speed and memory on synthetic capabilities")
    measure.add_argument("--capabilities", type=int, default=100_000)
    measure.add_argument("--encoder", choices=ENCODERS, default="lexical")
    measure.add_argument("--json", action="store_true")
    return parser


def _synonyms(path: Path) -> None:
    """Make the groups of a file part of this process."""
    try:
        lexicon.adopt(lexicon.rows(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise files.FileError(f"{path}: cannot be read: {error}") from None
    except ScreeningError as error:
        raise files.FileError(f"{path}: {error}") from None


def _screen(options: argparse.Namespace) -> int:
    if options.synonyms:
        _synonyms(options.synonyms)
    systems, proposals = files.systems(options.systems), files.proposals(options.proposals)
    listing = None
    if options.top is not None or options.min_score is not None:
        listing = Listing(1_000_000 if options.top is None else options.top, options.min_score)
    engine = Engine(systems, peers=proposals, encoder=options.encoder, thresholds=Thresholds())
    if engine.record.degraded_reason:
        print(f"encoder degraded to lexical: {engine.record.degraded_reason}", file=sys.stderr)
    ordered = sorted(proposals, key=lambda item: item.code)
    text = "".join(f"{line}\n" for item in ordered for line in report.lines(engine.screen(item, listing=listing)))
    if options.out:
        try:
            options.out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise files.FileError(f"{options.out}: cannot be written: {error.strerror}") from None
    else:
        sys.stdout.write(text)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    labelled = files.read_labelled(options.systems, options.proposals, options.truth, options.verdicts)
    if options.folds and not 2 <= options.folds <= len(labelled.proposals):
        raise files.FileError(f"--folds: must be from 2 to the number of proposals ({len(labelled.proposals)})")
    encoder = options.encoder or "use"
    also = tuple((files.labelled(path), evaluate.OTHERS) for path in options.also)
    plan = evaluate.Plan(options.folds, also)
    figures = evaluate.evaluate(labelled, encoder, plan, tags=not options.no_tags)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if options.json else report.evaluation(figures))
    return 0


def _bench(options: argparse.Namespace) -> int:
    if options.capabilities < 100:
        raise files.FileError("--capabilities: must be at least 100")
    figures = bench.bench(options.capabilities, options.encoder)
    print(json.dumps(figures, indent=1) if options.json else bench.table(figures))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; input errors name file, line and field and end with status 2."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        return {"screen": _screen, "evaluate": _evaluate, "bench": _bench}[options.command](options)
    except (files.FileError, ScreeningError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
