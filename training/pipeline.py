"""One training run, from a dataset to the bundle that serves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import FilmReading
from training.bundle import BundleContents, write_bundle
from training.catalogue import Catalogue, build_catalogue, content_matrix, tag_matrix
from training.dataset_source import Dataset, resolve_dataset
from training.evaluate import Evaluation, evaluate
from training.events import export_events
from training.film_notes import match_notes
from training.item_vectors import (
    ItemVectors,
    average_user_vector,
    complete_with_content,
    fit_implicit_vectors,
)
from training.labels import label_themes
from training.layouts import check_files
from training.movielens import CatalogueMovie, note_files, read_movies, read_tags
from training.progress import Progress
from training.publish import publish, training_lock, work_directory, write_errors
from training.rating_model import (
    RatingModel,
    fit_explicit,
    fit_residual_model,
    mean_rating,
    paper_model,
)
from training.ratings import load_ratings
from training.record import describe_run, measure_run
from training.report import DataReport
from training.settings import Environment, TrainingSettings
from training.spark import collect_table, open_session, reads_s3a, spark_errors
from training.style_sources import StyleSources
from training.style_tags import StyleTag, collect_style_tags, spread_to_neighbours
from training.theme_traits import describe_themes
from training.themes import (
    Themes,
    eligible_movies,
    fit_paper_themes,
    fit_themes,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["N_STEPS", "RecipeName", "TrainingRequest", "TrainingResult", "train"]

RecipeName = Literal["whylens", "paper"]
N_STEPS = 9
"""Steps that `train` reports without evaluation."""


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What one run is asked to do."""

    dataset: str
    home: Path
    recipe: RecipeName
    master: str
    evaluate: bool
    settings: TrainingSettings
    environment: Environment
    style: StyleSources


class TrainingResult(NamedTuple):
    """What a run made."""

    version: str
    path: Path
    metrics: dict[str, Any]
    evaluation: Evaluation | None
    dataset: Dataset
    report: DataReport


class _Data(NamedTuple):
    """A dataset, read."""

    movies: list[CatalogueMovie]
    direct_tags: dict[int, list[StyleTag]]
    notes: dict[int, FilmReading]
    ratings: "DataFrame"
    ratings_parquet: Path
    catalogue: Catalogue
    report: DataReport


class _Model(NamedTuple):
    """What the recipe fitted."""

    rating_model: RatingModel
    items: ItemVectors
    average: Vector


def train(
    request: TrainingRequest, *, index_bundle: Callable[[Path], None], progress: Progress
) -> TrainingResult:
    """Train, and make the result the bundle that serves.

    Args:
        request: Dataset, recipe, home and settings.
        index_bundle: Called with the finished staging directory before it is published; adds
            the vector index.
        progress: Told what is going on.

    Raises:
        TrainingError: The run failed; the bundle that served before still does.
    """
    home = request.home
    with training_lock(home), work_directory(home) as (work, staging):
        progress.step("finding the dataset")
        dataset = resolve_dataset(
            request.dataset,
            data_dir=home / "data",
            work_dir=work,
            base_url=request.environment.movielens_base_url,
        )
        progress.note(f"dataset: {dataset.source}")
        check_files(dataset.folder, dataset.layout)
        progress.step("starting Spark")
        spark = open_session(
            request.settings, master=request.master, work_dir=work, environment=request.environment
        )
        with spark_errors(), spark as session:
            return _run(request, dataset, session, work, staging, index_bundle, progress)


