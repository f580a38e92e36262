import numpy as np
import pytest

from training.evaluation.metrics import (
    bootstrap_difference,
    bootstrap_mean,
    coverage,
    list_diversity,
    list_metrics,
    rmse,
)


def test_rmse_of_known_errors():
    assert rmse(np.array([1.0, 2.0]), np.array([4.0, 6.0])) == pytest.approx(np.sqrt(12.5))


def test_a_perfect_list_scores_one_and_a_useless_one_zero():
    assert list_metrics([1, 2, 3], frozenset({1, 2, 3}), k=3) == (1.0, 1.0, 1.0)
    assert list_metrics([4, 5, 6], frozenset({1}), k=3) == (0.0, 0.0, 0.0)


def test_ndcg_discounts_by_rank():
    second = list_metrics([9, 1, 8], frozenset({1}), k=3)
    assert second.ndcg == pytest.approx(1 / np.log2(3))
    both = list_metrics([1, 9, 2], frozenset({1, 2}), k=3)
    assert both.ndcg == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3)))


def test_recall_counts_what_the_list_could_not_hold():
    metrics = list_metrics([1, 2], frozenset({1, 2, 3, 4}), k=2)
    assert metrics.recall == 0.5
    assert metrics.ndcg == 1.0


def test_a_list_that_is_too_short_wins_nothing_by_it():
    relevant = frozenset({1, 2, 3})
    assert list_metrics([1], relevant, k=3).ndcg < list_metrics([1, 2], relevant, k=3).ndcg < 1.0
    assert list_metrics([], relevant, k=3) == (0.0, 0.0, 0.0)


def test_diversity_is_one_minus_the_mean_cosine_of_pairs():
    east, north = [1.0, 0.0], [0.0, 1.0]
    assert list_diversity(np.array([east, east, east])) == pytest.approx(0.0)
    assert list_diversity(np.array([east, north])) == pytest.approx(1.0)
    assert list_diversity(np.array([east, east, north])) == pytest.approx(2 / 3)
    assert list_diversity(np.array([east, [0.0, 0.0]])) == pytest.approx(1.0)
    assert np.isnan(list_diversity(np.array([east])))


def test_coverage_counts_each_movie_once():
    assert coverage([[1, 2], [2, 3]], 10) == 0.3


def test_intervals_hold_the_mean_and_repeat_with_the_seed():
    values = np.random.default_rng(0).random(200)
    one = bootstrap_mean(values, samples=200, rng=np.random.default_rng(1))
    two = bootstrap_mean(values, samples=200, rng=np.random.default_rng(1))
    assert one == two
    assert one.low < one.mean < one.high


def test_a_paired_difference_is_narrow_where_users_agree():
    ours = np.random.default_rng(0).random(50)
    interval = bootstrap_difference(ours + 0.1, ours, samples=100, rng=np.random.default_rng(1))
    assert interval == pytest.approx((0.1, 0.1, 0.1))
