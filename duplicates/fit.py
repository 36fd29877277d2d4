"""Fits the two layers of coefficients on labelled sets and writes data/model.json: ``python -m duplicates.fit``."""

from __future__ import annotations

import argparse
import datetime
import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from duplicates import features, files, lexicon, second
from duplicates.encoders import Encoder, choose
from duplicates.engine import Engine
from duplicates.facts import Proposal
from duplicates.lexicon import DATA
from duplicates.matching import Field
from duplicates.model import Layer, Model
from duplicates.names import ScreeningError
from duplicates.normalise import normalise
from duplicates.segment import terms
from duplicates.tokens import tokens
from duplicates.vocabulary import Flags, Floats

Array = npt.NDArray[np.float64]
Batch = tuple[Floats, Floats, Floats]  # features, labels, weights
FOLDS = 9
RIDGE = 0.5
BARE = 1.0
UNKNOWN = 0.25
ALONE = 0.3
LOOSE = 0.05
RENAMED = 0.04
SWAPPED = 0.12
STRANGE = 0.07
STEP = 37  # how far away the other object is taken from
LESSONS = ("twin", "apart", "frame", "frame_dense")  # taught by made-up lessons alone, therefore hardly penalised


@dataclass(slots=True)
class Rows:
    """The pairs of one proposal in columns: features, labels (NaN where the truth says excluded), and their weight."""

    proposal: str
    field: Field
    labels: Floats
    weight: float = 1.0

    @property
    def used(self) -> Flags:
        """The pairs that teach something."""
        found: Flags = ~np.isnan(self.labels)
        return found


def blank(channel: str) -> Model:
    """A model that leaves every score at one half: used to collect features."""
    names = [name for name in features.NAMES if channel == "dense" or name not in features.DENSE]
    return Model(Layer(0.0, dict.fromkeys(names, 0.0)), Layer(0.0, dict.fromkeys(second.NAMES, 0.0)))


def _unscored(labelled: files.Labelled, encoder: str | Encoder, peers: Sequence[Proposal] = ()) -> Engine:
    """An engine that only measures."""
    model = blank("lexical" if encoder == "lexical" else "dense")
    return Engine(labelled.systems, peers=peers, encoder=encoder, coefficients=model)


def _labels(field: Field, positive: set[files.Key], ignored: set[files.Key], only: files.Key | None = None) -> Floats:
    found = np.zeros(len(field.asked))
    for number, match in enumerate(field.matches(np.arange(len(found)))):
        entry = match.right
        key = (match.left.capability or "", entry.owner.code, entry.capability or "")
        if field.left_out[number] or key in ignored or (only is not None and key != only):
            found[number] = np.nan
        else:
            found[number] = key in positive
    return found


def collect(labelled: files.Labelled, encoder: str | Encoder) -> list[Rows]:
    """Candidate pairs with features for every proposal of a labelled set."""
    engine = _unscored(labelled, encoder, labelled.proposals)
    found = []
    for proposal in labelled.proposals:
        with engine.field(proposal) as field:
            found.append(Rows(proposal.code, field, _labels(field, *labelled.pairs(proposal.code))))
    return found


def twins(labelled: files.Labelled, encoder: str | Encoder, every: int = 1) -> list[Rows]:
    """Made-up lessons: a text with its object under another name is the same, with another object it is not."""
    engine = _unscored(labelled, encoder)
    column, found = features.COLUMN["other_thing"], []
    for system, item in [(owner, item) for owner in labelled.systems for item in owner.capabilities][::every]:
        for same, text in _reworded(item.text):
            code = f"{item.code}{'=' if same else '!'}"
            proposal = Proposal(code, "", "", "new", None, "", (replace(item, code=code, text=text),), ())
            key = (code, system.code, item.code)
            with engine.field(proposal) as field:
                labels = _labels(field, {key} if same else set(), set(), key)
            if not same:  # a lesson only where the engine can see that the object is another one
                labels[field.values[:, column] == 0.0] = np.nan
            found.append(Rows(code, field, labels, RENAMED if same else SWAPPED))
    return found


def strangers(labelled: files.Labelled, encoder: str | Encoder) -> list[Rows]:
    """Made-up lessons: a text whose only business object is another one is not the same, whatever stands around it."""
    engine = _unscored(labelled, encoder)
    column, found = features.COLUMN["apart"], []
    known = [(system, item, _only_object(item.text)) for system in labelled.systems for item in system.capabilities]
    with_one = [(system, item, word) for system, item, word in known if word]
    for place, (system, item, word) in enumerate(with_one):
        other = with_one[(place + STEP) % len(with_one)][2]
        code = f"{item.code}?"
        text = normalise(item.text).text.replace(word, other)
        proposal = Proposal(code, "", "", "new", None, "", (replace(item, code=code, text=text),), ())
        with engine.field(proposal) as field:
            labels = _labels(field, set(), set(), (code, system.code, item.code))
        labels[field.values[:, column] == 0.0] = np.nan
        found.append(Rows(code, field, labels, STRANGE))
    return found


def _only_object(text: str) -> str:
    """The one word of a text that names a business object; empty when there are none or several."""
    cut, normal = tokens(text), normalise(text)
    named = {key for key, wanted in zip(cut.keys, cut.objects, strict=False) if wanted}
    places = [term for term in terms(normal) if term.key in named]
    return normal.text[places[0].start : places[0].end] if len(places) == 1 else ""


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


