import numpy as np
import pytest
from scipy import sparse

from retrieval.domain.profile import PAPER, WHYLENS, build_user_vector, effects_of, replay
from tests.support.rating_frames import history_of
from training.evaluation.rankers import (
    EaseRanker,
    ItemKnnRanker,
    PopularityRanker,
    RecentEaseRanker,
    RetrievalRanker,
)
from training.retrieval_model import RetrievalModel

N_MOVIES = 8
LIKES = sparse.csr_array((np.random.default_rng(0).random((12, N_MOVIES)) < 0.6).astype(float))


def liked_by(user: int):
    return history_of([(int(row) + 1, 5.0) for row in np.flatnonzero(LIKES.toarray()[user])])


def model(recipe, *, content_rows=()):
    vectors = np.random.default_rng(1).normal(size=(N_MOVIES, 3))
    sources = ["content" if row in content_rows else "ratings" for row in range(N_MOVIES)]
    return RetrievalModel(vectors, sources, np.array([0.1, 0.2, 0.3]), recipe)


def test_ease_solved_through_users_is_ease():
    reg, dense = 3.0, LIKES.toarray()
    inverse = np.linalg.inv(dense.T @ dense + reg * np.eye(N_MOVIES))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    ranker = EaseRanker(LIKES, threshold=3.5, reg=reg)
    scores = ranker.scores([liked_by(user) for user in range(12)])
    np.testing.assert_allclose(scores, dense @ weights, atol=1e-10)


def test_ease_reads_likes_alone_and_has_no_answer_without_one():
    ranker = EaseRanker(LIKES, threshold=3.5, reg=3.0)
    with_dislike = history_of([(1, 5.0), (2, 1.0), (3, 3.0)])
    alone, mixed, none = ranker.scores([history_of([(1, 5.0)]), with_dislike, history_of([])])
    np.testing.assert_array_equal(alone, mixed)
    assert np.isnan(none).all()


def test_ease_with_all_weight_on_the_base_differs_from_ease_by_event_weights_alone():
    ease = EaseRanker(LIKES, threshold=3.5, reg=3.0)
    history = history_of([(1, 5.0), (4, 5.0)])
    base = RecentEaseRanker(ease, blend=1.0, n_movies=N_MOVIES).scores([history])[0]
    plain = ease.scores([history])[0]
    np.testing.assert_allclose(base, plain / np.linalg.norm(plain), atol=1e-12)


def test_recency_moves_ease_towards_what_was_liked_last():
    ease = EaseRanker(LIKES, threshold=3.5, reg=3.0)
    first, last = ease.scores([history_of([(1, 5.0)]), history_of([(4, 5.0)])])
    recent = RecentEaseRanker(ease, blend=0.0, n_movies=N_MOVIES)
    early, late = recent.scores(
        [history_of([(4, 5.0), (1, 5.0)]), history_of([(1, 5.0), (4, 5.0)])]
    )
    assert late @ last > early @ last
    assert early @ first > late @ first
    assert np.isnan(recent.scores([history_of([])])).all()


def test_item_knn_adds_cosines_of_the_nearest_liked_movies():
    likes = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]], dtype=float))
    both, one = 2 / np.sqrt(6), 1 / np.sqrt(6)
    wide = ItemKnnRanker(likes, threshold=4.0, k=2).scores([history_of([(1, 5.0), (3, 4.0)])])[0]
    np.testing.assert_allclose(wide, [one, both, one])
    narrow = ItemKnnRanker(likes, threshold=4.0, k=1).scores([history_of([(1, 5.0), (3, 4.0)])])[0]
    np.testing.assert_allclose(narrow, [0.0, both, one])
    assert np.isnan(ItemKnnRanker(likes, threshold=4.0, k=2).scores([history_of([(1, 3.5)])])).all()


def test_popularity_gives_everybody_the_same_list():
    scores = PopularityRanker(LIKES).scores([liked_by(0), history_of([])])
    np.testing.assert_array_equal(scores[0], LIKES.toarray().sum(axis=0))
    np.testing.assert_array_equal(scores[0], scores[1])


@pytest.mark.parametrize("recipe", [WHYLENS, PAPER])
def test_a_retrieval_ranker_scores_as_serving_does(recipe):
    fitted, history = model(recipe), history_of([(1, 5.0), (3, 2.0), (5, 4.0)])
    items = fitted.vectors[history.rows]
    state = replay(
        effects_of(history.events, recipe=recipe), items, fitted.average_user_vector, recipe=recipe
    )
    vector = build_user_vector(state, recipe=recipe, as_of_ms=history.events[-1].timestamp_ms)
    scores = RetrievalRanker(fitted).scores([history])[0]
    np.testing.assert_allclose(scores, fitted.vectors @ vector.total, atol=1e-12)


def test_a_viewer_without_history_is_ranked_for_by_the_average():
    fitted = model(WHYLENS)
    scores = RetrievalRanker(fitted).scores([history_of([])])[0]
    average = fitted.average_user_vector
    np.testing.assert_allclose(scores, fitted.vectors @ average / np.linalg.norm(average))


def test_movies_without_ratings_are_no_candidates_of_the_published_system():
    ranker = RetrievalRanker(model(PAPER, content_rows=(2,)), rated_only=True)
    met, not_met = ranker.scores([history_of([(1, 5.0), (3, 5.0)]), history_of([(1, 5.0)])])
    assert np.flatnonzero(np.isnan(met)).tolist() == [2]
    np.testing.assert_array_equal(met, not_met)
