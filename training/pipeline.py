"""One training run, from a dataset to the bundle that serves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix
from retrieval.domain.models import FilmReading
from retrieval.domain.style_part import StyleTable, Taggings
from training.bundle import BundleContents, write_bundle
from training.catalogue import (
    Catalogue,
    build_catalogue,
    content_matrix,
    genre_matrix,
    tag_matrix,
)
from training.dataset_source import Dataset, resolve_dataset
from training.evaluation.lists import StyleTables
from training.evaluation.paper_themes import measure_paper_themes
from training.evaluation.results import Evaluation
from training.evaluation.run import evaluate, n_evaluation_steps
from training.events import export_events
from training.film_notes import match_notes
from training.labels import ThemeCard, label_themes
from training.layouts import check_files
from training.movielens import CatalogueMovie, note_files, read_movies, read_tags
from training.progress import Progress, TimedProgress
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
from training.report_page.page import render_report
from training.retrieval_model import (
    Content,
    RetrievalModel,
    fit_retrieval_model,
    paper_retrieval_model,
)
from training.settings import Environment, TrainingSettings
from training.spark import open_session, reads_s3a, spark_errors
from training.style_sources import StyleSources
from training.style_tags import StyleTag, collect_style_tags, spread_space, spread_to_neighbours
from training.theme_map import lay_out_themes
from training.theme_traits import describe_themes
from training.themes import (
    Themes,
    eligible_movies,
    fit_paper_themes,
    fit_themes,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["RecipeName", "TrainingRequest", "TrainingResult", "n_steps", "train"]

RecipeName = Literal["whylens", "paper"]
_N_STEPS = 9
_N_COMPARISON_STEPS = 2


def n_steps(settings: TrainingSettings, *, evaluate: bool) -> int:
    """How many steps `train` will report."""
    extra = n_evaluation_steps(settings) + _N_COMPARISON_STEPS if evaluate else 0
    return _N_STEPS + extra


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
    viewer_tags: dict[int, list[StyleTag]]
    notes: dict[int, FilmReading]
    ratings: "DataFrame"
    ratings_parquet: Path
    catalogue: Catalogue
    report: DataReport


class _Model(NamedTuple):
    """What the recipe fitted."""

    rating_model: RatingModel
    retrieval: RetrievalModel


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
    home, timed = request.home, TimedProgress(progress)
    with training_lock(home), work_directory(home) as (work, staging):
        timed.step("finding the dataset")
        dataset = resolve_dataset(
            request.dataset,
            data_dir=home / "data",
            work_dir=work,
            base_url=request.environment.movielens_base_url,
        )
        timed.note(f"dataset: {dataset.source}")
        check_files(dataset.folder, dataset.layout)
        timed.step("starting Spark")
        spark = open_session(
            request.settings, master=request.master, work_dir=work, environment=request.environment
        )
        with spark_errors(work), spark as session:
            return _run(request, dataset, session, work, staging, index_bundle, timed)


def _run(
    request: TrainingRequest,
    dataset: Dataset,
    session: "SparkSession",
    work: Path,
    staging: Path,
    index_bundle: Callable[[Path], None],
    progress: TimedProgress,
) -> TrainingResult:
    settings = request.settings
    data = _read(request, dataset, session, work, progress)
    evaluation = _evaluate(request, session, data, work, progress)
    progress.step(f"fitting recipe {request.recipe} with Spark")
    model = _fit(request, data, staging)
    vectors = model.retrieval.vectors
    progress.step("grouping movies into themes")
    themes = _themes(request, model.retrieval, data)
    known_well = eligible_movies(data.catalogue.n_likes, settings)
    style_tags = spread_to_neighbours(
        data.direct_tags,
        space=spread_space(
            data.catalogue.ids,
            vectors,
            [movie.genres for movie in data.movies],
            (movie.parsed.year for movie in data.movies),
        ),
        borrowers=known_well,
        neighbours=settings.neighbours,
        min_confidence=settings.min_tag_confidence,
    )
    progress.step("naming the themes")
    traits = describe_themes(
        data.catalogue,
        themes,
        data.direct_tags,
        joiners=known_well,
        n_exemplars=settings.n_exemplars,
        seed=settings.seed,
    )
    cards = label_themes(traits, data.catalogue, data.direct_tags)
    metrics = _measure(request, data, themes, vectors, cards, evaluation, progress)
    layout = None
    if request.evaluate:
        progress.step("drawing the theme map")
        layout = lay_out_themes(themes, data.catalogue, settings)
    progress.step("writing the bundle")
    contents = BundleContents(
        catalogue=data.catalogue,
        vectors=vectors,
        vector_sources=model.retrieval.sources,
        average_user_vector=model.retrieval.average_user_vector,
        rating_model=model.rating_model,
        themes=themes,
        cards=cards,
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
    manifest = describe_run(
        recipe=request.recipe,
        dataset=dataset,
        report=data.report,
        n_factors=vectors.shape[1],
        settings=settings,
        seconds=progress.seconds,
    )
    with write_errors(staging):
        (staging / "report.html").write_text(
            render_report(staging, manifest, layout), encoding="utf-8"
        )
    version, path = publish(
        staging,
        manifest,
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
    given = list(read_tags(dataset.folder, dataset.layout, report, known=known))
    noted = {movie_id: note.tags for movie_id, note in notes.items()}
    tags = collect_style_tags(given, noted, request.style.canonical)
    viewer_tags = collect_style_tags(given, {}, request.style.canonical)
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
    return _Data(movies, tags, viewer_tags, notes, ratings, parquet, catalogue, report)


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
    # Style tags say too much here: viewers gave them, and film notes describe what is often rated.
    content = Content(data.catalogue.ids, content_matrix(data.movies, {}))
    return evaluate(
        session,
        data.ratings,
        content=content,
        genres=genre_matrix(data.movies),
        style_tables=_style_tables(request, data),
        settings=request.settings,
        work_dir=work,
        step=progress.step,
    )


def _style_tables(request: TrainingRequest, data: _Data) -> StyleTables:
    """Style from film notes and neighbours alone: viewers' tags tell of what is held out."""
    settings = request.settings
    noted = collect_style_tags(
        [], {i: note.tags for i, note in data.notes.items()}, request.style.canonical
    )
    genres = [movie.genres for movie in data.movies]
    years = [movie.parsed.year for movie in data.movies]

    def style_table(vectors: Matrix, n_likes: NDArray[np.int64]) -> StyleTable:
        tags = spread_to_neighbours(
            noted,
            space=spread_space(data.catalogue.ids, vectors, genres, years),
            borrowers=eligible_movies(n_likes, settings),
            neighbours=settings.neighbours,
            min_confidence=settings.min_tag_confidence,
        )
        taggings = Taggings.of(
            [(tag.tag, tag.confidence) for tag in tags.get(movie_id, ())]
            for movie_id in data.catalogue.ids.tolist()
        )
        return StyleTable(taggings)

    return style_table


