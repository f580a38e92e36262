import numpy as np

from training.settings import TrainingSettings
from training.themes import (
    fit_paper_themes,
    fit_themes,
    project_to_map,
    silhouette_curve,
    tag_coherence,
)

SETTINGS = TrainingSettings(n_themes=3, min_likes=2, kmeans_inits=3, silhouette_ks=(2, 3, 500))


def blobs(per_theme: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3, 5), per_theme, axis=0) + rng.normal(
        scale=0.05, size=(3 * per_theme, 5)
    )
    likes = np.concatenate([np.full(per_theme, n) for n in (5, 50, 10)])
    return vectors, likes


def test_the_most_liked_theme_comes_first():
    vectors, likes = blobs()
    themes = fit_themes(vectors, likes, SETTINGS)
    assert themes.n_themes == 3
    assert [themes.theme_of[row] for row in (0, 20, 40)] == [2, 0, 1]
    assert (themes.centrality > 0.9).all()


def test_movies_with_few_likes_join_the_nearest_theme():
    vectors, likes = blobs()
    likes[3] = 0
    themes = fit_themes(vectors, likes, SETTINGS)
    assert not themes.clustered[3]
    assert themes.theme_of[3] == themes.theme_of[4]


def test_the_same_seed_gives_the_same_themes():
    vectors, likes = blobs()
    first, again = (fit_themes(vectors, likes, SETTINGS) for _ in range(2))
    np.testing.assert_array_equal(first.theme_of, again.theme_of)


def test_fewer_movies_than_themes_is_no_error():
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    themes = fit_themes(vectors, np.array([1, 1, 0]), SETTINGS)
    assert themes.n_themes <= 3


def test_the_published_recipe_clusters_every_rated_movie():
    vectors, likes = blobs()
    themes = fit_paper_themes(vectors, likes > 0, likes, SETTINGS)
    assert themes.clustered.all()
    np.testing.assert_allclose(themes.points.std(axis=0), 1.0)


def test_the_silhouette_of_structure_beats_its_null():
    vectors, likes = blobs()
    themes = fit_themes(vectors, likes, SETTINGS)
    curve = silhouette_curve(themes.points, SETTINGS, unit_length=True)
    assert [point.k for point in curve] == [2, 3]
    assert curve[1].silhouette > 0.7 > curve[1].null


def test_tag_coherence_of_perfect_themes_and_of_no_tags():
    tags = np.repeat(np.eye(2), 6, axis=0)
    theme_of = np.repeat([0, 1], 6)
    assert tag_coherence(tags, theme_of) == 1.0 / (2 * 30 / (12 * 11))
    assert tag_coherence(np.zeros((12, 0)), theme_of) is None


def test_the_map_is_bounded_and_keeps_kin_together():
    vectors, _ = blobs()
    xy = project_to_map(vectors)
    assert xy.shape == (60, 2)
    assert np.abs(xy).max() == 1.0
    assert np.linalg.norm(xy[0] - xy[1]) < np.linalg.norm(xy[0] - xy[30])
