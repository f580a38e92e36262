"""Movie vectors in Chroma: candidates by inner product, to be re-scored exactly.

Chroma holds the movies only, never viewers. A collection is written once into the bundle by
`build_chroma`; serving opens a private copy, because Chroma writes to its files even to read.
"""

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector
from retrieval.domain.errors import BundleInvalid
from retrieval.domain.models import Movie

__all__ = ["COLLECTION", "ChromaMovieIndex", "build_chroma"]

COLLECTION = "movies"
_BATCH = 2_000
_MOST_RESULTS = 2_000
"""Results of one query above which scoring all that a filter leaves is the faster way."""
# Vectors of uneven length make HNSW lose neighbours under inner product; a dense graph and a wide
# beam bring recall back.
_HNSW = {"space": "ip", "max_neighbors": 64, "ef_construction": 400, "ef_search": 400}


def _client(path: Path) -> Any:
    return chromadb.PersistentClient(
        path=str(path), settings=Settings(anonymized_telemetry=False, allow_reset=False)
    )


def build_chroma(path: Path, movies: Sequence[Movie], item_vectors: NDArray[np.float32]) -> None:
    """Write the collection of a bundle.

    Args:
        path: Directory to create; must not exist yet.
        movies: In the order of the rows.
        item_vectors: Shape ``(n_movies, n_factors)``.
    """
    path.mkdir(parents=True)
    collection = _client(path).create_collection(
        COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None
    )
    for start in range(0, len(movies), _BATCH):
        batch = movies[start : start + _BATCH]
        collection.add(
            ids=[str(movie.movie_id) for movie in batch],
            embeddings=item_vectors[start : start + len(batch)],
            metadatas=[_metadata(movie) for movie in batch],
        )


def _metadata(movie: Movie) -> dict[str, Any]:
    metadata: dict[str, Any] = {"title": movie.title, "theme_id": movie.theme_id}
    if movie.year is not None:
        metadata["year"] = movie.year
    if movie.genres:
        metadata["genres"] = list(movie.genres)
    return metadata


class ChromaMovieIndex:
    """Approximate search through Chroma. Implements `retrieval.ports.MovieIndex`."""

    def __init__(self, path: Path, movie_ids: NDArray[np.int64], *, oversampling: int) -> None:
        """Open a private copy of a bundle's collection.

        Args:
            path: The bundle's ``chroma`` directory.
            movie_ids: Movie id of each row, ascending, shape ``(n_movies,)``.
            oversampling: Candidates asked for, as a multiple of ``n``.

        Raises:
            BundleInvalid: The directory is missing or damaged, or holds other movies.
        """
        if not path.is_dir():
            raise BundleInvalid(f"{path} is missing; run 'whylens train' again")
        copy = Path(tempfile.mkdtemp(prefix="whylens-chroma-"))
        self._cleanup = weakref.finalize(self, shutil.rmtree, copy, ignore_errors=True)
        shutil.copytree(path, copy, dirs_exist_ok=True)
        try:
            self._collection = _client(copy).get_collection(COLLECTION, embedding_function=None)
            count = self._collection.count()
        except (ChromaError, ValueError) as error:
            raise BundleInvalid(f"{path} cannot be opened: {error}") from error
        if count != movie_ids.size:
            raise BundleInvalid(f"{path} holds {count} movies instead of {movie_ids.size}")
        self._rows = {str(movie_id): row for row, movie_id in enumerate(movie_ids)}
        self._oversampling = oversampling

    def search(
        self, query: Vector, allowed: NDArray[np.bool_], *, n: int, slack: float = 0.0
    ) -> NDArray[np.int64]:
        """Candidate rows: at least ``n`` of the allowed ones and what is within ``slack`` of these.

        Asks for as many more as are not allowed; where that is too many, every allowed row is a
        candidate, and nothing is lost.
        """
        total = len(self._rows)
        n_results = self._oversampling * n + int(np.count_nonzero(~allowed))
        while n <= n_results <= _MOST_RESULTS:
            rows, products = self._query(query, min(n_results, total))
            kept = allowed[rows]
            found, products = rows[kept], products[kept]
            if found.size >= n and products[-1] <= products[n - 1] - slack:
                return found
            if n_results >= total:
                return found
            n_results *= 4
        return np.flatnonzero(allowed)

    def _query(
        self, query: Vector, n_results: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and their inner products, best first."""
        answer = self._collection.query(
            query_embeddings=[query.astype(np.float32)], n_results=n_results, include=["distances"]
        )
        rows = np.array([self._rows[movie_id] for movie_id in answer["ids"][0]], dtype=np.int64)
        return rows, 1.0 - np.array(answer["distances"][0], dtype=np.float64)