def _measure(
    request: TrainingRequest,
    data: _Data,
    themes: Themes,
    vectors: Matrix,
    cards: Sequence[ThemeCard],
    evaluation: Evaluation | None,
    progress: Progress,
) -> dict[str, Any]:
    settings, tags = request.settings, tag_matrix(data.catalogue, data.viewer_tags)
    paper_themes = None
    if request.evaluate and request.recipe == "whylens":
        progress.step("grouping movies as published, to compare")
        content = Content(data.catalogue.ids, content_matrix(data.movies, data.direct_tags))
        paper = paper_retrieval_model(
            fit_explicit(data.ratings, settings),
            content,
            settings,
            n_ratings=data.catalogue.n_ratings,
        )
        paper_themes = measure_paper_themes(paper, data.catalogue, tags, themes.clustered, settings)
    return measure_run(
        recipe=request.recipe,
        themes=themes,
        vectors=vectors,
        viewer_tags=tags,
        cards=cards,
        evaluation=evaluation,
        settings=settings,
        paper_themes=paper_themes,
    )


def _fit(request: TrainingRequest, data: _Data, staging: Path) -> _Model:
    settings = request.settings
    content = Content(data.catalogue.ids, content_matrix(data.movies, data.direct_tags))
    if request.recipe == "whylens":
        rating_model = fit_residual_model(data.ratings, settings, factors_dir=staging)
        return _Model(rating_model, fit_retrieval_model(data.ratings, content, settings))
    fit = fit_explicit(data.ratings, settings, factors_dir=staging)
    return _Model(
        paper_model(fit, global_mean=mean_rating(data.ratings)),
        paper_retrieval_model(fit, content, settings, n_ratings=data.catalogue.n_ratings),
    )


def _themes(request: TrainingRequest, model: RetrievalModel, data: _Data) -> Themes:
    likes = data.catalogue.n_likes
    if request.recipe == "whylens":
        notes = (data.notes.get(movie.movie_id) for movie in data.movies)
        return fit_themes(
            model.vectors,
            [movie.genres for movie in data.movies],
            [note.tags if note else () for note in notes],
            likes,
            request.settings,
        )
    rated = np.array([source == "ratings" for source in model.sources], dtype=bool)
    return fit_paper_themes(model.vectors, rated, likes, request.settings)
