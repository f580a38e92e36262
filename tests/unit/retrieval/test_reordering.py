import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.adjustments import adjustments_of, listed_step, moves_of, reorder
from retrieval.domain.arrays import unit_rows
from retrieval.domain.recommendation import Filters
from retrieval.domain.reordering import (
    POOL_SIZE,
    diverse_order,
    relevance,
    surprising_relevance,
)

strengths = st.floats(0.0, 1.0)


@st.composite
def pools(draw, max_size=30):
    """Scores, unit vectors and numbers of ratings, with many ties among them."""
    size = draw(st.integers(1, max_size))
    scores = draw(st.lists(st.integers(-3, 6), min_size=size, max_size=size))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    vectors = unit_rows(rng.integers(-2, 3, size=(size, 3)).astype(np.float64))
    return np.array(scores, dtype=np.float64), vectors, rng.integers(0, 5, size=size)


@given(pools())
def test_without_diversity_the_order_is_that_by_relevance_and_ties_keep_their_order(pool):
    scores, vectors, _ = pool
    merits = relevance(scores)
    expected = sorted(range(scores.size), key=lambda i: (-scores[i], i))
    assert diverse_order(merits, vectors, diversity=0.0).tolist() == expected


@given(pools(), strengths, st.integers(0, 40))
def test_a_shorter_order_is_the_beginning_of_the_whole_one(pool, diversity, n):
    scores, vectors, _ = pool
    whole = diverse_order(relevance(scores), vectors, diversity=diversity).tolist()
    assert sorted(whole) == list(range(scores.size))
    assert diverse_order(relevance(scores), vectors, diversity=diversity, n=n).tolist() == whole[:n]


@given(pools(), strengths)
def test_every_choice_has_the_largest_marginal_relevance(pool, diversity):
    scores, vectors, _ = pool
    merits = relevance(scores)
    chosen = diverse_order(merits, vectors, diversity=diversity).tolist()
    cosines = vectors @ vectors.T
    for place in range(1, len(chosen)):
        before, rest = chosen[:place], chosen[place:]
        gains = {
            i: (1 - diversity) * merits[i] - diversity * max(cosines[i, j] for j in before)
            for i in rest
        }
        assert gains[chosen[place]] >= max(gains.values()) - 1e-12


def test_full_diversity_takes_opposites_before_kin():
    vectors = unit_rows(np.array([[1.0, 0.0], [0.99, 0.05], [0.0, 1.0], [-1.0, 0.0]]))
    merits = np.array([1.0, 0.9, 0.2, 0.0])
    assert diverse_order(merits, vectors, diversity=1.0).tolist() == [0, 3, 2, 1]
    assert diverse_order(merits, vectors, diversity=0.0).tolist() == [0, 1, 2, 3]


def test_popularity_is_the_share_of_the_pool_that_is_less_known():
    paid = surprising_relevance(np.ones(5), np.array([10, 0, 500, 10, 3]), surprise=0.5)
    assert paid.tolist() == pytest.approx([0.75, 1.0, 0.5, 0.75, 0.875])


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_of_one_film_or_none_is_left_alone(size):
    scores, vectors = np.full(size, 2.0), np.ones((size, 1))
    merits = surprising_relevance(relevance(scores), np.zeros(size, dtype=np.int64), surprise=1.0)
    assert diverse_order(merits, vectors, diversity=1.0).tolist() == list(range(size))


@given(pools(max_size=160), strengths, strengths)
def test_a_reordering_keeps_the_movies_and_only_the_pool_moves(pool, surprise, diversity):
    scores, vectors, n_ratings = pool
    rows = np.lexsort((np.arange(scores.size), -scores)).astype(np.int64)
    filters = Filters(surprise=surprise, diversity=diversity)
    start = listed_step(rows)
    steps = [start, *_reorder(start, scores, filters, vectors, n_ratings)]
    last = steps[-1].rows.tolist()
    assert sorted(last) == sorted(rows.tolist())
    assert set(last[:POOL_SIZE]) == set(rows[:POOL_SIZE].tolist())
    assert last[POOL_SIZE:] == rows[POOL_SIZE:].tolist()
    for step in steps:
        assert [step.rank_of(row) for row in step.rows.tolist()] == list(range(1, rows.size + 1))


@given(pools(), strengths, strengths, st.integers(1, 12))
def test_what_is_disclosed_leads_from_the_score_to_the_list(pool, surprise, diversity, n):
    scores, vectors, n_ratings = pool
    rows = np.lexsort((np.arange(scores.size), -scores)).astype(np.int64)
    filters = Filters(surprise=surprise, diversity=diversity)
    start = listed_step(rows)
    steps = [start, *_reorder(start, scores, filters, vectors, n_ratings)]
    by_score, last = rows.tolist(), steps[-1].rows.tolist()
    for rank, row in enumerate(last[:n], start=1):
        moves = moves_of(row, steps)
        reached = by_score.index(row) + 1
        for move in moves:
            assert move.rank_before == reached != move.rank_after
            reached = move.rank_after
        assert reached == rank
    adjustments = adjustments_of(steps, filters, np.arange(rows.size), n=n)
    listed = by_score[:n]
    for adjustment in adjustments:
        assert set(adjustment.left_movie_ids) <= set(listed)
        listed = [row for row in listed if row not in adjustment.left_movie_ids]
        listed += adjustment.entered_movie_ids
    assert sorted(listed) == sorted(last[:n])
    active = [name for name in ("surprise", "diversity") if getattr(filters, name) > 0]
    assert [adjustment.by for adjustment in adjustments] == active


def _reorder(start, scores, filters, vectors, n_ratings):
    pool_scores = scores[start.rows[:POOL_SIZE]]
    return reorder(start, pool_scores, filters, unit_items=vectors, n_ratings=n_ratings)
