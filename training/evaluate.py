"""Honest numbers: every model is fitted on a training part and judged on rows it never saw.

Two questions, two splits. *How many stars?* is asked on a random 80/20 split of the rows, for
several split seeds. *What next?* is asked on each user's newest 20 %, with item vectors, biases
and user vectors all learned from the older 80 % alone. Hyper-parameters were fixed beforehand on
inner splits. The ratings of a run are held in memory here (20 bytes each); training is not.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import PAPER, WHYLENS, Recipe, build_user_vector, effective_events
from retrieval.domain.profile import replay as replay_events
from retrieval.domain.ranking import top_rows
from training.als import Factors
from training.baselines import ease_scores, popularity_scores
from training.item_vectors import average_user_vector, fit_implicit_vectors
from training.metrics import (
    Interval,
    ListMetrics,
    bootstrap_difference,
    bootstrap_mean,
    coverage,
    list_metrics,
    rmse,
)
from training.rating_model import (
    RatingModel,
    bias_only,
    fit_explicit,
    fit_residual_model,
    mean_rating,
    paper_model,
    predict_frame,
)
from training.settings import TrainingSettings
from training.splits import Split, split_last_per_user, split_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Evaluation", "RankingResult", "RatingResult", "evaluate"]

MS_PER_S = 1000


class RatingResult(NamedTuple):
    """Error of one model over the split seeds."""

    model: str
    rmse_all: tuple[float, ...]
    """Every test row scored, by seed."""
    rmse_warm: tuple[float, ...]
    """Only rows whose movie occurs in the training part, by seed."""


class RankingResult(NamedTuple):
    """Quality of one model's lists on the temporal split."""

    model: str
    ndcg: Interval
    recall: Interval
    hit: Interval
    coverage: float
    difference: Interval | None
    """NDCG of ``whylens`` minus this model's, paired by user; None for itself."""


class Evaluation(NamedTuple):
    """What `evaluate` measured."""

    ratings: list[RatingResult]
    rankings: list[RankingResult]
    n_users: int
    """Users with a relevant movie in their test part: those the rankings are averaged over."""

    def as_json(self) -> dict[str, Any]:
        """The figures as ``metrics.json`` has them."""
        return {
            "n_users": self.n_users,
            "ratings": [result._asdict() for result in self.ratings],
            "rankings": [
                {k: v._asdict() if isinstance(v, Interval) else v for k, v in r._asdict().items()}
                for r in self.rankings
            ],
        }


def evaluate(
    session: "SparkSession",
    ratings: "pd.DataFrame",
    *,
    all_movie_ids: NDArray[np.int64],
    settings: TrainingSettings,
    work_dir: Path,
    step: "Callable[[str], None]",
) -> Evaluation:
    """Measure rating prediction and ranking of both recipes and the baselines.

    Args:
        session: Spark.
        ratings: All ratings: ``user_id, movie_id, rating, timestamp``.
        all_movie_ids: Candidates, ascending: the whole catalogue, rated or not.
        settings: Seeds, shares, thresholds.
        work_dir: Where training parts are handed to Spark as Parquet.
        step: Told what is being fitted.
    """
    rating_results = _evaluate_ratings(session, ratings, settings, work_dir, step)
    split = split_last_per_user(ratings, test_share=settings.test_share, seed=0)
    train = _to_spark(session, split.train, work_dir / "temporal.parquet")
    step("ranking: item vectors from the older 80 %")
    judge = _Judge(split, all_movie_ids, settings)
    items = fit_implicit_vectors(train, settings)
    vectors = _place(items.movie_ids, items.vectors, all_movie_ids)
    lists = {"whylens": judge.personal_lists(vectors, average_user_vector(items), WHYLENS)}
    step("ranking: the paper's recipe and the baselines")
    lists["paper"] = judge.paper_lists(fit_explicit(train, settings).items)
    lists["most popular"] = judge.lists(popularity_scores(judge.likes))
    lists[f"EASE (reg {settings.ease_reg:g})"] = judge.lists(
        ease_scores(judge.likes, reg=settings.ease_reg)
    )
    return Evaluation(rating_results, judge.results(lists), len(judge.relevant))


def _evaluate_ratings(
    session: "SparkSession",
    ratings: "pd.DataFrame",
    settings: TrainingSettings,
    work_dir: Path,
    step: "Callable[[str], None]",
) -> list[RatingResult]:
    names = ("biases only", "paper", "whylens")
    errors: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for seed in settings.evaluation_seeds:
        step(f"rating error, split seed {seed}")
        split = split_rows(ratings, test_share=settings.test_share, seed=seed)
        train = _to_spark(session, split.train, work_dir / f"rows-{seed}.parquet")
        ours = fit_residual_model(train, settings)
        paper = paper_model(fit_explicit(train, settings), global_mean=mean_rating(train))
        models = (bias_only(ours), paper, ours)
        for name, model in zip(names, models, strict=True):
            errors[name].append(_rating_error(model, split.test))
    return [
        RatingResult(name, tuple(a for a, _ in errors[name]), tuple(w for _, w in errors[name]))
        for name in names
    ]


