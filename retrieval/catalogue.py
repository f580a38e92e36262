"""The movies of a bundle, row by row, each made when it is first asked for.

A list needs a dozen of ten thousand movies; making them all takes longer than everything else that
a process does before its first answer, and so does finding them in ``movies.json``. Training
therefore leaves an index beside it, the directory ``catalogue``: where each movie stands in that
file, and what serving asks of all movies at once, as arrays. A bundle without one serves the same.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from retrieval.bundle_files import load_array, parse_file
from retrieval.domain.errors import BundleInvalid
from retrieval.domain.models import Movie
from retrieval.domain.style_part import Taggings

__all__ = ["Catalogue", "read_catalogue", "write_catalogue_index"]

_MOVIES: Final = "movies.json"
_INDEX: Final = "catalogue"
T = TypeVar("T")


class Catalogue(Sequence[Movie]):
    """Movies in the order of their ids."""

    def __init__(
        self,
        path: Path,
        content: bytes,
        make: Callable[[int], Movie],
        ids: NDArray[np.int64],
        theme_ids: NDArray[np.int64],
        taggings: Taggings,
    ) -> None:
        """Movies that are not made yet.

        Args:
            path: The file that they are from, for errors.
            content: Of that file.
            make: Makes the movie of a row; raises `ValidationError` when it is none.
            ids: Id of each movie, shape ``(n_movies,)``.
            theme_ids: Theme of each movie, same shape.
            taggings: Style tags of all movies.
        """
        self.ids = ids
        self.theme_ids = theme_ids
        self.taggings = taggings
        self._path = path
        self._content = content
        self._make = make
        self._made: dict[int, Movie] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, row: int) -> Movie: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Movie]: ...
    def __getitem__(self, row: int | slice) -> Movie | Sequence[Movie]:
        """The movie in a row, or those in some; raises `BundleInvalid`."""
        # One explanation asks three thousand times.
        if type(row) is int and (made := self._made.get(row)) is not None:
            return made
        if isinstance(row, slice):
            return [self._movie(i) for i in range(*row.indices(len(self)))]
        return self._movie(range(len(self))[row])

    def __iter__(self) -> Iterator[Movie]:
        """Every movie; raises `BundleInvalid`."""
        return iter(self._all)

    @cached_property
    def _all(self) -> list[Movie]:
        # All at once take half of what they take one by one.
        movies = self._checked(lambda: TypeAdapter(list[Movie]).validate_json(self._content))
        here = [(movie.movie_id, movie.theme_id) for movie in movies]
        if here != list(zip(self.ids.tolist(), self.theme_ids.tolist(), strict=True)):
            raise self._misfit()
        self._made = dict(enumerate(movies))
        return movies

    def _movie(self, row: int) -> Movie:
        movie = self._made.get(row)
        if movie is None:
            movie = self._checked(lambda: self._make(row))
            if (movie.movie_id, movie.theme_id) != (self.ids[row], self.theme_ids[row]):
                raise self._misfit()
            # Threads may make the same movie twice; the one that is kept is as good.
            self._made[row] = movie
        return movie

    def _checked(self, make: Callable[[], T]) -> T:
        try:
            return make()
        except ValidationError as error:
            raise _damaged(self._path, error) from error

    def _misfit(self) -> BundleInvalid:
        return BundleInvalid(f"{self._path} and its index do not fit")


class _Index(NamedTuple):
    """What the index directory holds, a file for each."""

    movie_ids: NDArray[np.int64]
    theme_ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    """First byte of each movie in ``movies.json`` and the one after its last, ``(n_movies, 2)``."""
    tag_rows: NDArray[np.int64]
    tag_columns: NDArray[np.int64]
    tag_confidences: NDArray[np.float64]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Raises `BundleInvalid`."""
        return cls(*(load_array(folder / f"{name}.npy") for name in cls._fields))


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue of a bundle directory.

    Raises:
        BundleInvalid: ``movies.json`` or its index is missing or damaged. What is wrong inside of
            one movie shows when that movie is made.
    """
    file, folder = path / _MOVIES, path / _INDEX
    if not folder.is_dir():
        return parse_file(file, lambda content: _read_whole(file, content))
    content, index = parse_file(file, lambda content: content), _Index.load(folder)
    tags = parse_file(folder / "tags.json", TypeAdapter(tuple[str, ...]).validate_json)
    n_movies = len(index.movie_ids)
    if index.spans.shape != (n_movies, 2) or index.theme_ids.shape != (n_movies,):
        raise BundleInvalid(f"{folder} is damaged: its files do not fit each other")
    spans = index.spans.tolist()
    if content[spans[-1][1] if spans else 1 :].strip() != b"]":
        raise BundleInvalid(f"{file} is damaged: it does not end where its index says")
    return Catalogue(
        file,
        content,
        lambda row: Movie.model_validate_json(content[slice(*spans[row])]),
        index.movie_ids,
        index.theme_ids,
        Taggings(n_movies, index.tag_rows, index.tag_columns, index.tag_confidences, tags),
    )


def write_catalogue_index(path: Path) -> None:
    """Write the index of a bundle directory's catalogue.

    Raises:
        BundleInvalid: ``movies.json`` is missing or damaged.
    """
    file, folder = path / _MOVIES, path / _INDEX
    content = parse_file(file, lambda content: content)
    catalogue = _read_whole(file, content)
    taggings = catalogue.taggings
    index = _Index(
        catalogue.ids,
        catalogue.theme_ids,
        np.array(_spans(content.decode()), dtype=np.int64).reshape(-1, 2),
        taggings.rows,
        taggings.columns,
        taggings.confidences,
    )
    folder.mkdir(exist_ok=True)
    for name, array in index._asdict().items():
        np.save(folder / f"{name}.npy", array)
    (folder / "tags.json").write_text(json.dumps(taggings.tags), encoding="utf-8")


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the objects of a JSON array begin and end, counted in bytes of UTF-8."""
    decoder, spans = json.JSONDecoder(), []
    # Before, between and behind them there is nothing but ASCII.
    start = offset = text.find("{")
    while start >= 0:
        _, end = decoder.raw_decode(text, start)
        size = len(text[start:end].encode())
        spans.append((offset, offset + size))
        start = text.find("{", end)
        offset += size + start - end
    return spans


def _read_whole(file: Path, content: bytes) -> Catalogue:
    try:
        movies: list[dict[str, Any]] = from_json(content, cache_strings="keys")
        ids = [movie["movie_id"] for movie in movies]
        theme_ids = [movie["theme_id"] for movie in movies]
        taggings = Taggings.of(
            [(tagging["tag"], tagging["confidence"]) for tagging in movie.get("style_tags", ())]
            for movie in movies
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(file, error) from error
    if not all(type(number) is int for number in (*ids, *theme_ids)):
        raise _damaged(file, "an id is no whole number")
    return Catalogue(
        file,
        content,
        lambda row: Movie.model_validate(movies[row]),
        np.array(ids, dtype=np.int64),
        np.array(theme_ids, dtype=np.int64),
        taggings,
    )


def _damaged(path: Path, reason: object) -> BundleInvalid:
    return BundleInvalid(f"{path} is damaged: {str(reason).splitlines()[0]}")
