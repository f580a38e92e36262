import numpy as np
import pytest

from evals.metrics import Estimate, estimate_mean, judge


def estimate(values, clusters, *, n_unscored=0, n_failed=0):
    return estimate_mean(
        values, clusters, n_unscored=n_unscored, n_failed=n_failed, rng=np.random.default_rng(0)
    )


def test_the_interval_contains_the_mean_and_shrinks_to_it_without_spread():
    same = estimate([0.8] * 20, [f"ml:{i}" for i in range(20)])
    assert same[:3] == pytest.approx((0.8, 0.8, 0.8))
    mixed = estimate([0.0, 1.0] * 10, [f"ml:{i}" for i in range(20)])
    assert mixed.mean == 0.5
    assert 0.2 < mixed.low < 0.5 < mixed.high < 0.8


def test_samples_of_one_viewer_do_not_count_as_independent():
    values = [0.0] * 10 + [1.0] * 10
    apart = estimate(values, [f"ml:{i}" for i in range(20)])
    together = estimate(values, [f"ml:{i // 5}" for i in range(20)])
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_a_failed_answer_counts_as_zero_and_an_unscored_one_not_at_all():
    found = estimate([1.0] * 9, [f"ml:{i}" for i in range(9)], n_unscored=5, n_failed=1)
    assert found.mean == pytest.approx(0.9)
    assert (found.n_scored, found.n_unscored, found.n_failed) == (9, 5, 1)


def test_without_any_score_there_is_no_mean():
    assert estimate([], [], n_unscored=3) == Estimate(None, None, None, 0, 3, 0)


@pytest.mark.parametrize(
    ("low", "high", "n_unscored", "verdict"),
    [
        (0.95, 1.0, 0, "pass"),
        (0.90, 1.0, 0, "pass"),
        (0.85, 0.95, 0, "inconclusive"),
        (0.5, 0.89, 0, "fail"),
        (0.95, 1.0, 5, "inconclusive"),
        (0.5, 0.6, 5, "fail"),
        (None, None, 10, "inconclusive"),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(low, high, n_unscored, verdict):
    found = Estimate(low, low, high, 0 if low is None else 10, n_unscored, 0)
    assert judge(found, threshold=0.9) == verdict