def _penalty(name: str, ridge: float) -> float:
    """What few pairs teach is penalised less, or it would never be learnt."""
    return LOOSE if name in LESSONS or name.startswith("whole") else ridge


def _layer(rows: Sequence[Batch], chosen: Sequence[int], names: Sequence[str], ridge: float) -> Layer:
    x = np.concatenate([row[0] for row in rows])[:, chosen]
    penalties = np.array([_penalty(name, ridge) for name in names])
    labels, weights = (np.concatenate([row[place] for row in rows]) for place in (1, 2))
    beta = logistic(x, labels, weights, penalties)
    return Layer(round(float(beta[0]), 4), {name: round(float(b), 4) for name, b in zip(names, beta[1:], strict=True)})


def _batch(group: Rows, table: Floats, weight: float) -> Batch:
    labels = group.labels[group.used]
    return table[group.used], labels, np.full(len(labels), weight * group.weight)


def _views(known: Floats) -> tuple[tuple[Floats, float], ...]:
    """The three ways in which every pair is taught, each with its weight."""
    return (known, 1.0), (features.untagged(known), BARE), (features.stranger(known), UNKNOWN)


def _first_rows(groups: Iterable[Rows]) -> list[Batch]:
    """Each pair three times: as it is, without tags, and without departments too: these help but are never needed."""
    rows = []
    for group in groups:
        rows += [_batch(group, table, weight) for table, weight in _views(group.field.values)]
    return rows


def _second_rows(group: Rows, layer: Layer) -> list[Batch]:
    """Each pair in those three ways, in its proposal and as if its capability had been proposed alone.

    ``layer`` was fitted without this proposal's own labels.
    """
    rows = []
    known = group.field.values
    for table, weight in _views(known):
        group.field.values, group.field.log_odds = table, layer.log_odds(table, features.NAMES)
        rows.append(_batch(group, second.values(group.field), weight))
        rows.append(_batch(group, second.values(group.field, alone=True), weight * ALONE))
    group.field.values = known
    return rows


def split(groups: Sequence[Rows], folds: int) -> list[list[Rows]]:
    """Deal proposals into folds in the order of their codes."""
    ordered = sorted(groups, key=lambda group: group.proposal)
    return [ordered[number::folds] for number in range(folds)]


def fit(groups: Sequence[Rows], channel: str, folds: int = FOLDS) -> Model:
    """Fit the first layer, then the second on first-look scores that were made without the proposal's own labels."""
    names = [name for name in features.NAMES if channel == "dense" or name not in features.DENSE]
    first = functools.partial(_layer, chosen=[features.COLUMN[name] for name in names], names=names, ridge=RIDGE)
    rows = []
    for part in split(groups, folds):
        held = {id(group) for group in part}
        layer = first(_first_rows(group for group in groups if id(group) not in held))
        rows += [row for group in part for row in _second_rows(group, layer)]
    later = _layer(rows, range(len(second.NAMES)), second.NAMES, 0.3)
    return Model(first(_first_rows(groups)), later)


def table(model: Model) -> dict[str, dict[str, float]]:
    """A model as data."""
    return {
        "first": {"intercept": model.first.intercept, **model.first.coefficients},
        "second": {"intercept": model.second.intercept, **model.second.coefficients},
    }


def lessons(labelled: files.Labelled, encoder: str | Encoder, weight: float = 1.0) -> list[Rows]:
    """Everything one labelled set teaches: its pairs and the made-up ones; ``weight`` of each pair."""
    found = collect(labelled, encoder) + twins(labelled, encoder) + strangers(labelled, encoder)
    for group in found:
        group.weight *= weight
    return found


def _folder(text: str) -> tuple[Path, float]:
    """FOLDER or FOLDER:WEIGHT."""
    name, _, weight = text.rpartition(":")
    try:
        return (Path(name), float(weight)) if name else (Path(text), 1.0)
    except ValueError:
        return Path(text), 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit both channels on the given labelled folders and write the coefficients with their cross-validated figures."""
    from duplicates import evaluate  # noqa: PLC0415 - it rests on this module

    parser = argparse.ArgumentParser(prog="python -m duplicates.fit", description=__doc__)
    parser.add_argument("folders", nargs="+", type=_folder, help="FOLDER[:WEIGHT] with the .jsonl files")
    parser.add_argument("--out", type=Path, default=DATA / "model.json")
    options = parser.parse_args(arguments)
    known = [(path.name, files.labelled(path), weight) for path, weight in options.folders]
    result: dict[str, Any] = {
        "fitted": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sets": {name: {"weight": weight, "proposals": len(found.proposals)} for name, found, weight in known},
        "figures": {},
    }
    for channel, encoder in (("lexical", "lexical"), ("dense", choose("use")[0])):
        if encoder is None:
            raise ScreeningError("the encoder that the dense coefficients are fitted with is not installed")
        taught = evaluate.lessons(known, encoder)
        result["figures"] |= evaluate.summaries(known, encoder, taught, FOLDS)
        result[channel] = table(fit([row for rows in taught.values() for row in rows], channel))
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
