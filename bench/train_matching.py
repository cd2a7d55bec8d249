"""Trains the scorer of kg.link on the tuning part: writes kg/link/model.json.

Needs scikit-learn and the registry data below SUITES, as ``matching.py``. The same data and versions give
the same trees: nothing is drawn without a seed, and nothing is chosen on the test part.
"""

import argparse
import json
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matching_data import DUMP, FOLDS, NEEDED, REGISTRIES, Sample, read_samples
from sklearn import __version__ as sklearn_version
from sklearn.ensemble import HistGradientBoostingClassifier

from kg.link.candidates import find_hits
from kg.link.evidence import FEATURES, Evidence, gather
from kg.link.importing import import_ror
from kg.link.index import INDEX_FILE
from kg.link.mention import read_mention
from kg.link.registry import Registry
from kg.link.rivals import AMONG, stand
from kg.link.scoring import MODEL_FILE

Array = np.ndarray[Any, Any]
BASE = "https://w3id.org/research-center-kg/"
SEED = 20260623
ALONE_SHAPE = {"max_iter": 80, "max_leaf_nodes": 12, "min_samples_leaf": 60}
AMONG_SHAPE = {"max_iter": 80, "max_leaf_nodes": 20, "min_samples_leaf": 30}
LIKELY = 0.01
"""The first score above which a candidate is judged again, among the others. The second scorer
learns from these alone: what separates them would drown among the many that are easily told."""
DIGITS = 6
MORE = {
    **dict.fromkeys(
        (
            *("exact", "name_covered", "name_covered_anywhere", "context_covered", "alone"),
            *("sorted_ratio", "partial_ratio", "whole_segments", "country", "city", "region"),
            *("active", "ahead", "longer", "context_covered_but_place", "left_out"),
        ),
        1,
    ),
    **dict.fromkeys(
        (
            *("missing", "heaviest_missing", "heaviest_extra", "typos", "other_city"),
            *("withdrawn", "numbers_differ", "same_name", "part_of_longer", "missing_but_place"),
        ),
        -1,
    ),
}
"""Of which numbers more can only speak for a candidate (1), or against it (-1)."""
PRECISION = 0.95
"""What the answers above the usual thresholds must reach on the tuning part."""


