"""The MovieLens CSV layout: what the files must look like, and the small ones read.

``ratings.csv`` may be huge and is read by Spark in `ratings`; movies, tags and links are read
here. Bad rows are counted and left out, a bad file is one clear error. (The older ``::`` and
``u.data`` layouts would be another module that writes these four files.)
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from training.errors import DatasetError
from training.report import DataReport
from training.titles import ParsedTitle, parse_title

__all__ = ["HEADERS", "CatalogueMovie", "UserTag", "check_files", "read_movies", "read_tags"]

HEADERS: Final = {
    "ratings.csv": ["userId", "movieId", "rating", "timestamp"],
    "movies.csv": ["movieId", "title", "genres"],
    "tags.csv": ["userId", "movieId", "tag", "timestamp"],
    "links.csv": ["movieId", "imdbId", "tmdbId"],
}
_REQUIRED: Final = ("ratings.csv", "movies.csv")
_NO_GENRES: Final = "(no genres listed)"
_MAX_ID: Final = 2**31 - 1
_MAX_FIELD: Final = 1 << 20


class CatalogueMovie(NamedTuple):
    """One row of movies.csv with its link, parsed."""

    movie_id: int
    parsed: ParsedTitle
    genres: tuple[str, ...]
    imdb_id: str | None
    """Seven digits or more, as in IMDb's addresses without the ``tt``."""


class UserTag(NamedTuple):
    """One row of tags.csv; the tag is lower case with single spaces."""

    user_id: int
    movie_id: int
    tag: str


def check_files(folder: Path) -> None:
    """See that the files are there, are text, and start with MovieLens' headers.

    Raises:
        DatasetError: The first file that does not fit, and what to do about it.
    """
    for name, header in HEADERS.items():
        path = folder / name
        if not path.is_file():
            if name in _REQUIRED:
                raise DatasetError(
                    f"{path} is missing: a dataset is a folder with ratings.csv and movies.csv"
                )
            continue
        found = _first_row(path)
        if found != header:
            raise DatasetError(
                f"{path} should start with the header {','.join(header)}, "
                f"but starts with {','.join(found)[:80]!r}"
            )


def _first_row(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_FIELD)
        text = line.decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 text; convert it, e.g. with iconv") from error
    if not text.strip():
        raise DatasetError(f"{path} is empty")
    return next(csv.reader([text.replace("\0", "?")]))


def read_movies(folder: Path, report: DataReport) -> list[CatalogueMovie]:
    """Read movies.csv and links.csv, ordered by movie id.

    Args:
        folder: Folder that passed `check_files`.
        report: Receives the counts of dropped rows and of movies.

    Raises:
        DatasetError: A file is not UTF-8 or holds no usable movie.
    """
    imdb_ids = _read_links(folder, report)
    movies: dict[int, CatalogueMovie] = {}
    for row in _rows(folder, "movies.csv", report):
        movie_id = _positive_id(row[0])
        if movie_id is None:
            report.dropped["movies.csv: movieId is not a positive whole number"] += 1
        elif movie_id in movies:
            report.dropped["movies.csv: movieId twice (the first counts)"] += 1
        elif not row[1].strip():
            report.dropped["movies.csv: no title"] += 1
        else:
            genres = tuple(g for g in row[2].split("|") if g and g != _NO_GENRES)
            movies[movie_id] = CatalogueMovie(
                movie_id, parse_title(row[1]), genres, imdb_ids.get(movie_id)
            )
    if not movies:
        raise DatasetError(f"{folder / 'movies.csv'} holds no usable movie")
    report.n_movies = len(movies)
    return [movies[movie_id] for movie_id in sorted(movies)]


def _read_links(folder: Path, report: DataReport) -> dict[int, str]:
    links: dict[int, str] = {}
    for row in _rows(folder, "links.csv", report):
        movie_id = _positive_id(row[0])
        if movie_id is None or not re.fullmatch(r"\d{1,10}", row[1]):
            report.dropped["links.csv: no movieId or imdbId"] += 1
        else:
            links[movie_id] = row[1].zfill(7)
    return links


def read_tags(folder: Path, report: DataReport, *, known: set[int]) -> list[UserTag]:
    """Read tags.csv, if there is one; tags of movies that are not ``known`` are dropped."""
    tags: list[UserTag] = []
    for row in _rows(folder, "tags.csv", report):
        user_id, movie_id = _positive_id(row[0]), _positive_id(row[1])
        text = " ".join(row[2].lower().split())
        if user_id is None or movie_id is None or not text:
            report.dropped["tags.csv: no ids or no tag"] += 1
        elif movie_id not in known:
            report.dropped["tags.csv: movie not in movies.csv"] += 1
        else:
            tags.append(UserTag(user_id, movie_id, text))
    return tags


def _positive_id(text: str) -> int | None:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()):
        return None
    number = int(text)
    return number if 0 < number <= _MAX_ID else None


def _rows(folder: Path, name: str, report: DataReport) -> Iterator[list[str]]:
    """Rows after the header that have the right number of fields; none if there is no file."""
    path = folder / name
    if not path.is_file():
        return
    width = len(HEADERS[name])
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader((line.replace("\0", "?") for line in file), strict=False)
            next(reader)
            for row in reader:
                if len(row) == width:
                    yield row
                elif row:
                    report.dropped[f"{name}: wrong number of fields"] += 1
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 text; convert it, e.g. with iconv") from error
    except (OSError, csv.Error) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from error
