"""The quality report of the film notes: what is in the file, and how far it can be trusted."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from retrieval.domain.arrays import Matrix
from retrieval.domain.models import Movie
from retrieval.domain.style import load_style_vocabulary
from training.dataset_source import resolve_dataset
from training.errors import DatasetError
from training.film_notes import NOTES_VERSION, FilmNote, shipped_notes_path
from training.layouts import check_files
from training.movielens import CatalogueMovie, read_movies, read_tags
from training.notes_agreement import Agreement, measure_agreement
from training.notes_check import (
    MIN_NOTES,
    NotesFigures,
    check_file,
    check_together,
    measure_notes,
)
from training.notes_spread import SpreadAccuracy, measure_spread
from training.report import DataReport
from training.settings import Environment, TrainingSettings

__all__ = ["EditionReport", "MovieVectors", "NotesReport", "report_notes"]

TIMES_OTHER_FILM: Final = 5.0
TIMES_GENRE_TAGS: Final = 2.0
WELL_KNOWN: Final = 20
"""Ratings from which a film should have a note."""
MAX_LEFT_OUT: Final = 88


class MovieVectors(NamedTuple):
    """The vector space of a trained bundle."""

    bundle: str
    """Its version."""
    movies: Sequence[Movie]
    vectors: Matrix
    """Row for row with ``movies``."""


class EditionReport(NamedTuple):
    """The notes beside one dataset."""

    name: str
    matched: int
    """Notes whose id, title and year are those of the catalogue."""
    mismatches: tuple[str, ...]
    absent: tuple[str, ...]
    """Noted films that this catalogue does not have."""
    well_known: int
    """Films with 20 ratings or more."""
    left_out: tuple[str, ...]
    """Those of them without a note."""
    user_tags: int
    """Tag applications in the dataset."""
    user_tags_mapped: int
    """Those that mean a tag of the vocabulary."""
    agreement: Agreement | None


class NotesReport(NamedTuple):
    """Everything that ``whylens data notes --check`` says."""

    path: Path
    version: str
    figures: NotesFigures
    violations: tuple[str, ...]
    editions: tuple[EditionReport, ...]
    spread: SpreadAccuracy | None
    spread_bundle: str | None
    """Bundle whose vectors the spread was measured with."""

    def as_json(self) -> dict[str, Any]:
        """The report in JSON's types; what could not be measured is null."""
        cleaned: dict[str, Any] = _plain(self)
        return {**cleaned, "passed": not self.violations}


def report_notes(
    *,
    datasets: Sequence[str],
    data_dir: Path,
    vectors: MovieVectors | None,
    seed: int,
    path: Path | None = None,
) -> NotesReport:
    """Check the notes and measure what can be measured.

    Args:
        datasets: ``bundled``, ``ml-latest-small``, or paths of folders or zips.
        data_dir: Where downloads are kept; the bundled edition is unpacked aside.
        vectors: A trained bundle's, or None: spreading is then not measured.
        seed: Draws bootstrap samples and hidden films.
        path: Notes file; the shipped one by default.

    Raises:
        DatasetError: The notes or a dataset cannot be read.
    """
    file = check_file(path or shipped_notes_path())
    if not file.notes:
        raise DatasetError(f"{file.path} holds no valid note: {'; '.join(file.violations[:3])}")
    editions = tuple(_compare(choice, file.notes, data_dir, seed) for choice in datasets)
    violations = [
        *file.violations,
        *check_together(file.notes),
        *_count_violations(file.notes),
        *(text for edition in editions for text in _edition_violations(edition)),
        *_homeless(editions),
    ]
    spread = _measure_spread(file.notes, vectors, seed) if vectors else None
    return NotesReport(
        path=file.path,
        version=NOTES_VERSION,
        figures=measure_notes(file.notes),
        violations=tuple(violations),
        editions=editions,
        spread=spread,
        spread_bundle=vectors.bundle if vectors else None,
    )


