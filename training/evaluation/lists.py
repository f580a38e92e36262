"""Lists of one split: who is judged, what each recommender lists for them, and how good it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import effective_events
from retrieval.domain.ranking import top_rows
from retrieval.domain.style_part import StyleTable
from training.evaluation.metrics import (
    bootstrap_difference,
    bootstrap_mean,
    coverage,
    list_diversity,
    list_metrics,
)
from training.evaluation.rankers import History, Ranker
from training.evaluation.results import ListResult, Task
from training.evaluation.splits import Split
from training.settings import TrainingSettings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OURS", "Lists", "RankingTask", "Shelf", "StyleTables", "count_likes", "like_matrix"]

MS_PER_S = 1000
OURS = "whylens"
_BATCH = 64

Lists = dict[int, list[int]]
"""Recommended catalogue rows by user id, best first."""


StyleTables = Callable[[Matrix, NDArray[np.int64]], StyleTable]
"""From item vectors, row for row with the catalogue, and each movie's likes in the training part:
movies lend tags to their neighbours, and the neighbours depend on the vectors."""


class Shelf(NamedTuple):
    """The catalogue as far as judging needs it."""

    movie_ids: NDArray[np.int64]
    """Candidates, ascending: the whole catalogue, rated or not. Shape ``(n_movies,)``."""
    genres: Matrix
    """Unit-length genre vectors, zeros where none are given; shape ``(n_movies, n_genres)``."""
    style_tables: StyleTables | None = None
    """Makes the style table that goes with some item vectors; None where there are no tags."""


class RankingTask:
    """A split, and what every recommender is asked on it."""

    def __init__(self, name: str, split: Split, shelf: Shelf, settings: TrainingSettings) -> None:
        """Set a task.

        Args:
            name: For the report.
            split: Training and test part.
            shelf: The catalogue.
            settings: Thresholds, list length, bootstrap.
        """
        self.name = name
        self.train = split.train
        self.shelf = shelf
        self._settings = settings
        good = split.test[split.test["rating"] >= settings.relevant_rating]
        self.relevant = {
            int(user): frozenset(np.searchsorted(shelf.movie_ids, group).tolist())
            for user, group in good.groupby("user_id")["movie_id"]
        }
        """Catalogue rows that each judged viewer liked in the test part."""

    def histories(self, users: Iterable[int]) -> Iterator[list[History]]:
        """Training events of judged viewers, in order of user id, some viewers at a time."""
        wanted = sorted(users)
        by_user = dict(iter(self.train.groupby("user_id")))
        nobody = self.train.iloc[:0]
        for start in range(0, len(wanted), _BATCH):
            yield [
                _history(user_id, by_user.get(user_id, nobody), self.shelf.movie_ids)
                for user_id in wanted[start : start + _BATCH]
            ]

    def recommend(
        self, ranker: Ranker, told: Sequence[History], *, seen: Sequence[History]
    ) -> Lists:
        """Lists of some viewers.

        Args:
            ranker: Who recommends.
            told: What the ranker may know of each viewer.
            seen: Their whole training parts, whose movies are no candidates even where the ranker
                knows less.
        """
        scores = ranker.scores(told)
        allowed = np.isfinite(scores)
        lists: Lists = {}
        for row, history in enumerate(seen):
            allowed[row, history.rows] = False
            top = top_rows(scores[row], allowed[row], n=self._settings.list_length)
            lists[history.user_id] = top.tolist()
        return lists

    def lists(self, rankers: Mapping[str, Ranker]) -> dict[str, Lists]:
        """Lists of every judged viewer by every recommender, by its name."""
        found: dict[str, Lists] = {name: {} for name in rankers}
        for histories in self.histories(self.relevant):
            for name, ranker in rankers.items():
                found[name] |= self.recommend(ranker, histories, seen=histories)
        return found

    def judge(self, lists: Mapping[str, Lists]) -> Task:
        """Metrics of each recommender, with intervals from resampling viewers."""
        ours = self.ndcg(lists[OURS])
        places = _popularity_places(self.train, self.shelf.movie_ids, self._settings)
        results = [self._result(name, one, ours, places) for name, one in lists.items()]
        n_relevant = sum(map(len, self.relevant.values()))
        return Task(self.name, len(self.relevant), n_relevant, results)

    def ndcg(self, lists: Lists) -> Vector:
        """NDCG of each judged viewer, in order of user id."""
        return self._columns(lists)[0]

    def _columns(self, lists: Lists) -> tuple[Vector, Vector, Vector]:
        k = self._settings.list_length
        judged = [
            list_metrics(lists[user], self.relevant[user], k=k) for user in sorted(self.relevant)
        ]
        ndcg, recall, hit = (np.array(column) for column in zip(*judged, strict=True))
        return ndcg, recall, hit

    def _result(
        self, name: str, lists: Lists, ours: Vector, places: NDArray[np.int64]
    ) -> ListResult:
        samples, seed = self._settings.bootstrap_samples, self._settings.seed
        ndcg, recall, hit = self._columns(lists)
        intervals = [
            bootstrap_mean(column, samples=samples, rng=np.random.default_rng(seed))
            for column in (ndcg, recall, hit)
        ]
        difference = bootstrap_difference(
            ours, ndcg, samples=samples, rng=np.random.default_rng(seed)
        )
        listed = [row for one in lists.values() for row in one]
        spread = [list_diversity(self.shelf.genres[one]) for one in lists.values()]
        return ListResult(
            model=name,
            ndcg=intervals[0],
            recall=intervals[1],
            hit=intervals[2],
            coverage=coverage(list(lists.values()), len(self.shelf.movie_ids)),
            popularity_rank=float(np.median(places[listed])),
            diversity=float(np.nanmean(spread)),
            difference=None if name == OURS else difference,
        )


def like_matrix(
    ratings: "pd.DataFrame", movie_ids: NDArray[np.int64], *, threshold: float
) -> sparse.csr_array:
    """Likes as 0/1, shape ``(n_users, n_movies)``; a row per user of ``ratings``, in id order."""
    likes = ratings[ratings["rating"] >= threshold]
    users = np.unique(ratings["user_id"].to_numpy())
    rows = np.searchsorted(users, likes["user_id"].to_numpy())
    columns = np.searchsorted(movie_ids, likes["movie_id"].to_numpy())
    shape = (len(users), len(movie_ids))
    return sparse.csr_array((np.ones(len(likes)), (rows, columns)), shape=shape)


def count_likes(
    ratings: "pd.DataFrame", movie_ids: NDArray[np.int64], *, threshold: float
) -> NDArray[np.int64]:
    """Likes of each movie, shape ``(n_movies,)``."""
    liked = ratings["movie_id"][ratings["rating"] >= threshold]
    return np.bincount(np.searchsorted(movie_ids, liked), minlength=len(movie_ids))


def _popularity_places(
    train: "pd.DataFrame", movie_ids: NDArray[np.int64], settings: TrainingSettings
) -> NDArray[np.int64]:
    """Place of each movie by likes, 1 for the most liked; ties by id."""
    counts = count_likes(train, movie_ids, threshold=settings.like_threshold)
    places = np.empty(len(movie_ids), dtype=np.int64)
    places[np.argsort(-counts, kind="stable")] = np.arange(1, len(movie_ids) + 1)
    return places


def _history(user_id: int, ratings: "pd.DataFrame", movie_ids: NDArray[np.int64]) -> History:
    columns = (ratings["movie_id"], ratings["rating"], ratings["timestamp"])
    events = effective_events(
        Interaction(
            event_id=EventId(f"e{n}"),
            movie_id=MovieId(int(movie)),
            kind="rating",
            rating=float(stars),
            timestamp_ms=int(moment) * MS_PER_S,
        )
        for n, (movie, stars, moment) in enumerate(zip(*columns, strict=True))
    )
    rows = np.searchsorted(movie_ids, [event.movie_id for event in events])
    return History(user_id, events, rows.astype(np.int64))
