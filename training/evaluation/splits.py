"""Train and test parts. Pure; the frames have ``user_id, movie_id, rating, timestamp``."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Split", "split_last_per_user", "split_rows"]


class Split(NamedTuple):
    """Two disjoint parts of a ratings table."""

    train: "pd.DataFrame"
    test: "pd.DataFrame"


def split_rows(ratings: "pd.DataFrame", *, test_share: float, seed: int) -> Split:
    """Put a random share of all rows into the test part, whatever user they belong to.

    Args:
        ratings: Shape ``(n, 4)``; put in order by user and movie first, so that the split depends
            on the rows and the seed alone.
        test_share: In (0, 1); rounded to whole rows.
        seed: Of the permutation.
    """
    ordered = ratings.sort_values(["user_id", "movie_id"], kind="stable").reset_index(drop=True)
    order = np.random.default_rng(seed).permutation(len(ordered))
    is_test = np.zeros(len(ordered), dtype=bool)
    is_test[order[: round(test_share * len(ordered))]] = True
    return Split(ordered[~is_test].reset_index(drop=True), ordered[is_test].reset_index(drop=True))


def split_last_per_user(ratings: "pd.DataFrame", *, test_share: float, seed: int) -> Split:
    """Put each user's newest ratings into the test part.

    Args:
        ratings: Shape ``(n, 4)``.
        test_share: Of each user's ratings, rounded down but at least one.
        seed: Of the order among ratings of one user at the same second.

    Returns:
        Both parts ordered by user and time.
    """
    ordered = ratings.sort_values(["user_id", "movie_id"], kind="stable").reset_index(drop=True)
    tie_break = np.random.default_rng(seed).random(len(ordered))
    order = np.lexsort((tie_break, ordered["timestamp"], ordered["user_id"]))
    ordered = ordered.iloc[order].reset_index(drop=True)
    by_user = ordered.groupby("user_id")
    size = by_user["user_id"].transform("size").to_numpy()
    position = by_user.cumcount().to_numpy()
    is_test = position >= size - np.maximum(1, np.floor(test_share * size)).astype(int)
    return Split(ordered[~is_test].reset_index(drop=True), ordered[is_test].reset_index(drop=True))