def _compare(choice: str, notes: Sequence[FilmNote], data_dir: Path, seed: int) -> EditionReport:
    vocabulary = load_style_vocabulary()
    with tempfile.TemporaryDirectory() as work:
        dataset = resolve_dataset(
            choice,
            data_dir=Path(work) / "data" if choice == "bundled" else data_dir,
            work_dir=Path(work),
            base_url=Environment().movielens_base_url,
        )
        check_files(dataset.folder, dataset.layout)
        movies = {m.movie_id: m for m in read_movies(dataset.folder, dataset.layout, DataReport())}
        user_tags = read_tags(dataset.folder, dataset.layout, DataReport(), known=set(movies))
        well_known = _well_known(dataset.folder) & movies.keys()
    tags = {note.movie_id: note.tags for note in notes if note.movie_id in movies}
    mismatches = tuple(_mismatches(notes, movies.values()))
    absent = tuple(n.title for n in notes if n.movie_id not in movies)
    return EditionReport(
        name=dataset.name,
        matched=len(notes) - len(mismatches) - len(absent),
        mismatches=mismatches,
        absent=absent,
        well_known=len(well_known),
        left_out=tuple(movies[i].parsed.title for i in sorted(well_known - tags.keys())),
        user_tags=len(user_tags),
        user_tags_mapped=sum(vocabulary.tag_for(given.tag) is not None for given in user_tags),
        agreement=measure_agreement(
            tags,
            genres={movie_id: movie.genres for movie_id, movie in movies.items()},
            user_tags=user_tags,
            canonical=vocabulary.tag_for,
            rng=np.random.default_rng(seed),
        ),
    )


def _mismatches(notes: Iterable[FilmNote], movies: Iterable[CatalogueMovie]) -> Iterable[str]:
    by_id = {movie.movie_id: movie for movie in movies}
    for note in notes:
        movie = by_id.get(note.movie_id)
        ours = (note.imdb_id, note.title, note.year)
        if movie and ours != (theirs := (movie.imdb_id, movie.parsed.title, movie.parsed.year)):
            yield f"movie {note.movie_id} is {theirs} in the catalogue and {ours} in the notes"


def _well_known(folder: Path) -> set[int]:
    with (folder / "ratings.csv").open(encoding="utf-8", newline="") as file:
        counts = Counter(row["movieId"] for row in csv.DictReader(file))
    return {int(i) for i, count in counts.items() if count >= WELL_KNOWN and i.isdigit()}


def _count_violations(notes: Sequence[FilmNote]) -> Iterable[str]:
    if len(notes) < MIN_NOTES:
        yield f"there are {len(notes)} valid notes, fewer than {MIN_NOTES}"


def _edition_violations(edition: EditionReport) -> Iterable[str]:
    yield from (f"{edition.name}: {text}" for text in edition.mismatches)
    if len(edition.left_out) > MAX_LEFT_OUT:
        yield f"{edition.name}: {len(edition.left_out)} well-known films have no note"
    agreement = edition.agreement
    if agreement is None:
        return
    for name, times, target in (
        ("another film's", agreement.times_other_film.mean, TIMES_OTHER_FILM),
        ("the genre's", agreement.times_genre_tags.mean, TIMES_GENRE_TAGS),
    ):
        if times < target:
            yield (
                f"{edition.name}: notes name viewers' tags {times:.1f} times as often as "
                f"{name} tags do, less than {target:.0f} times"
            )


def _homeless(editions: Sequence[EditionReport]) -> Iterable[str]:
    """Films that no edition has; one edition alone may lack films of later years."""
    if len(editions) > 1:
        nowhere = set.intersection(*(set(edition.absent) for edition in editions))
        yield from (f"{title} is in none of the datasets" for title in sorted(nowhere))


def _measure_spread(
    notes: Sequence[FilmNote], space: MovieVectors, seed: int
) -> SpreadAccuracy | None:
    by_imdb = {note.imdb_id: note.tags for note in notes}
    known: dict[int, Sequence[str]] = {
        movie.movie_id: by_imdb[movie.imdb_id] for movie in space.movies if movie.imdb_id in by_imdb
    }
    settings = TrainingSettings()
    if len(known) < settings.neighbours:
        return None
    return measure_spread(
        known,
        movies=space.movies,
        vectors=space.vectors,
        neighbours=settings.neighbours,
        min_confidence=settings.min_tag_confidence,
        rng=np.random.default_rng(seed),
    )


def _plain(value: Any) -> Any:
    """JSON's types, with the names that named tuples have."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