def main() -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, help="an import to use instead of a fresh one")
    parser.add_argument("--keep", type=Path, help="where evidence is kept between runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = arguments.index or import_ror(DUMP, Path(folder) / "ror", BASE).folder / INDEX_FILE
        registry = Registry(index)
        samples = [sample for sample in read_samples() if not sample.test]
        if arguments.keep and arguments.keep.is_file():
            found = pickle.loads(arguments.keep.read_bytes())  # noqa: S301 - written below
        else:
            found = collect(samples, registry)
            if arguments.keep:
                arguments.keep.write_bytes(pickle.dumps(found))
    model = train(samples, found, registry)
    MODEL_FILE.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")
    print(model["name"], model["thresholds"], model["tuning"])


def collect(samples: Sequence[Sample], registry: Registry) -> list[list[Evidence]]:
    """Return the candidates of every string with their evidence."""
    countries, cities = registry.countries(), registry.cities()
    found = []
    for number, sample in enumerate(samples):
        if number % 1000 == 0:
            print(f"... {number} of {len(samples)} strings", flush=True)
        mention = read_mention(sample.text, countries, cities)
        found.append(gather(mention, find_hits(mention, registry), registry))
    return found


def train(
    samples: Sequence[Sample], found: Sequence[Sequence[Evidence]], registry: Registry
) -> dict[str, Any]:
    """Return the model as it is written.

    The second scorer sees first scores that were made without the string's own fold, and the
    thresholds are chosen on second scores made likewise.
    """
    values = np.array([e.values for row in found for e in row])
    right = np.array(
        [
            e.entry.local in sample.gold
            for sample, row in zip(samples, found, strict=True)
            for e in row
        ]
    )
    folds = np.array([sample.fold for sample, row in zip(samples, found, strict=True) for _ in row])
    alone = _out_of_fold(values, right, folds, FEATURES, ALONE_SHAPE)
    rows = _rows(found)
    both = np.hstack([values, _among(found, alone, rows)])
    among, likely = alone.copy(), alone > LIKELY
    among[likely] = _out_of_fold(
        both[likely], right[likely], folds[likely], (*FEATURES, *AMONG), AMONG_SHAPE
    )
    scored = _scored(samples, found, among, rows, registry)
    first, further, tuning = thresholds(scored, PRECISION)
    balanced, _, balanced_tuning = thresholds(scored, 0.0)
    return {
        "name": f"trees of scikit-learn {sklearn_version}, seed {SEED}",
        "made_by": "bench/train_matching.py",
        "alone": _written(_fitted(values, right, FEATURES, ALONE_SHAPE), FEATURES),
        "among": _written(
            _fitted(both[likely], right[likely], (*FEATURES, *AMONG), AMONG_SHAPE),
            (*FEATURES, *AMONG),
        ),
        "thresholds": {"likely": LIKELY, "first": first, "further": further, "balanced": balanced},
        "tuning": {"first": tuning, "balanced": balanced_tuning},
    }


def _rows(found: Sequence[Sequence[Evidence]]) -> list[slice]:
    ends = np.cumsum([len(row) for row in found])
    return [slice(int(end) - len(row), int(end)) for end, row in zip(ends, found, strict=True)]


def _among(found: Sequence[Sequence[Evidence]], alone: Array, rows: Sequence[slice]) -> Array:
    return np.array(
        [n for row, at in zip(found, rows, strict=True) for n in stand(row, alone[at].tolist())]
    )


def _fitted(
    values: Array, right: Array, features: Sequence[str], shape: Mapping[str, float]
) -> Any:  # noqa: ANN401 - scikit-learn has no types
    model = HistGradientBoostingClassifier(
        **shape,
        learning_rate=0.1,
        max_features=0.3,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=SEED,
        monotonic_cst=[MORE.get(feature, 0) for feature in features],
    )
    return model.fit(values, right)


def _out_of_fold(
    values: Array,
    right: Array,
    folds: Array,
    features: Sequence[str],
    shape: Mapping[str, float],
) -> Array:
    scores = np.zeros(len(values))
    for fold in range(FOLDS):
        inside = folds == fold
        model = _fitted(values[~inside], right[~inside], features, shape)
        print(f"... fold {fold}", flush=True)
        scores[inside] = model.predict_proba(values[inside])[:, 1]
    return scores


Scored = dict[str, tuple[Array, Array, int]]
"""For each source the best candidate of each string, all the others, each as score and whether
it is right, and how many labels there are."""


def _scored(
    samples: Sequence[Sample],
    found: Sequence[Sequence[Evidence]],
    scores: Array,
    rows: Sequence[slice],
    registry: Registry,
) -> Scored:
    scored: dict[str, tuple[list[tuple[float, bool]], list[tuple[float, bool]], list[int]]] = {}
    for sample, row, at in zip(samples, found, rows, strict=True):
        first, further, wanted = scored.setdefault(sample.source, ([], [], []))
        answers = [e.entry.local in sample.gold for e in row]
        records = [e.entry.is_record for e in row]
        ranked = sorted(zip(scores[at].tolist(), answers, records, strict=True), reverse=True)
        # What is only mentioned is no answer, but keeps the next one from being the first.
        first += [(score, answer) for score, answer, is_record in ranked[:1] if is_record]
        further += [(score, answer) for score, answer, is_record in ranked[1:] if is_record]
        wanted.append(sum(is_record(registry, i) for i in sample.gold))
    return {
        source: (np.array(first), np.array(further), sum(wanted))
        for source, (first, further, wanted) in scored.items()
    }


def thresholds(scored: Scored, least: float) -> tuple[float, float, dict[str, dict[str, float]]]:
    """Return the thresholds of the best F1 at which all answers have a precision of ``least``.

    The first is for the best candidate of a string, the second for each further one. Precision
    and F1 are those of all sources together; what each source has is returned with them.
    """
    together = (
        np.concatenate([first for first, _, _ in scored.values()]),
        np.concatenate([further for _, further, _ in scored.values()]),
        sum(wanted for _, _, wanted in scored.values()),
    )
    every = {**scored, "all": together}
    best: tuple[float, float, float, dict[str, dict[str, float]]] = (-1.0, 1.0, 1.0, {})
    for one in np.arange(0.30, 0.96, 0.01).tolist():
        for more in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99):
            measured = {
                source: _measure(*found_there, one, max(one, more))
                for source, found_there in every.items()
            }
            if measured["all"]["precision"] >= least and measured["all"]["f1"] > best[0]:
                f1 = measured["all"]["f1"]
                best = (f1, round(one, 2), round(max(one, more), 2), measured)
    return best[1:]


def is_record(registry: Registry, local: str) -> bool:
    """Say whether the registry has a record, and not only a mention, of ``local``."""
    entry = registry.entry_at(local)
    return entry is not None and entry.is_record


def _measure(
    first: Array, further: Array, wanted: int, one: float, more: float
) -> dict[str, float]:
    answered = np.concatenate([first[first[:, 0] >= one], further[further[:, 0] >= more]])
    precision = answered[:, 1].sum() / max(len(answered), 1)
    recall = answered[:, 1].sum() / wanted
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {
        "precision": round(float(precision), 4),
        "recall": round(float(recall), 4),
        "f1": round(float(f1), 4),
    }


def _written(model: Any, features: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 - as above
    trees = []
    for (predictor,) in model._predictors:  # noqa: SLF001 - scikit-learn gives no other way to its trees
        trees.append(
            [
                [-1, 0, 0, 0, round(float(node["value"]), DIGITS)]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    float(node["num_threshold"]),
                    int(node["left"]),
                    int(node["right"]),
                    0,
                ]
                for node in predictor.nodes
            ]
        )
    baseline = float(np.ravel(model._baseline_prediction)[0])  # noqa: SLF001 - as above
    return {"features": list(features), "baseline": baseline, "trees": trees}


if __name__ == "__main__":
    if not REGISTRIES.is_dir():
        raise SystemExit(f"{REGISTRIES}: no such folder; {NEEDED}")
    main()
