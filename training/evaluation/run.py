"""Every model against every split.

Two questions. *How many stars?* is asked on random 80/20 splits of the rows, for several split
seeds. *What next?* is asked on each viewer's newest 20 % (temporal), on a random 20 % of the rows,
and for viewers whom no model was fitted on; the newest 20 % also tell what style and dislikes
bring. Hyper-parameters were fixed beforehand on inner splits: the older 80 % of a training part
against its newest 20 %. A run's ratings are held in memory here, which is why large datasets are
judged on a sample of viewers; training itself never holds them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.domain.arrays import Matrix, unit_rows
from training.evaluation.fits import BackgroundFits, BothRecipes, fits_in_background
from training.evaluation.lists import (
    OURS,
    RankingTask,
    Shelf,
    StyleTables,
    count_likes,
    like_matrix,
)
from training.evaluation.new_viewers import NewViewers
from training.evaluation.rankers import (
    EaseRanker,
    ItemKnnRanker,
    PopularityRanker,
    Ranker,
    RecentEaseRanker,
    RetrievalRanker,
    WithoutDislikes,
)
from training.evaluation.results import Evaluation, RatingResult, Task
from training.evaluation.splits import split_last_per_user, split_rows
from training.evaluation.stars import combine_seeds
from training.retrieval_model import Content, RetrievalModel
from training.settings import TrainingSettings
from training.spark import collect_table

if TYPE_CHECKING:
    from concurrent.futures import Future

    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    from training.evaluation.fits import RowFits

__all__ = ["baselines", "evaluate", "n_evaluation_steps"]

Step = Callable[[str], None]


def n_evaluation_steps(settings: TrainingSettings) -> int:
    """Steps that `evaluate` reports."""
    return len(settings.evaluation_seeds) + 4


def evaluate(
    session: "SparkSession",
    ratings: "DataFrame",
    *,
    content: Content,
    genres: Matrix,
    style_tables: StyleTables | None = None,
    settings: TrainingSettings,
    work_dir: Path,
    step: Step,
) -> Evaluation:
    """Measure rating prediction and lists of both recipes and the baselines.

    Args:
        session: Spark.
        ratings: All ratings: ``user_id, movie_id, rating, timestamp``.
        content: The catalogue; its features must not rest on what its viewers did.
        genres: 0/1, row for row with ``content``: what a list's diversity is measured by.
        style_tables: Makes the style table that goes with fitted item vectors.
        settings: Seeds, shares, thresholds.
        work_dir: Where training parts are handed to Spark.
        step: Told what is being measured.
    """
    frame, n_all_viewers = _collect_viewers(session, ratings, settings)
    shelf = Shelf(content.movie_ids, unit_rows(genres), style_tables)
    first = settings.evaluation_seeds[0]
    temporal = split_last_per_user(frame, test_share=settings.test_share, seed=first)
    splits = [
        split_rows(frame, test_share=settings.test_share, seed=seed)
        for seed in settings.evaluation_seeds
    ]
    with fits_in_background(session, content=content, settings=settings, work_dir=work_dir) as fits:
        row_fits = [fits.rows(split, with_lists=split is splits[0]) for split in splits]
        both = fits.both(temporal.train)
        temporal_task = RankingTask("temporal", temporal, shelf, settings)
        new_viewers = NewViewers(temporal_task, settings)
        folds = _FoldFits(new_viewers, fits)
        rating_results = _rating_results(row_fits, settings, step)
        step("lists on the temporal split")
        tasks = [_judge(temporal_task, both.result(), settings)]
        step("lists on the random split")
        models = row_fits[0].result().models
        assert models is not None
        tasks.append(_judge(RankingTask("random", splits[0], shelf, settings), models, settings))
        step("what parts of the recipe bring")
        parts = _judge_parts(temporal_task, both.result().ours, settings)
        step("lists for new viewers")
        folds.serve(settings)
    return Evaluation(
        n_viewers=int(frame["user_id"].nunique()),
        n_all_viewers=n_all_viewers,
        ratings=rating_results,
        tasks=[*tasks, new_viewers.judge(), parts],
        cold_start=new_viewers.cold_start(),
    )


def _collect_viewers(
    session: "SparkSession", ratings: "DataFrame", settings: TrainingSettings
) -> "tuple[pd.DataFrame, int]":
    """Ratings of all viewers, or of a sample where they are too many; and how many there are."""
    import pandas as pd
    from pyspark.sql import functions as F

    users = np.sort(collect_table(ratings.select("user_id").distinct())["user_id"].to_numpy())
    if len(users) > settings.evaluation_viewers:
        rng = np.random.default_rng(settings.seed)
        chosen = rng.choice(users, size=settings.evaluation_viewers, replace=False)
        sample = session.createDataFrame(pd.DataFrame({"user_id": chosen}))
        ratings = ratings.join(F.broadcast(sample), "user_id")
    columns = ("user_id", "movie_id", "rating", "timestamp")
    return collect_table(ratings.select(*columns)), len(users)


def _rating_results(
    row_fits: "list[Future[RowFits]]", settings: TrainingSettings, step: Step
) -> list[RatingResult]:
    errors = []
    for seed, future in zip(settings.evaluation_seeds, row_fits, strict=True):
        step(f"rating error, split seed {seed}")
        errors.append(future.result().errors)
    return combine_seeds(errors)


def baselines(train: "pd.DataFrame", shelf: Shelf, settings: TrainingSettings) -> dict[str, Ranker]:
    """What has to be beaten, fitted on a training part."""
    likes = like_matrix(train, shelf.movie_ids, threshold=settings.like_threshold)
    loved = like_matrix(train, shelf.movie_ids, threshold=settings.knn_threshold)
    ease = EaseRanker(likes, threshold=settings.like_threshold, reg=settings.ease_reg)
    return {
        "most popular": PopularityRanker(likes),
        "item-kNN": ItemKnnRanker(loved, threshold=settings.knn_threshold, k=settings.knn_k),
        "EASE": ease,
        "EASE + recency": RecentEaseRanker(
            ease, blend=settings.ease_recency_blend, n_movies=len(shelf.movie_ids)
        ),
    }


def _judge(task: RankingTask, models: BothRecipes, settings: TrainingSettings) -> Task:
    rankers: Mapping[str, Ranker] = {
        OURS: _ranker(models.ours, task.train, task.shelf, settings),
        "paper": RetrievalRanker(models.paper, rated_only=True),
        **baselines(task.train, task.shelf, settings),
    }
    return task.judge(task.lists(rankers))


def _ranker(
    model: RetrievalModel, train: "pd.DataFrame", shelf: Shelf, settings: TrainingSettings
) -> RetrievalRanker:
    """What is served: the model with the style table that goes with it."""
    if shelf.style_tables is None:
        return RetrievalRanker(model)
    n_likes = count_likes(train, shelf.movie_ids, threshold=settings.like_threshold)
    return RetrievalRanker(model, style=shelf.style_tables(model.vectors, n_likes))


def _judge_parts(task: RankingTask, model: RetrievalModel, settings: TrainingSettings) -> Task:
    """Lists without one part of the recipe each, on the same split."""
    whole = _ranker(model, task.train, task.shelf, settings)
    rankers: Mapping[str, Ranker] = {
        OURS: whole,
        "without style": RetrievalRanker(model),
        "without dislikes": WithoutDislikes(whole, model.recipe),
    }
    return task.judge(task.lists(rankers))._replace(name="parts")


class _FoldFits:
    """One retrieval model a fold of new viewers, fitted in the background."""

    def __init__(self, new_viewers: NewViewers, fits: BackgroundFits) -> None:
        self._new_viewers = new_viewers
        self._models = [fits.ours(new_viewers.others(fold)) for fold in range(new_viewers.n_folds)]

    def serve(self, settings: TrainingSettings) -> None:
        """List for every fold with what was fitted on the others."""
        for fold, model in enumerate(self._models):
            others = self._new_viewers.others(fold)
            known = baselines(others, self._new_viewers.shelf, settings)
            del known["item-kNN"]
            ours = _ranker(model.result(), others, self._new_viewers.shelf, settings)
            self._new_viewers.serve(fold, {OURS: ours, **known})
