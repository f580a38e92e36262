"""Movies, tags and links of a MovieLens dataset, read and checked.

The ratings may be many and are read by Spark in `ratings`; `layouts` knows how lines are taken
apart. Bad rows are counted and left out, a bad file is one clear error.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from training.errors import DatasetError
from training.layouts import Layout, Table
from training.report import DataReport
from training.titles import ParsedTitle, parse_title

__all__ = ["CatalogueMovie", "UserTag", "note_files", "read_movies", "read_tags"]

_NO_GENRES: Final = ("", "(no genres listed)", "unknown")
_GENRE_NAMES: Final = {"Children's": "Children"}
"""Names that the old editions spell otherwise."""
_MAX_ID: Final = 2**31 - 1


class CatalogueMovie(NamedTuple):
    """One movie of the catalogue with its link, parsed."""

    movie_id: int
    parsed: ParsedTitle
    genres: tuple[str, ...]
    imdb_id: str | None
    """Seven digits or more, as in IMDb's addresses without the ``tt``."""


class UserTag(NamedTuple):
    """One tag that a user gave a movie; the tag is lower case with single spaces."""

    user_id: int
    movie_id: int
    tag: str


def read_movies(folder: Path, layout: Layout, report: DataReport) -> list[CatalogueMovie]:
    """Read the movies and their links, ordered by movie id.

    Args:
        folder: Folder that passed `layouts.check_files`.
        layout: Its layout.
        report: Receives the counts of dropped rows and of movies.

    Raises:
        DatasetError: A file is not in the layout's encoding or holds no usable movie.
    """
    imdb_ids = _read_links(folder, layout, report)
    movies: dict[int, CatalogueMovie] = {}
    for row in _rows(folder, layout, "movies", report):
        movie_id = _positive_id(row[0])
        if movie_id is None:
            report.drop(layout, "movies", "movieId is not a positive whole number")
        elif movie_id in movies:
            report.drop(layout, "movies", "movieId twice (the first counts)")
        elif not row[1].strip():
            report.drop(layout, "movies", "no title")
        else:
            genres = tuple(
                _GENRE_NAMES.get(genre, genre)
                for genre in row[2].split("|")
                if genre not in _NO_GENRES
            )
            movies[movie_id] = CatalogueMovie(
                movie_id, parse_title(row[1]), genres, imdb_ids.get(movie_id)
            )
    if not movies:
        lost = report.summary(layout.files["movies"])
        raise DatasetError(
            f"{folder / layout.files['movies']} holds no usable movie ({lost or 'no rows'})"
        )
    report.n_movies = len(movies)
    return [movies[movie_id] for movie_id in sorted(movies)]


def _read_links(folder: Path, layout: Layout, report: DataReport) -> dict[int, str]:
    links: dict[int, str] = {}
    for row in _rows(folder, layout, "links", report):
        movie_id = _positive_id(row[0])
        if movie_id is None or not re.fullmatch(r"\d{1,10}", row[1]):
            report.drop(layout, "links", "no movieId or imdbId")
        else:
            links[movie_id] = row[1].zfill(7)
    return links


def read_tags(
    folder: Path, layout: Layout, report: DataReport, *, known: set[int]
) -> list[UserTag]:
    """Read the users' tags, if there are any; tags of movies not ``known`` are dropped."""
    tags: list[UserTag] = []
    for row in _rows(folder, layout, "tags", report):
        user_id, movie_id = _positive_id(row[0]), _positive_id(row[1])
        text = " ".join(row[2].lower().split())
        if user_id is None or movie_id is None or not text:
            report.drop(layout, "tags", "no ids or no tag")
        elif movie_id not in known:
            report.drop(layout, "tags", "the movie is not in the catalogue")
        else:
            tags.append(UserTag(user_id, movie_id, text))
    return tags


def _positive_id(text: str) -> int | None:
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()):
        return None
    number = int(text)
    return number if 0 < number <= _MAX_ID else None


def _rows(folder: Path, layout: Layout, table: Table, report: DataReport) -> Iterator[list[str]]:
    for row in layout.rows(folder, table):
        if row is None:
            report.drop(layout, table, "wrong number of fields or a stray quotation mark")
        else:
            yield row


def note_files(folder: Path, layout: Layout, report: DataReport) -> None:
    """Remark on files that are not there and on a ratings file that ends within a line."""
    consequences: dict[Table, str] = {
        "tags": "style tags come from the film notes alone",
        "links": "movies have no IMDb id",
    }
    for table, consequence in consequences.items():
        name = layout.files.get(table)
        if name is not None and not (folder / name).is_file():
            report.remarks.append(f"there is no {name}: {consequence}")
    ratings = folder / layout.files["ratings"]
    if ratings.is_file() and not _ends_with_a_line(ratings):
        report.remarks.append(
            f"{ratings.name} ends in the middle of a line: it may have been cut off"
        )


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        return file.read() in (b"\n", b"\r", b"")
