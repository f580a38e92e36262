"""What Spark fits for an evaluation, in the background and a few at a time.

One ALS fit on a small dataset leaves most of two cores idle between its many short stages; two
fits side by side fill them. Each training part reaches Spark as Parquet and is cached while it is
used. No result depends on how the fits are interleaved.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from training.als import AlsFit
from training.evaluation.splits import Split
from training.evaluation.stars import SeedErrors, rating_errors
from training.rating_model import fit_explicit
from training.retrieval_model import (
    Content,
    RetrievalModel,
    fit_retrieval_model,
    paper_retrieval_model,
)
from training.settings import TrainingSettings

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["BackgroundFits", "BothRecipes", "RowFits", "fits_in_background"]

T = TypeVar("T")


class BothRecipes(NamedTuple):
    """Retrieval models of the two recipes, fitted on the same rows."""

    ours: RetrievalModel
    paper: RetrievalModel


class RowFits(NamedTuple):
    """What was fitted on one random split of the rows."""

    errors: SeedErrors
    models: BothRecipes | None


class BackgroundFits:
    """Takes training parts and hands out futures of what was fitted on them."""

    def __init__(
        self,
        session: "SparkSession",
        pool: ThreadPoolExecutor,
        *,
        content: Content,
        settings: TrainingSettings,
        work_dir: Path,
    ) -> None:
        """Fit with a session.

        Args:
            session: Spark, shared by all fits.
            pool: Runs them.
            content: The catalogue.
            settings: Hyper-parameters.
            work_dir: Receives the training parts.
        """
        self._session = session
        self._pool = pool
        self._content = content
        self._settings = settings
        self._work_dir = work_dir
        self._numbers = count()

    def rows(self, split: Split, *, with_lists: bool) -> "Future[RowFits]":
        """Rating models on the training part and their errors on the test part.

        Args:
            split: A random split of the rows.
            with_lists: Also fit the retrieval models on it.
        """

        def fit(train: "DataFrame") -> RowFits:
            paper = fit_explicit(train, self._settings)
            errors = rating_errors(train, paper, split.test, self._settings)
            models = self._both(train, paper, split.train) if with_lists else None
            return RowFits(errors, models)

        return self._submit(split.train, fit)

    def both(self, train: "pd.DataFrame") -> "Future[BothRecipes]":
        """The retrieval models of both recipes."""

        def fit(part: "DataFrame") -> BothRecipes:
            return self._both(part, fit_explicit(part, self._settings), train)

        return self._submit(train, fit)

    def ours(self, train: "pd.DataFrame") -> "Future[RetrievalModel]":
        """The retrieval model that would be published."""
        return self._submit(
            train, lambda part: fit_retrieval_model(part, self._content, self._settings)
        )

    def _both(self, part: "DataFrame", paper: AlsFit, train: "pd.DataFrame") -> BothRecipes:
        ids = self._content.movie_ids
        n_ratings = np.bincount(np.searchsorted(ids, train["movie_id"]), minlength=len(ids))
        return BothRecipes(
            ours=fit_retrieval_model(part, self._content, self._settings),
            paper=paper_retrieval_model(paper, self._content, self._settings, n_ratings=n_ratings),
        )

    def _submit(self, train: "pd.DataFrame", fit: "Callable[[DataFrame], T]") -> "Future[T]":
        path = self._work_dir / f"part-{next(self._numbers)}.parquet"

        def run() -> T:
            train.to_parquet(path)
            part = self._session.read.parquet(str(path)).cache()
            try:
                return fit(part)
            finally:
                part.unpersist()
                path.unlink()

        return self._pool.submit(run)


@contextmanager
def fits_in_background(
    session: "SparkSession", *, content: Content, settings: TrainingSettings, work_dir: Path
) -> Iterator[BackgroundFits]:
    """Hand out a `BackgroundFits`; an error outside drops the fits that have not begun."""
    pool = ThreadPoolExecutor(max_workers=settings.concurrent_fits)
    try:
        yield BackgroundFits(session, pool, content=content, settings=settings, work_dir=work_dir)
    finally:
        pool.shutdown(cancel_futures=True)
