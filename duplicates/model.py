"""The additive score in two looks: a pair by itself, then the pair among its rivals and its system's other matches."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from duplicates.lexicon import DATA
from duplicates.names import ScreeningError
from duplicates.vocabulary import Floats

BOUND = 30.0


def probabilities(log_odds: Floats) -> Floats:
    """Log-odds → probabilities."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -BOUND, BOUND)))
    return found


@dataclass(frozen=True, slots=True)
class Layer:
    """An intercept and one coefficient per feature."""

    intercept: float
    coefficients: Mapping[str, float]

    def log_odds(self, values: Floats, names: Sequence[str]) -> Floats:
        """The sum of all parts, rounded so that the last bits of a platform's arithmetic never reorder a list.

        ``values``: one row per pair, one column per name. Raises ScreeningError when a sum is not finite.
        """
        row = np.array([self.coefficients.get(name, 0.0) for name in names])
        total = self.intercept + (values * row).sum(axis=1)
        if not np.isfinite(total).all():
            raise ScreeningError("a score is not a finite number")
        rounded: Floats = np.round(total, 5)
        return rounded


@dataclass(frozen=True, slots=True)
class Model:
    """``first`` looks at the pair alone, ``second`` at its log-odds among rivals (names in duplicates/second.py)."""

    first: Layer
    second: Layer

    def parts(self, values: Mapping[str, float]) -> dict[str, float]:
        """Contribution of each feature to the final log-odds."""
        slope = self.second.coefficients["first_look"]
        parts = {name: slope * weight * values[name] for name, weight in self.first.coefficients.items()}
        parts.update(
            {
                name: weight * values.get(name, 0.0)
                for name, weight in self.second.coefficients.items()
                if name != "first_look"
            }
        )
        return parts


def from_table(table: Mapping[str, Mapping[str, float]]) -> Model:
    """A model from {"first": {name: coefficient, "intercept": …}, "second": {…}}."""
    layers = []
    for name in ("first", "second"):
        row = dict(table[name])
        layers.append(Layer(row.pop("intercept"), row))
    return Model(*layers)


@functools.cache
def load(channel: str) -> Model:
    """The committed coefficients for ``lexical`` or ``dense``; fitted by duplicates/fit.py."""
    return from_table(json.loads((DATA / "model.json").read_text(encoding="utf-8"))[channel])
