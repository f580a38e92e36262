import numpy as np
import pandas as pd
import pytest

from training.errors import DatasetError
from training.item_vectors import fit_implicit_vectors, like_events, sitting_events
from training.layouts import CSV
from training.rating_model import fit_biases, fit_explicit, fit_residual_model, predict_frame
from training.ratings import load_ratings
from training.report import DataReport
from training.settings import TrainingSettings

pytestmark = pytest.mark.spark

SETTINGS = TrainingSettings(rank=4, iterations=8, residual_reg=0.01, implicit_reg=0.01)
FUTURE = 4_000_000_000


def checkerboard(n: int = 20) -> pd.DataFrame:
    """Users like the movies of their own parity; the diagonal is withheld."""
    rows = [
        (user, movie, 5.0 if (user + movie) % 2 == 0 else 1.0, 1000 + movie)
        for user in range(1, n + 1)
        for movie in range(1, n + 1)
        if user != movie
    ]
    return typed(rows)


def typed(rows: list[tuple[int, int, float, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating", "timestamp"])
    return frame.astype(
        {"user_id": "int32", "movie_id": "int32", "rating": "float32", "timestamp": "int64"}
    )


def test_als_on_residuals_finds_the_withheld_diagonal(spark):
    model = fit_residual_model(spark.createDataFrame(checkerboard()), SETTINGS)
    diagonal = pd.DataFrame({"user_id": range(1, 21), "movie_id": range(1, 21)})
    others = diagonal.assign(movie_id=diagonal["movie_id"] % 20 + 1)
    assert predict_frame(model, diagonal).min() > 3.8
    assert predict_frame(model, others).max() < 2.2


def test_implicit_vectors_set_the_two_kinds_of_movie_apart(spark):
    ratings = spark.createDataFrame(checkerboard())
    settings = SETTINGS.model_copy(update={"rank": 2})
    items, again = (fit_implicit_vectors(ratings, settings) for _ in range(2))
    np.testing.assert_allclose(items.vectors, again.vectors, atol=1e-4)
    assert items.movie_ids.tolist() == list(range(1, 21))
    np.testing.assert_allclose(items.weights, 9 * 1.5)
    units = items.vectors / np.linalg.norm(items.vectors, axis=1, keepdims=True)
    cosine = units @ units.T
    parity = np.arange(20) % 2
    alike = parity[:, None] == parity[None, :]
    assert cosine[alike].min() > cosine[~alike].max() + 0.3


def test_biases_solve_the_damped_least_squares(spark):
    rng = np.random.default_rng(0)
    rows = [
        (user, movie, float(rng.integers(1, 11)) / 2, 1)
        for user in range(1, 9)
        for movie in range(1, 7)
        if rng.random() < 0.7
    ]
    frame = typed(rows)
    got = fit_biases(spark.createDataFrame(frame), user_damping=5.0, item_damping=3.0, rounds=12)
    n_users, n_items = len(got.user_ids), len(got.item_ids)
    design = np.zeros((len(frame), n_users + n_items))
    design[range(len(frame)), np.searchsorted(got.user_ids, frame["user_id"])] = 1
    design[range(len(frame)), n_users + np.searchsorted(got.item_ids, frame["movie_id"])] = 1
    damping = np.diag([5.0] * n_users + [3.0] * n_items)
    target = frame["rating"].to_numpy() - frame["rating"].mean()
    solution = np.linalg.solve(design.T @ design + damping, design.T @ target)
    np.testing.assert_allclose(np.r_[got.user_bias, got.item_bias], solution, atol=1e-3)


def test_likes_weigh_what_serving_gives_them(spark):
    stars = [0.5, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0]
    frame = typed([(1, n + 1, value, 1) for n, value in enumerate(stars)])
    table = like_events(spark.createDataFrame(frame), SETTINGS).orderBy("movie_id").toPandas()
    assert table["movie_id"].tolist() == [4, 5, 6, 7]
    np.testing.assert_allclose(table["weight"], [0.8, 0.8, 1.5, 1.5])


def test_sittings_are_runs_of_likes_in_time(spark):
    frame = typed(
        [(7, movie, 4.0, 100 - movie) for movie in range(1, 6)]
        + [(7, 9, 1.0, 50), (8, 2, 5.0, 5), (8, 1, 5.0, 5)]
    )
    events = sitting_events(like_events(spark.createDataFrame(frame), SETTINGS), length=2)
    sittings: dict[int, set[int]] = {}
    for row in events.collect():
        sittings.setdefault(row["user_id"], set()).add(row["movie_id"])
    assert sorted(map(sorted, sittings.values())) == [[1], [1, 2], [2, 3], [4, 5]]


def test_user_ids_too_large_for_sittings_are_an_error(spark):
    frame = typed([(2**31 - 1, movie, 4.0, movie) for movie in range(1, 4)])
    with pytest.raises(DatasetError, match="number the users from 1"):
        sitting_events(like_events(spark.createDataFrame(frame), SETTINGS), length=2)


def test_factors_are_written_as_parquet(spark, tmp_path):
    fit = fit_explicit(spark.createDataFrame(checkerboard()), SETTINGS, factors_dir=tmp_path)
    assert spark.read.parquet(str(tmp_path / "item_factors")).columns == ["id", "features"]
    assert fit.users.vectors.shape == (20, 4)


BAD_ROWS = {
    "1,1": "wrong number of fields",
    "1,1,4.0,5,6": "wrong number of fields",
    "one,1,4.0,5": "userId or movieId is not a positive whole number",
    "1,-1,4.0,5": "userId or movieId is not a positive whole number",
    "99999999999,1,4.0,5": "userId or movieId is not a positive whole number",
    "1,1,good,5": "the rating is not a number",
    "1,1,NaN,5": "the rating is not a number",
    "1,1,,5": "the rating is not a number",
    "1,1,7.5,5": "the rating is outside 0.5 to 5",
    "1,1,0,5": "the rating is outside 0.5 to 5",
    "1,1,3.7,5": "the rating is between two half stars",
    "1,1,4.0,yesterday": "the timestamp is not a whole number",
    "1,1,4.0,-5": "the timestamp is before 1970",
    f"1,1,4.0,{FUTURE}000": "the timestamp is in milliseconds, not in seconds",
    f"1,1,4.0,{FUTURE}": "the timestamp is in the future",
    "1,77,4.0,5": "the movie is not in the catalogue",
}


def load(spark, folder, rows: list[str], report: DataReport) -> pd.DataFrame:
    text = "userId,movieId,rating,timestamp\n" + "".join(f"{row}\n" for row in rows)
    (folder / "ratings.csv").write_text(text)
    table = load_ratings(
        spark,
        str(folder / "ratings.csv"),
        layout=CSV,
        movie_ids=[1, 2],
        target=folder / "out",
        report=report,
        now_s=2e9,
    )
    assert table.count() == report.n_ratings
    return pd.concat(pd.read_parquet(part) for part in sorted((folder / "out").glob("part-*")))


def test_each_bad_row_is_dropped_under_its_reason(spark, tmp_path):
    report = DataReport()
    table = load(spark, tmp_path, [*BAD_ROWS, "2,2,4.0,9"], report)
    assert table.to_numpy().tolist() == [[2, 2, 4.0, 9]]
    expected: dict[str, int] = {}
    for reason in BAD_ROWS.values():
        expected[f"ratings.csv: {reason}"] = expected.get(f"ratings.csv: {reason}", 0) + 1
    assert dict(report.dropped) == expected
    assert (report.n_ratings, report.n_users) == (1, 1)


def test_the_latest_of_repeated_ratings_counts_and_rows_come_sorted(spark, tmp_path):
    report = DataReport()
    rows = ["2,1,3.0,7", "1,2,1.0,5", "1,2,4.5,50", "1,2,4.5,50", "1,1,2.0,60", "2,2,5.0,1"]
    table = load(spark, tmp_path, rows, report)
    assert table.to_numpy().tolist() == [
        [1, 2, 4.5, 50],
        [1, 1, 2.0, 60],
        [2, 2, 5.0, 1],
        [2, 1, 3.0, 7],
    ]
    assert sum(report.dropped.values()) == 2


@pytest.mark.parametrize("rows", [[], ["1,77,4.0,5"]])
def test_no_usable_rating_is_an_error(spark, tmp_path, rows):
    with pytest.raises(DatasetError, match="no usable rating"):
        load(spark, tmp_path, rows, DataReport())
