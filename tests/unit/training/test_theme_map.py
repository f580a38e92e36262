import numpy as np

from training.settings import TrainingSettings
from training.theme_map import lay_out


def groups(n_groups: int = 4, size: int = 30):
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(10)[:n_groups], size, axis=0)
    return centres + 0.05 * rng.normal(size=centres.shape)


def test_neighbours_stay_neighbours_on_the_map():
    flat = lay_out(groups(), TrainingSettings())
    distances = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    group = np.arange(120) // 30
    assert (group[distances.argmin(axis=1)] == group).mean() > 0.95
    assert np.abs(flat).max() <= 1.0


def test_the_map_repeats_with_the_seed_and_a_few_movies_are_projected():
    one, two = (lay_out(groups(), TrainingSettings()) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert lay_out(groups(2, 3), TrainingSettings()).shape == (6, 2)
