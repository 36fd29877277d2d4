"""Fits the two layers of coefficients on labelled sets and writes data/model.json: ``python -m duplicates.fit``."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from duplicates import features, files, lexicon, second
from duplicates.encoders import Encoder
from duplicates.engine import Engine
from duplicates.facts import Proposal
from duplicates.lexicon import DATA
from duplicates.matching import Match
from duplicates.model import Layer, Model
from duplicates.normalise import normalise
from duplicates.relations import Judge
from duplicates.segment import terms

Array = npt.NDArray[np.float64]
FOLDS = 9


@dataclass(slots=True)
class Rows:
    """The scored pairs of one proposal: matches per capability that may count, and which pairs are grade 2."""

    proposal: Proposal
    matches: dict[str, list[Match]]
    positive: set[tuple[str, str, str]]
    ignored: set[tuple[str, str, str]]
    weight: float = 1.0
    only: set[tuple[str, str, str]] | None = None

    def label(self, code: str, match: Match) -> float | None:
        """1 for the same function, 0 for another, None where the truth says excluded."""
        key = (code, match.right.entry.owner.code, match.right.entry.capability or "")
        if key in self.ignored or (self.only is not None and key not in self.only):
            return None
        return float(key in self.positive)


def blank(channel: str) -> Model:
    """A model that leaves every score at one half: used to collect features."""
    names = [name for name in features.NAMES if channel == "dense" or name not in features.DENSE]
    return Model(Layer(0.0, dict.fromkeys(names, 0.0)), Layer(0.0, dict.fromkeys(second.NAMES, 0.0)))


def collect(labelled: files.Labelled, encoder: str | Encoder) -> list[Rows]:
    """Candidate pairs with features for every proposal of a labelled set."""
    model = blank("lexical" if encoder == "lexical" else "dense")
    engine = Engine(labelled.systems, peers=labelled.proposals, encoder=encoder, coefficients=model)
    found = []
    for proposal in labelled.proposals:
        judge = Judge(proposal, model, engine.thresholds, None)
        matches, _ = engine.matches(proposal, engine.peers, judge)
        positive, ignored = labelled.pairs(proposal.code)
        found.append(Rows(proposal, matches, positive, ignored))
    return found


def twins(labelled: files.Labelled, encoder: str | Encoder, every: int = 1) -> list[Rows]:
    """Made-up lessons: a text with its object under another name is the same, with another object it is not."""
    model = blank("lexical" if encoder == "lexical" else "dense")
    engine = Engine(labelled.systems, encoder=encoder, coefficients=model)
    found = []
    for system, item in [(owner, item) for owner in labelled.systems for item in owner.capabilities][::every]:
        for same, text in _reworded(item.text):
            code = f"{item.code}{'=' if same else '!'}"
            proposal = Proposal(code, "", "", "new", None, "", (replace(item, code=code, text=text),), ())
            judge = Judge(proposal, model, engine.thresholds, None)
            matches, _ = engine.matches(proposal, engine.peers, judge)
            key = (code, system.code, item.code)
            if not same:  # a lesson only where the engine can see that the object is another one
                matches = {code: [match for match in matches[code] if match.values["other_thing"]]}
            positive, weight = ({key}, RENAMED) if same else (set(), SWAPPED)
            found.append(Rows(proposal, matches, positive, set(), weight, {key}))
    return found


def _reworded(text: str) -> list[tuple[bool, str]]:
    """The text with its one business object renamed, and with another object in its place."""
    normal = normalise(text).text
    objects = [group for group in lexicon.groups() if group.kind == "object"]
    codes = [group.code for group in objects]
    found = [term for term in terms(normalise(text)) if term.key in codes]
    if len(found) != 1:
        return []
    term, place = found[0], codes.index(found[0].key)
    other = (False, objects[(place + 7) % len(objects)].members[0])
    names = [name for name in objects[place].members if name > "一" and name != normal[term.start : term.end]]
    swaps = [(True, names[0]), other] if names else [other]
    return [(same, normal[: term.start] + name + normal[term.end :]) for same, name in swaps]


def logistic(x: Array, y: Array, weights: Array, ridge: Array) -> Array:
    """Weighted logistic regression by Newton's method; ``ridge`` is one penalty per feature, none for the intercept."""
    design = np.hstack([np.ones((len(x), 1)), x])
    penalty = np.diag(np.concatenate([[1e-6], ridge]))
    beta = np.zeros(design.shape[1])
    for _ in range(60):
        guess = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weights * (guess - y)) + penalty @ beta
        curve = (design.T * (weights * guess * (1.0 - guess))) @ design + penalty
        step = np.linalg.solve(curve, slope)
        beta -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def _layer(rows: Sequence[tuple[dict[str, float], float, float]], names: Sequence[str], ridge: float) -> Layer:
    x = np.array([[values[name] for name in names] for values, _, _ in rows])
    penalties = np.array([LOOSE if name in LESSONS else ridge for name in names])
    beta = logistic(x, np.array([row[1] for row in rows]), np.array([row[2] for row in rows]), penalties)
    return Layer(round(float(beta[0]), 4), {name: round(float(b), 4) for name, b in zip(names, beta[1:], strict=True)})


