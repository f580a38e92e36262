import numpy as np

from training.consensus import consensus_centres
from training.settings import TrainingSettings
from training.theme_space import join_space
from training.themes import (
    fit_paper_themes,
    fit_themes,
    project_to_map,
    seed_stability,
    silhouette_curve,
    tag_coherence,
)

SETTINGS = TrainingSettings(
    n_themes=3,
    min_likes=2,
    theme_min_likes=2,
    kmeans_inits=3,
    consensus_runs=10,
    silhouette_ks=(2, 3, 500),
)


def blobs(per_theme: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3, 5), per_theme, axis=0) + rng.normal(
        scale=0.05, size=(3 * per_theme, 5)
    )
    likes = np.concatenate([np.full(per_theme, n) for n in (5, 50, 10)])
    return vectors, likes


def fit(vectors, likes, settings=SETTINGS, genres=None, tags=None):
    nothing = [()] * len(vectors)
    return fit_themes(vectors, genres or nothing, tags or nothing, likes, settings)


def noisy_blobs(n: int, seed: int) -> np.ndarray:
    """Eight directions so close that one K-Means start in two goes wrong."""
    rng = np.random.default_rng(seed)
    return np.repeat(np.eye(8, 20), n, axis=0) + rng.normal(scale=0.3, size=(8 * n, 20))


def test_the_most_liked_theme_comes_first():
    vectors, likes = blobs()
    themes = fit(vectors, likes)
    assert themes.n_themes == 3
    assert [themes.theme_of[row] for row in (0, 20, 40)] == [2, 0, 1]
    assert (themes.centrality > 0.9).all()


def test_movies_with_few_likes_join_the_nearest_theme():
    vectors, likes = blobs()
    likes[3] = 0
    themes = fit(vectors, likes)
    assert not themes.clustered[3]
    assert themes.theme_of[3] == themes.theme_of[4]


def test_the_same_seed_gives_the_same_themes():
    vectors, likes = blobs()
    first, again = (fit(vectors, likes) for _ in range(2))
    np.testing.assert_array_equal(first.theme_of, again.theme_of)


def test_consensus_finds_again_what_single_fits_find_by_luck():
    points = noisy_blobs(40, seed=1)
    settings = SETTINGS.model_copy(
        update={"n_themes": 8, "kmeans_inits": 1, "consensus_runs": 40, "seed": 3}
    )
    themes = fit(points, np.full(len(points), 9), settings)
    found = seed_stability(themes, settings, recipe="whylens")
    assert found.themes > 0.95 > found.single_kmeans
    assert seed_stability(themes, settings, recipe="paper").themes == found.single_kmeans


def test_other_seeds_of_the_consensus_share_no_run_and_the_same_seed_repeats_it():
    points = noisy_blobs(20, seed=2)
    first, again, other = (consensus_centres(points, k=8, runs=10, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_genres_and_notes_settle_what_viewers_leave_open():
    rng = np.random.default_rng(0)
    vectors = np.eye(1, 5) + rng.normal(scale=0.02, size=(60, 5))
    likes = np.full(60, 9)
    genres = [("Horror",), ("Comedy",), ("Western",)] * 20
    themes = fit(vectors, likes, genres=genres)
    assert all(len(set(themes.theme_of[start::3])) == 1 for start in range(3))
    assert len(set(themes.theme_of[:3])) == 3
    without = SETTINGS.model_copy(update={"theme_trait_weight": 0.0})
    mixed = fit(vectors, likes, without, genres=genres).theme_of
    assert any(len(set(mixed[start::3])) > 1 for start in range(3))


def test_rare_traits_weigh_more_than_common_ones_and_films_without_any_stay_in_place():
    vectors = np.eye(4)
    block = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    space = join_space(vectors, [block], clustered=np.ones(4, dtype=bool), weight=0.4)
    np.testing.assert_allclose(space[:, :4], vectors)
    assert space[0, 5] > space[0, 4] > 0.0
    np.testing.assert_allclose(np.linalg.norm(space[:, 4:], axis=1), [0.4, 0.4, 0.4, 0.0])


def test_fewer_movies_than_themes_is_no_error():
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    themes = fit(vectors, np.array([1, 1, 0]))
    assert themes.n_themes <= 3


def test_the_published_recipe_clusters_every_rated_movie():
    vectors, likes = blobs()
    themes = fit_paper_themes(vectors, likes > 0, likes, SETTINGS)
    assert themes.clustered.all()
    np.testing.assert_allclose(themes.points.std(axis=0), 1.0)


def test_the_silhouette_of_structure_beats_its_null():
    vectors, likes = blobs()
    themes = fit(vectors, likes)
    curve = silhouette_curve(themes.points, SETTINGS, keep_lengths=True)
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
