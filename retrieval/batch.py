"""Whole-file work: recommendations for many viewers, predictions for many pairs."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters
from retrieval.recommender import Recommender

__all__ = [
    "PredictedRating",
    "RankedMovie",
    "ReorderedMovie",
    "dataset_viewers",
    "predict_pairs",
    "read_pairs",
    "recommend_batch",
    "write_csv",
]

_PAIR_COLUMNS = ("userId", "movieId")


class RankedMovie(NamedTuple):
    """One row of a batch of recommendations."""

    viewer_id: ViewerId
    rank: int
    movie_id: MovieId
    score: float


class ReorderedMovie(NamedTuple):
    """One row of a batch whose lists are not in the order of the scores."""

    viewer_id: ViewerId
    rank: int
    movie_id: MovieId
    score: float
    rank_by_score: int


class PredictedRating(NamedTuple):
    """One row of predicted stars, named as MovieLens names its columns."""

    userId: int
    movieId: int
    rating: float


def recommend_batch(
    recommender: Recommender,
    viewer_ids: Iterable[ViewerId],
    *,
    n: int,
    filters: Filters | None = None,
) -> Iterator[RankedMovie | ReorderedMovie]:
    """The lists of many viewers, one row a movie, viewers in the order given.

    Rows tell the rank by score as well when the filters can change the order.
    """
    wanted = filters or Filters()
    for viewer_id in viewer_ids:
        snapshot = recommender.snapshot(viewer_id)
        for movie_id, place in recommender.top_places(snapshot, n=n, filters=wanted):
            row = RankedMovie(viewer_id, place.rank, movie_id, place.score)
            yield row if wanted.is_empty else ReorderedMovie(*row, place.rank_by_score)


def dataset_viewers(bundle: Bundle) -> list[ViewerId]:
    """Addresses of all viewers of the dataset, by user id."""
    return [ViewerId(f"ml:{user_id}") for user_id in bundle.dataset_viewer_ids()]


def read_pairs(path: Path) -> list[tuple[int, MovieId]]:
    """Read a CSV file with the columns ``userId`` and ``movieId``; other columns are ignored.

    Raises:
        BadInput: The file cannot be read, lacks a column, or a line holds no whole numbers.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text; save it as UTF-8 CSV") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in _PAIR_COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise BadInput(
            f"{path} has no column {' and '.join(missing)}; its first line must name"
            " userId and movieId"
        )
    pairs = []
    for row in reader:
        try:
            pairs.append((int(row["userId"]), MovieId(int(row["movieId"]))))
        except (TypeError, ValueError):
            raise BadInput(
                f"{path}, line {reader.line_num}: userId and movieId must be whole numbers"
            ) from None
    return pairs


def predict_pairs(
    bundle: Bundle, pairs: Iterable[tuple[int, MovieId]]
) -> Iterator[PredictedRating]:
    """Predicted stars of each pair; users and movies unknown to training fall back to biases."""
    model = bundle.rating_model
    for user_id, movie_id in pairs:
        yield PredictedRating(user_id, movie_id, model.predict(user_id, movie_id).rating)


def write_csv(
    rows: Iterable[RankedMovie | ReorderedMovie | PredictedRating],
    out: TextIO,
    *,
    header: tuple[str, ...],
) -> None:
    """Write rows as CSV; floats keep nine significant digits."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{value:.9g}" if isinstance(value, float) else value for value in row])