BARE = 0.3
LOOSE = 0.05
RENAMED = 0.04
SWAPPED = 0.03
LESSONS = ("twin",)  # taught by made-up lessons alone, therefore hardly penalised


def _first_rows(groups: Iterable[Rows]) -> list[tuple[dict[str, float], float, float]]:
    """Each pair twice: with its tags, and with every tag removed, so that tags help but are never needed."""
    rows = []
    for group in groups:
        for code, found in group.matches.items():
            for match in found:
                label = group.label(code, match)
                if label is not None:
                    rows.append((match.values, label, group.weight))
                    bare = {name: 0.0 if name in features.TAGS else value for name, value in match.values.items()}
                    rows.append((bare, label, group.weight * BARE))
    return rows


def _second_rows(groups: Iterable[Rows], alone: float) -> list[tuple[dict[str, float], float, float]]:
    """Each pair twice: in its proposal, and as if its capability had been proposed alone."""
    rows = []
    for group in groups:
        field_ = second.survey(group.matches)
        single = {code: second.survey({code: found}) for code, found in group.matches.items()}
        for code, found in group.matches.items():
            for match in found:
                label = group.label(code, match)
                if label is not None:
                    rows.append((second.second_values(code, match, field_), label, group.weight))
                    rows.append((second.second_values(code, match, single[code]), label, group.weight * alone))
    return rows


def _apply(groups: Iterable[Rows], layer: Layer) -> None:
    for group in groups:
        for found in group.matches.values():
            for match in found:
                match.log_odds = layer.log_odds(match.values)


def split(groups: Sequence[Rows], folds: int) -> list[list[Rows]]:
    """Deal proposals into folds in the order of their codes."""
    ordered = sorted(groups, key=lambda group: group.proposal.code)
    return [ordered[number::folds] for number in range(folds)]


def fit(groups: Sequence[Rows], channel: str, folds: int = FOLDS) -> Model:
    """Fit the first layer, then the second on first-look scores that were made without the proposal's own labels."""
    names = [name for name in features.NAMES if channel == "dense" or name not in features.DENSE]
    parts = split(groups, folds)
    for part in parts:
        held = {id(group) for group in part}
        _apply(part, _layer(_first_rows(group for group in groups if id(group) not in held), names, 1.0))
    later = _layer(_second_rows(groups, 0.3), second.NAMES, 0.3)
    first = _layer(_first_rows(groups), names, 1.0)
    return Model(first, later)


def table(model: Model) -> dict[str, dict[str, float]]:
    """A model as data."""
    return {
        "first": {"intercept": model.first.intercept, **model.first.coefficients},
        "second": {"intercept": model.second.intercept, **model.second.coefficients},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit both channels on the given labelled folders and write the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m duplicates.fit", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders with systems, proposals and truth .jsonl")
    parser.add_argument("--out", type=Path, default=DATA / "model.json")
    options = parser.parse_args(arguments)
    result: dict[str, object] = {
        "fitted": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sets": [path.name for path in options.folders],
    }
    for channel, encoder in (("lexical", "lexical"), ("dense", "use")):
        groups = []
        for folder in options.folders:
            labelled = files.labelled(folder)
            groups += collect(labelled, encoder) + twins(labelled, encoder)
        result[channel] = table(fit(groups, channel))
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
