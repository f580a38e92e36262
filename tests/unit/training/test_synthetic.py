import numpy as np
import pytest

from training.dataset_source import resolve_dataset
from training.errors import TrainingError
from training.layouts import CSV, check_files
from training.movielens import read_movies
from training.report import DataReport
from training.synthetic import SyntheticSize, default_size, write_synthetic


def ratings_of(folder) -> np.ndarray:
    return np.loadtxt(folder / "ratings.csv", delimiter=",", skiprows=1)


def test_a_synthetic_dataset_is_movielens_of_the_size_asked_for(tmp_path):
    write_synthetic(tmp_path, SyntheticSize(20_000, 150, 500), seed=1)
    check_files(tmp_path, CSV)
    assert len(read_movies(tmp_path, CSV, DataReport())) == 500
    dataset = resolve_dataset(str(tmp_path), data_dir=tmp_path, work_dir=tmp_path, base_url="")
    assert dataset.layout is CSV
    rows = ratings_of(tmp_path)
    assert rows.shape == (20_000, 4)
    assert len(np.unique(rows[:, 0])) == 150
    assert len(np.unique(rows[:, :2], axis=0)) == 20_000
    assert set(np.unique(rows[:, 2])) <= set(np.arange(0.5, 5.5, 0.5))


def test_few_movies_and_few_users_have_most_of_the_ratings(tmp_path):
    write_synthetic(tmp_path, default_size(50_000), seed=2)
    rows = ratings_of(tmp_path)
    for column, least in ((0, 0.25), (1, 0.25)):
        counts = np.sort(np.unique(rows[:, column], return_counts=True)[1])[::-1]
        assert counts[: len(counts) // 10].sum() > least * counts.sum()
        assert counts[: len(counts) // 10].sum() < 0.9 * counts.sum()


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_synthetic(tmp_path / name, SyntheticSize(2_000, 20, 300), seed=seed)
    a, b, c = (tmp_path / name / "ratings.csv" for name in "abc")
    assert a.read_bytes() == b.read_bytes() != c.read_bytes()


def test_the_default_proportions_are_those_of_movielens():
    assert default_size(1_000_000) == (1_000_000, 6_060, 4_000)


@pytest.mark.parametrize("size", [(1_000_000, 10, 100), (100, 50, 100)])
def test_what_cannot_be_is_refused(tmp_path, size):
    with pytest.raises(TrainingError, match="users of 100 movies give between"):
        write_synthetic(tmp_path, SyntheticSize(*size), seed=0)
    with pytest.raises(TrainingError, match="1,000"):
        default_size(10)
