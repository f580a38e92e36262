"""The ratings as memory-mappable arrays, grouped by user and in order of time."""

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["export_events"]

_BATCH_ROWS = 1 << 18


def export_events(ratings_parquet: Path, target: Path, *, n_ratings: int, n_users: int) -> None:
    """Stream sorted Parquet into ``.npy`` files without holding the ratings in memory.

    Writes ``user_ids`` (int64, ascending), ``offsets`` (int64, one more than users: the events of
    user ``i`` are ``offsets[i]:offsets[i + 1]``), ``movie_ids`` (int32), ``ratings`` (float32)
    and ``timestamps`` (int64, seconds).

    Args:
        ratings_parquet: Directory that `ratings.load_ratings` wrote.
        target: Directory to create.
        n_ratings: Rows in it.
        n_users: Users in it.

    Raises:
        ValueError: The Parquet is not in order, or has another number of rows or users.
    """
    import pyarrow.parquet as pq

    target.mkdir(parents=True)
    columns = {
        "movie_ids": _create(target / "movie_ids.npy", np.int32, n_ratings),
        "ratings": _create(target / "ratings.npy", np.float32, n_ratings),
        "timestamps": _create(target / "timestamps.npy", np.int64, n_ratings),
    }
    users: list[int] = []
    offsets: list[int] = []
    row = 0
    for part in sorted(ratings_parquet.glob("part-*.parquet")):
        for batch in pq.ParquetFile(part).iter_batches(batch_size=_BATCH_ROWS):
            user_ids = batch.column("user_id").to_numpy()
            end = row + len(user_ids)
            if end > n_ratings:
                raise ValueError(f"{ratings_parquet} holds more than {n_ratings} ratings")
            _note_users(user_ids, row, users, offsets)
            columns["movie_ids"][row:end] = batch.column("movie_id").to_numpy()
            columns["ratings"][row:end] = batch.column("rating").to_numpy()
            columns["timestamps"][row:end] = batch.column("timestamp").to_numpy()
            row = end
    if row != n_ratings or len(users) != n_users:
        raise ValueError(f"{ratings_parquet} holds {row} ratings by {len(users)} users")
    for column in columns.values():
        column.flush()
    np.save(target / "user_ids.npy", np.array(users, dtype=np.int64))
    np.save(target / "offsets.npy", np.array([*offsets, row], dtype=np.int64))


def _create(path: Path, dtype: type, n_rows: int) -> Any:
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(n_rows,))


def _note_users(user_ids: Any, row: int, users: list[int], offsets: list[int]) -> None:
    """Append the users that begin in this batch, and where."""
    starts = np.flatnonzero(np.diff(user_ids, prepend=users[-1] if users else -1))
    for start in starts.tolist():
        user_id = int(user_ids[start])
        if users and user_id <= users[-1]:
            raise ValueError("ratings are not grouped by ascending user")
        users.append(user_id)
        offsets.append(row + start)
