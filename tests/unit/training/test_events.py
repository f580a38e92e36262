import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training.events import export_events


def parts(folder, *tables):
    folder.mkdir()
    for n, rows in enumerate(tables):
        users, movies, stars, times = zip(*rows, strict=True)
        table = pa.table(
            {
                "user_id": pa.array(users, pa.int32()),
                "movie_id": pa.array(movies, pa.int32()),
                "rating": pa.array(stars, pa.float32()),
                "timestamp": pa.array(times, pa.int64()),
            }
        )
        pq.write_table(table, folder / f"part-{n:05d}.parquet")
    return folder


ROWS = [(2, 5, 4.0, 10), (2, 6, 3.5, 11), (7, 5, 1.0, 3), (7, 8, 5.0, 4), (9, 1, 2.0, 0)]


def test_users_may_run_across_part_files(tmp_path):
    source = parts(tmp_path / "in", ROWS[:1], ROWS[1:3], ROWS[3:])
    export_events(source, tmp_path / "out", n_ratings=5, n_users=3)
    load = {path.stem: np.load(path, mmap_mode="r") for path in (tmp_path / "out").iterdir()}
    assert load["user_ids"].tolist() == [2, 7, 9]
    assert load["offsets"].tolist() == [0, 2, 4, 5]
    assert load["movie_ids"].tolist() == [5, 6, 5, 8, 1]
    assert load["ratings"].tolist() == [4.0, 3.5, 1.0, 5.0, 2.0]
    assert load["timestamps"].dtype == np.int64
    assert load["movie_ids"].dtype == np.int32


@pytest.mark.parametrize(("n_ratings", "n_users"), [(4, 3), (6, 3), (5, 2)])
def test_other_counts_than_promised_are_an_error(tmp_path, n_ratings, n_users):
    source = parts(tmp_path / "in", ROWS)
    with pytest.raises(ValueError, match="ratings"):
        export_events(source, tmp_path / "out", n_ratings=n_ratings, n_users=n_users)


def test_users_out_of_order_are_an_error(tmp_path):
    source = parts(tmp_path / "in", ROWS[2:4], ROWS[:2])
    with pytest.raises(ValueError, match="not grouped"):
        export_events(source, tmp_path / "out", n_ratings=4, n_users=2)
