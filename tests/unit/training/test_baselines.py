import numpy as np

from training.baselines import ease_scores, popularity_scores

LIKES = (np.random.default_rng(0).random((12, 8)) < 0.4).astype(float)


def test_ease_solved_through_users_is_ease():
    reg = 3.0
    inverse = np.linalg.inv(LIKES.T @ LIKES + reg * np.eye(8))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    np.testing.assert_allclose(ease_scores(LIKES, reg=reg), LIKES @ weights, atol=1e-10)


def test_popularity_gives_everybody_the_same_list():
    scores = popularity_scores(LIKES)
    assert scores.shape == LIKES.shape
    np.testing.assert_array_equal(scores[0], LIKES.sum(axis=0))
    np.testing.assert_array_equal(scores[0], scores[-1])
