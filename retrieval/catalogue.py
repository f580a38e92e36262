"""The movies of a bundle, row by row, each made when it is first asked for.

A list needs a dozen of ten thousand movies. Making them all at once takes longer than everything
else that a process does before its first answer.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from pydantic import ValidationError
from pydantic_core import from_json

from retrieval.domain.errors import BundleInvalid
from retrieval.domain.models import Movie, MovieId

__all__ = ["Catalogue"]


class Catalogue(Sequence[Movie]):
    """The content of ``movies.json``. Ids and themes are checked at once, all else on first use."""

    def __init__(self, path: Path, content: bytes) -> None:
        """Read the file's content.

        Args:
            path: Where it is from, for errors.
            content: A JSON array of movies.

        Raises:
            BundleInvalid: It is no such array.
        """
        self._path = path
        self._movies: dict[int, Movie] = {}
        try:
            self._raw: list[dict[str, Any]] = from_json(content, cache_strings="keys")
            ids = [raw["movie_id"] for raw in self._raw]
            themes = {raw["theme_id"] for raw in self._raw}
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged(error) from error
        if not all(type(number) is int for number in (*ids, *themes)):
            raise self._damaged("an id is no whole number")
        self.ids: list[MovieId] = ids
        self.theme_ids: frozenset[int] = frozenset(themes)
        """Every theme that some movie belongs to."""

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, row: int) -> Movie: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Movie]: ...
    def __getitem__(self, row: int | slice) -> Movie | Sequence[Movie]:
        """The movie in a row, or those in some.

        Raises:
            BundleInvalid: What the file says of it is no movie.
        """
        if isinstance(row, slice):
            return [self._movie(i) for i in range(*row.indices(len(self)))]
        return self._movie(range(len(self))[row])

    def __iter__(self) -> Iterator[Movie]:
        return map(self._movie, range(len(self)))

    def taggings(self) -> Iterator[list[tuple[str, float]]]:
        """Style tags with their confidence, movie by movie; raises `BundleInvalid`."""
        try:
            for raw in self._raw:
                tags = raw.get("style_tags", ())
                yield [(tagging["tag"], tagging["confidence"]) for tagging in tags]
        except (KeyError, TypeError) as error:
            raise self._damaged(error) from error

    def _movie(self, row: int) -> Movie:
        movie = self._movies.get(row)
        if movie is None:
            try:
                movie = Movie.model_validate(self._raw[row])
            except ValidationError as error:
                raise self._damaged(error) from error
            # Threads may make the same movie twice; the one that is kept is as good.
            self._movies[row] = movie
        return movie

    def _damaged(self, reason: object) -> BundleInvalid:
        return BundleInvalid(f"{self._path} is damaged: {str(reason).splitlines()[0]}")
