"""From evidence to a probability: boosted trees, trained elsewhere, read from a file.

The trees are data. `bench/train_matching.py` makes them with scikit-learn, which is not needed
here: a tree of a dozen comparisons is walked in a few lines.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MODEL_FILE = Path(__file__).parent / "model.json"

Node = tuple[int, float, int, int, float]
"""Feature, threshold, the nodes below and above it, value. A leaf's feature is -1."""


@dataclass(frozen=True)
class Forest:
    """Boosted trees. ``features`` are the names of what they ask for, in order."""

    features: tuple[str, ...]
    baseline: float
    trees: tuple[tuple[Node, ...], ...]

    def probability(self, values: Sequence[float]) -> float:
        """Return the probability that the evidence is of what is meant, 0 to 1."""
        total = self.baseline
        for tree in self.trees:
            feature, threshold, below, above, value = tree[0]
            while feature >= 0:
                node = tree[below if values[feature] <= threshold else above]
                feature, threshold, below, above, value = node
            total += value
        return 1 / (1 + math.exp(-total))


@dataclass(frozen=True)
class Model:
    """``alone`` judges each candidate for itself, ``among`` judges the likely among the others.

    ``likely`` is the first score above which a candidate is judged again.
    ``first`` is the probability from which the best candidate is an answer, ``further`` that
    of each further one; they make few mistakes. From ``balanced`` on, answers are wrong about
    as often as they are missed. ``name`` says which training made it.
    """

    name: str
    alone: Forest
    among: Forest
    likely: float
    first: float
    further: float
    balanced: float


def read_model(path: Path = MODEL_FILE) -> Model:
    """Return the model that is shipped, or the one in ``path``."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Model(
        name=raw["name"],
        alone=_forest(raw["alone"]),
        among=_forest(raw["among"]),
        likely=raw["thresholds"]["likely"],
        first=raw["thresholds"]["first"],
        further=raw["thresholds"]["further"],
        balanced=raw["thresholds"]["balanced"],
    )


def _forest(raw: Mapping[str, object]) -> Forest:
    features, trees, baseline = raw["features"], raw["trees"], raw["baseline"]
    if not (isinstance(features, list) and isinstance(trees, list)):
        raise TypeError("the model has no features or no trees")
    if not isinstance(baseline, int | float):
        raise TypeError("the model has no baseline")
    nodes = tuple(tuple(_node(node) for node in tree) for tree in trees)
    return Forest(tuple(features), float(baseline), nodes)


def _node(raw: Sequence[float]) -> Node:
    feature, threshold, below, above, value = raw
    return int(feature), float(threshold), int(below), int(above), float(value)
