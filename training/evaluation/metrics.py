"""Measures of prediction and ranking, with intervals. Pure numpy."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Interval",
    "ListMetrics",
    "bootstrap_difference",
    "bootstrap_mean",
    "coverage",
    "list_diversity",
    "list_metrics",
    "rmse",
]

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


class ListMetrics(NamedTuple):
    """Quality of one user's list; each in [0, 1]."""

    ndcg: float
    recall: float
    hit: float


def rmse(predicted: Floats, actual: Floats) -> float:
    """Root mean squared error of two arrays of shape ``(n,)``, n >= 1."""
    return float(np.sqrt(np.mean((predicted - actual) ** 2)))


def list_metrics(recommended: Sequence[int], relevant: frozenset[int], *, k: int) -> ListMetrics:
    """Judge one list with binary relevance.

    ``DCG = sum_rank hit / log2(rank + 1)``, divided by that of the best list of length ``k``: a
    list that is shorter than ``k`` wins nothing by it.

    Args:
        recommended: Best first, without repeats; at most ``k`` long, may be empty.
        relevant: What the viewer liked in the test part; not empty.
        k: Length that was asked for, >= 1.
    """
    hits = np.array([item in relevant for item in recommended], dtype=np.float64)
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = discounts[: min(k, len(relevant))].sum()
    return ListMetrics(
        ndcg=float((hits * discounts[: len(hits)]).sum() / ideal),
        recall=float(hits.sum() / len(relevant)),
        hit=float(hits.any()),
    )


def list_diversity(units: Floats) -> float:
    """How unlike each other the movies of one list are: ``1 - mean cosine`` over its pairs.

    Args:
        units: Unit-length feature vectors (zeros where nothing is known), shape ``(n, f)``.

    Returns:
        In [0, 1] for non-negative features; NaN for fewer than two movies.
    """
    n = len(units)
    if n < 2:
        return float("nan")
    total, own = units.sum(axis=0), float((units * units).sum())
    return 1.0 - (float(total @ total) - own) / (n * (n - 1))


def coverage(lists: Sequence[Sequence[int]], n_items: int) -> float:
    """Share of the catalogue that shows up in at least one list."""
    return len({item for one in lists for item in one}) / n_items


def bootstrap_mean(values: Floats, *, samples: int, rng: np.random.Generator) -> Interval:
    """Mean over users with a percentile interval from resampling users.

    Args:
        values: One value per user, shape ``(n,)``, n >= 1.
        samples: Bootstrap samples.
        rng: Source of the resampling.
    """
    rows = rng.integers(0, len(values), size=(samples, len(values)))
    low, high = np.quantile(values[rows].mean(axis=1), [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def bootstrap_difference(
    ours: Floats, theirs: Floats, *, samples: int, rng: np.random.Generator
) -> Interval:
    """Mean paired difference ``ours - theirs`` over the same users, with its interval."""
    return bootstrap_mean(ours - theirs, samples=samples, rng=rng)
