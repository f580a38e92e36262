"""Ratings tables, catalogues and histories for tests of the evaluation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from retrieval.domain.models import EventId, Interaction, MovieId
from training.evaluation.lists import Shelf
from training.evaluation.rankers import History


def rating_frame(rows: Sequence[tuple[int, int, float, int]]) -> pd.DataFrame:
    """``user_id, movie_id, rating, timestamp``."""
    return pd.DataFrame(list(rows), columns=["user_id", "movie_id", "rating", "timestamp"])


def shelf_of(n_movies: int) -> Shelf:
    """Movies 1 to n, each of a genre of its own."""
    return Shelf(np.arange(1, n_movies + 1), np.eye(n_movies))


def history_of(stars: Sequence[tuple[int, float]], *, user_id: int = 1) -> History:
    """A history of ratings, oldest first, over a catalogue of movies 1, 2, ..."""
    events = [
        Interaction(
            event_id=EventId(f"e{n}"),
            movie_id=MovieId(movie),
            kind="rating",
            rating=rating,
            timestamp_ms=1000 * n,
        )
        for n, (movie, rating) in enumerate(stars)
    ]
    return History(user_id, events, np.array([movie - 1 for movie, _ in stars], dtype=np.int64))
