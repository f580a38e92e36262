"""From the scores of many samples to a mean, an interval and a verdict."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

__all__ = ["Estimate", "Verdict", "estimate_mean", "judge"]

Verdict = Literal["pass", "fail", "inconclusive"]


class Estimate(NamedTuple):
    """A mean over viewers with its uncertainty."""

    mean: float | None
    """None when nothing was scored."""
    low: float | None
    high: float | None
    n_scored: int
    n_unscored: int
    n_failed: int
    """Samples that the system under test failed to answer; they count as 0 in the mean."""


def estimate_mean(
    values: Sequence[float],
    clusters: Sequence[str],
    *,
    n_unscored: int,
    n_failed: int,
    rng: np.random.Generator,
    resamples: int = 2_000,
    confidence: float = 0.95,
) -> Estimate:
    """Mean with a percentile bootstrap interval that resamples whole viewers.

    Samples of one viewer are alike, so resampling single samples would make the interval too
    narrow. Failed samples count as 0 and take part as clusters of their own.

    Args:
        values: Scores in [0, 1], one a scored sample.
        clusters: The viewer of each score.
        n_unscored: Samples without a score; reported, never averaged.
        n_failed: Samples without an answer.
        rng: Source of randomness.
        resamples: Bootstrap repetitions.
        confidence: Coverage of the interval.

    Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), ch. 13; cluster
    resampling after A. C. Cameron et al., Bootstrap-Based Improvements for Inference with
    Clustered Errors (2008).
    """
    all_values = np.array([*values, *([0.0] * n_failed)])
    names = [*clusters, *(f"failed-{i}" for i in range(n_failed))]
    if all_values.size == 0:
        return Estimate(None, None, None, 0, n_unscored, n_failed)
    _, of_sample = np.unique(names, return_inverse=True)
    n_clusters = int(of_sample.max()) + 1
    sums = np.bincount(of_sample, weights=all_values, minlength=n_clusters)
    sizes = np.bincount(of_sample, minlength=n_clusters)
    drawn = rng.integers(n_clusters, size=(resamples, n_clusters))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return Estimate(
        float(all_values.mean()), float(low), float(high), len(values), n_unscored, n_failed
    )


def judge(estimate: Estimate, *, threshold: float, max_unscored_share: float = 0.2) -> Verdict:
    """Compare an interval with a threshold.

    Returns:
        ``pass`` when the whole interval reaches the threshold, ``fail`` when none of it does, and
        ``inconclusive`` when it straddles it, when nothing was scored, or when too many samples
        were unscored to speak for the rest.
    """
    total = estimate.n_scored + estimate.n_unscored + estimate.n_failed
    if estimate.low is None or estimate.high is None or total == 0:
        return "inconclusive"
    if estimate.high < threshold:
        return "fail"
    if estimate.n_unscored > max_unscored_share * total:
        return "inconclusive"
    return "pass" if estimate.low >= threshold else "inconclusive"
