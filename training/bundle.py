"""The files of a bundle (format 1), written into a staging directory.

Knows the file formats that serving reads; `publish` makes a finished directory the one that
serves.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import FilmReading
from training.catalogue import Catalogue
from training.item_vectors import VectorSource
from training.labels import ThemeCard
from training.publish import write_errors, write_json
from training.rating_model import RatingModel
from training.style_tags import StyleTag
from training.themes import Themes, project_to_map

__all__ = ["FORMAT_VERSION", "BundleContents", "write_bundle"]

FORMAT_VERSION: Final = 1
_JSON_DECIMALS: Final = 6
_MAP_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class BundleContents:
    """What a training run found out, ready to be written."""

    catalogue: Catalogue
    vectors: Matrix
    """Shape ``(n_movies, n_factors)``."""
    vector_sources: Sequence[VectorSource]
    average_user_vector: Vector
    rating_model: RatingModel
    themes: Themes
    cards: Sequence[ThemeCard]
    style_tags: Mapping[int, Sequence[StyleTag]]
    film_notes: Mapping[int, FilmReading]
    metrics: Mapping[str, Any]


def write_bundle(contents: BundleContents, staging: Path) -> None:
    """Write every file but the manifest, the events and Spark's Parquet.

    Raises:
        BundleWriteError: The disk is full or read-only.
    """
    with write_errors(staging):
        movies = _movie_rows(contents)
        write_json(staging / "movies.json", movies)
        _write_parquet(staging / "movies.parquet", movies)
        _write_vectors(contents, staging)
        _write_rating_model(contents.rating_model, staging / "rating_model.npz")
        write_json(staging / "themes.json", [card.as_json() for card in contents.cards])
        positions = _positions(contents)
        write_json(staging / "map.json", {str(k): list(v) for k, v in positions.items()})
        write_json(staging / "metrics.json", contents.metrics)
        notes = {str(i): note.model_dump(mode="json") for i, note in contents.film_notes.items()}
        write_json(staging / "film_notes.json", notes)
        _write_tags(contents, staging / "tags.parquet")
        _write_data_js(contents, movies, positions, staging / "data.js")


def _movie_rows(contents: BundleContents) -> list[dict[str, Any]]:
    catalogue = contents.catalogue
    return [
        {
            "movie_id": movie.movie_id,
            "title": movie.parsed.title,
            "alternate_titles": list(movie.parsed.alternate_titles),
            "year": movie.parsed.year,
            "genres": list(movie.genres),
            "imdb_id": movie.imdb_id,
            "n_ratings": int(catalogue.n_ratings[row]),
            "n_likes": int(catalogue.n_likes[row]),
            "mean_rating": _rounded(catalogue.mean_rating[row]),
            "theme_id": int(contents.themes.theme_of[row]),
            "vector_source": contents.vector_sources[row],
            "style_tags": [tag._asdict() for tag in contents.style_tags.get(movie.movie_id, ())],
        }
        for row, movie in enumerate(catalogue.movies)
    ]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _write_parquet(path: Path, movies: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, tag = pa.string(), [("tag", pa.string()), ("source", pa.string())]
    schema = pa.schema(
        [
            ("movie_id", pa.int32()),
            ("title", text),
            ("alternate_titles", pa.list_(text)),
            ("year", pa.int32()),
            ("genres", pa.list_(text)),
            ("imdb_id", text),
            ("n_ratings", pa.int64()),
            ("n_likes", pa.int64()),
            ("mean_rating", pa.float64()),
            ("theme_id", pa.int32()),
            ("vector_source", text),
            ("style_tags", pa.list_(pa.struct([*tag, ("confidence", pa.float64())]))),
        ]
    )
    pq.write_table(pa.Table.from_pylist(movies, schema=schema), path)


def _write_vectors(contents: BundleContents, staging: Path) -> None:
    vectors = np.ascontiguousarray(contents.vectors, dtype=np.float32)
    np.save(staging / "item_vectors.npy", vectors)
    np.save(staging / "average_user_vector.npy", contents.average_user_vector.astype(np.float64))
    rows = vectors.astype(np.float64).round(_JSON_DECIMALS).tolist()
    ids = contents.catalogue.ids.tolist()
    write_json(
        staging / "item_vectors.json", {str(i): row for i, row in zip(ids, rows, strict=True)}
    )


def _write_rating_model(model: RatingModel, path: Path) -> None:
    np.savez(
        path,
        global_mean=np.float64(model.biases.global_mean),
        user_ids=model.biases.user_ids,
        user_bias=model.biases.user_bias,
        user_factors=model.user_factors,
        item_ids=model.biases.item_ids,
        item_bias=model.biases.item_bias,
        item_factors=model.item_factors,
    )


def _positions(contents: BundleContents) -> dict[int, tuple[float, float]]:
    """Map coordinates of the movies whose vector rests on ratings."""
    rows = [row for row, source in enumerate(contents.vector_sources) if source == "ratings"]
    xy = project_to_map(contents.vectors[rows]).round(_MAP_DECIMALS)
    ids = contents.catalogue.ids[rows].tolist()
    return {i: (float(x), float(y)) for i, (x, y) in zip(ids, xy, strict=True)}


def _write_tags(contents: BundleContents, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {"movie_id": movie_id, **tag._asdict()}
        for movie_id, tags in sorted(contents.style_tags.items())
        for tag in tags
    ]
    schema = pa.schema(
        [
            ("movie_id", pa.int32()),
            ("tag", pa.string()),
            ("source", pa.string()),
            ("confidence", pa.float64()),
        ]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


def _write_data_js(
    contents: BundleContents,
    movies: list[dict[str, Any]],
    positions: Mapping[int, tuple[float, float]],
    path: Path,
) -> None:
    """The first page's data as a module: the exemplars of each theme, and the themes."""
    row_of = {movie["movie_id"]: movie for movie in movies}
    shown = [
        {key: row_of[movie_id][key] for key in ("movie_id", "title", "year", "genres", "theme_id")}
        | dict(zip("xy", positions.get(movie_id, (0.0, 0.0)), strict=True))
        for card in contents.cards
        for movie_id in card.exemplar_movie_ids
    ]
    themes = [
        {"theme_id": c.theme_id, "label": c.label, "summary": c.summary, "size": c.size}
        for c in contents.cards
    ]
    path.write_text(
        "// Written by `whylens train` from MovieLens data (GroupLens).\n"
        f"export const movies = {_js(shown)};\nexport const themes = {_js(themes)};\n",
        encoding="utf-8",
    )


def _js(rows: list[dict[str, Any]]) -> str:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "[\n" + ",\n".join(lines) + "\n]"