def _run(
    request: TrainingRequest,
    dataset: Dataset,
    session: "SparkSession",
    work: Path,
    staging: Path,
    index_bundle: Callable[[Path], None],
    progress: Progress,
) -> TrainingResult:
    settings = request.settings
    data = _read(request, dataset, session, work, progress)
    evaluation = _evaluate(request, session, data, work, progress)
    progress.step(f"fitting recipe {request.recipe} with Spark")
    model = _fit(request, data, staging)
    progress.step("grouping movies into themes")
    rows = np.searchsorted(data.catalogue.ids, model.items.movie_ids)
    content = content_matrix(data.movies, data.direct_tags)
    vectors, sources = complete_with_content(
        model.items, data.catalogue.ids.tolist(), content, reg=settings.content_reg
    )
    themes = _themes(request, vectors, rows, data.catalogue)
    style_tags = spread_to_neighbours(
        data.direct_tags,
        movie_ids=data.catalogue.ids,
        vectors=vectors,
        borrowers=eligible_movies(data.catalogue.n_likes, settings),
        neighbours=settings.neighbours,
        min_confidence=settings.min_tag_confidence,
    )
    progress.step("naming the themes")
    traits = describe_themes(
        data.catalogue, themes, data.direct_tags, n_exemplars=settings.n_exemplars
    )
    metrics = measure_run(
        recipe=request.recipe,
        themes=themes,
        tags=tag_matrix(data.catalogue, data.direct_tags),
        evaluation=evaluation,
        settings=settings,
    )
    progress.step("writing the bundle")
    contents = BundleContents(
        catalogue=data.catalogue,
        vectors=vectors,
        vector_sources=sources,
        average_user_vector=model.average,
        rating_model=model.rating_model,
        themes=themes,
        cards=label_themes(traits, data.catalogue),
        style_tags=style_tags,
        film_notes=data.notes,
        metrics=metrics,
    )
    write_bundle(contents, staging)
    with write_errors(staging):
        export_events(
            data.ratings_parquet,
            staging / "events",
            n_ratings=data.report.n_ratings,
            n_users=data.report.n_users,
        )
    progress.step("indexing the bundle")
    index_bundle(staging)
    progress.step("publishing the bundle")
    version, path = publish(
        staging,
        describe_run(
            recipe=request.recipe,
            dataset=dataset,
            report=data.report,
            n_factors=vectors.shape[1],
            settings=settings,
        ),
        created_at=datetime.now(UTC),
        keep=settings.keep_bundles,
    )
    return TrainingResult(version, path, metrics, evaluation, dataset, data.report)


def _read(
    request: TrainingRequest,
    dataset: Dataset,
    session: "SparkSession",
    work: Path,
    progress: Progress,
) -> _Data:
    progress.step("reading and checking the ratings")
    report = DataReport()
    movies = read_movies(dataset.folder, dataset.layout, report)
    known = {movie.movie_id for movie in movies}
    notes = match_notes(request.style.notes, movies)
    tags = collect_style_tags(
        read_tags(dataset.folder, dataset.layout, report, known=known),
        {movie_id: note.tags for movie_id, note in notes.items()},
        request.style.canonical,
    )
    parquet = work / "ratings.parquet"
    ratings = load_ratings(
        session,
        _ratings_location(dataset, session),
        layout=dataset.layout,
        movie_ids=sorted(known),
        target=parquet,
        report=report,
    ).cache()
    note_files(dataset.folder, dataset.layout, report)
    catalogue = build_catalogue(movies, ratings, like_threshold=request.settings.like_threshold)
    for sentence in report.sentences():
        progress.note(sentence)
    return _Data(movies, tags, notes, ratings, parquet, catalogue, report)


def _ratings_location(dataset: Dataset, session: "SparkSession") -> str:
    """Where Spark reads the ratings: in place when it can, else from a staged copy."""
    if dataset.remote_ratings is None:
        return str(dataset.ratings_path)
    if reads_s3a(session):
        return dataset.remote_ratings
    from training.s3_input import fetch_object

    fetch_object(dataset.remote_ratings, dataset.ratings_path)
    return str(dataset.ratings_path)


def _evaluate(
    request: TrainingRequest,
    session: "SparkSession",
    data: _Data,
    work: Path,
    progress: Progress,
) -> Evaluation | None:
    if not request.evaluate:
        return None
    return evaluate(
        session,
        collect_table(data.ratings),
        all_movie_ids=data.catalogue.ids,
        settings=request.settings,
        work_dir=work,
        step=progress.step,
    )


def _fit(request: TrainingRequest, data: _Data, staging: Path) -> _Model:
    settings = request.settings
    if request.recipe == "whylens":
        rating_model = fit_residual_model(data.ratings, settings, factors_dir=staging)
        items = fit_implicit_vectors(data.ratings, settings)
        return _Model(rating_model, items, average_user_vector(items))
    fit = fit_explicit(data.ratings, settings, factors_dir=staging)
    factors = fit.items.vectors.astype(np.float64)
    rows = np.searchsorted(data.catalogue.ids, fit.items.ids)
    counts = data.catalogue.n_ratings[rows].astype(np.float64)
    return _Model(
        paper_model(fit, global_mean=mean_rating(data.ratings)),
        ItemVectors(fit.items.ids, factors, counts),
        factors.mean(axis=0),
    )


def _themes(
    request: TrainingRequest, vectors: Matrix, rows: NDArray[np.intp], catalogue: Catalogue
) -> Themes:
    if request.recipe == "whylens":
        return fit_themes(vectors, catalogue.n_likes, request.settings)
    rated = np.zeros(len(catalogue), dtype=bool)
    rated[rows] = True
    return fit_paper_themes(vectors, rated, catalogue.n_likes, request.settings)