def _rating_error(model: RatingModel, test: "pd.DataFrame") -> tuple[float, float]:
    predicted, actual = predict_frame(model, test), test["rating"].to_numpy(dtype=np.float64)
    warm = np.isin(test["movie_id"].to_numpy(), model.biases.item_ids)
    return rmse(predicted, actual), rmse(predicted[warm], actual[warm])


def _to_spark(session: "SparkSession", frame: "pd.DataFrame", path: Path) -> "DataFrame":
    frame.to_parquet(path)
    return session.read.parquet(str(path))


def _place(ids: NDArray[np.int64], vectors: Matrix, all_ids: NDArray[np.int64]) -> Matrix:
    """Rows of ``vectors`` at their place in the catalogue; NaN where there is none."""
    placed = np.full((len(all_ids), vectors.shape[1]), np.nan)
    placed[np.searchsorted(all_ids, ids)] = vectors
    return placed


class _Judge:
    """The temporal split, and what every ranking model is asked on it."""

    def __init__(
        self, split: Split, all_movie_ids: NDArray[np.int64], settings: TrainingSettings
    ) -> None:
        self._settings = settings
        self._all_ids = all_movie_ids
        self._train = split.train
        good = split.test[split.test["rating"] >= settings.relevant_rating]
        self.relevant = {
            int(user): frozenset(np.searchsorted(all_movie_ids, group).tolist())
            for user, group in good.groupby("user_id")["movie_id"]
        }
        self._users = np.sort(split.train["user_id"].unique())
        self._rows = np.searchsorted(all_movie_ids, split.train["movie_id"].to_numpy())
        self._user_rows = np.searchsorted(self._users, split.train["user_id"].to_numpy())
        self.likes = np.zeros((len(self._users), len(all_movie_ids)))
        liked = (split.train["rating"] >= settings.like_threshold).to_numpy()
        self.likes[self._user_rows[liked], self._rows[liked]] = 1.0

    def lists(self, scores: Matrix) -> dict[int, list[int]]:
        """Top lists of every judged user from scores of shape ``(n_users, n_movies)``."""
        found = {}
        for row, user in enumerate(self._users.tolist()):
            if user in self.relevant:
                found[user] = self._top(row, scores[row])
        return found

    def _top(self, user_row: int, scores: Vector) -> list[int]:
        allowed = np.isfinite(scores)
        allowed[self._rows[self._user_rows == user_row]] = False
        return [int(row) for row in top_rows(scores, allowed, n=self._settings.list_length)]

    def personal_lists(
        self, vectors: Matrix, start: Vector, recipe: Recipe
    ) -> dict[int, list[int]]:
        """Lists as serving makes them: replay the training part, take the dot product."""
        known = np.isfinite(vectors[:, 0])
        usable = np.where(known[:, None], vectors, 0.0)
        found = {}
        by_user = self._train.groupby("user_id", sort=True)
        for row, (user, group) in enumerate(by_user):
            if int(user) not in self.relevant:
                continue
            user_vector = _replay(group, usable, start, recipe, self._all_ids)
            scores = np.where(known, usable @ user_vector, np.nan)
            found[int(user)] = self._top(row, scores)
        return found

    def paper_lists(self, items: Factors) -> dict[int, list[int]]:
        """The published recipe: explicit factors, starting at the mean item vector."""
        factors = items.vectors.astype(np.float64)
        vectors = _place(items.ids, factors, self._all_ids)
        return self.personal_lists(vectors, factors.mean(axis=0), PAPER)

    def results(self, lists: dict[str, dict[int, list[int]]]) -> list[RankingResult]:
        """Metrics of each model with intervals from resampling users."""
        per_user = {
            name: [list_metrics(one[user], self.relevant[user]) for user in self.relevant]
            for name, one in lists.items()
        }
        ours = np.array([metrics.ndcg for metrics in per_user["whylens"]])
        return [self._result(name, per_user[name], lists[name], ours) for name in lists]

    def _result(
        self, name: str, metrics: list[ListMetrics], lists: dict[int, list[int]], ours: Vector
    ) -> RankingResult:
        rng = np.random.default_rng(self._settings.seed)
        samples = self._settings.bootstrap_samples
        ndcg, recall, hit = (np.array(column) for column in zip(*metrics, strict=True))
        return RankingResult(
            model=name,
            ndcg=bootstrap_mean(ndcg, samples=samples, rng=rng),
            recall=bootstrap_mean(recall, samples=samples, rng=rng),
            hit=bootstrap_mean(hit, samples=samples, rng=rng),
            coverage=coverage(list(lists.values()), len(self._all_ids)),
            difference=None
            if name == "whylens"
            else bootstrap_difference(ours, ndcg, samples=samples, rng=rng),
        )


def _replay(
    group: "pd.DataFrame",
    vectors: Matrix,
    start: Vector,
    recipe: Recipe,
    all_ids: NDArray[np.int64],
) -> Vector:
    """A user's vector from the training events, by the maths that serves."""
    columns = (group["movie_id"], group["rating"], group["timestamp"])
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
    rows = np.searchsorted(all_ids, [event.movie_id for event in events])
    state = replay_events(events, vectors[rows], start, recipe=recipe)
    as_of = state.last_event_ms or 0
    return build_user_vector(state, recipe=recipe, as_of_ms=as_of).total
