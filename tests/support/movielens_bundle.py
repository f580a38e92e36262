"""A bundle of real size: the shipped edition's films and viewers, with vectors from a plain SVD.

It is no trained bundle (nothing is tuned, themes are decades), but its titles, years, genres,
tags, notes and histories are the real ones, so that conversations meet real names.
"""

import csv
import io
import json
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from retrieval.bundle import FORMAT_VERSION
from retrieval.domain.style import load_style_vocabulary
from training.titles import parse_title

__all__ = ["write_movielens_bundle"]

VERSION = "movielens-1"
N_FACTORS = 40
LIKE = 3.5
_FEWEST_RATINGS = 5
_DATA = Path(__file__).parents[2] / "training" / "data"
_DECADES = (
    "1900s 1910s Twenties Thirties Forties Fifties Sixties Seventies Eighties Nineties"
    " Noughties 2010s"
).split()
_ARCHIVE = "ml-latest-small-2016"


class _Ratings(NamedTuple):
    users: np.ndarray
    movies: np.ndarray
    stars: np.ndarray
    times: np.ndarray


def write_movielens_bundle(home: Path) -> Path:
    """Write the bundle into a home and make it the current one; returns its directory."""
    tables = {name: _table(name) for name in ("movies", "ratings", "tags", "links")}
    counts = Counter(int(row["movieId"]) for row in tables["ratings"])
    kept = sorted(
        int(row["movieId"])
        for row in tables["movies"]
        if counts[int(row["movieId"])] >= _FEWEST_RATINGS
    )
    ratings = _ratings(tables["ratings"], set(kept))
    notes = _notes(tables["links"], set(kept))
    movies = _movies(tables, kept, ratings, notes)
    vectors = _vectors(ratings, np.array(kept))
    path = home / "bundles" / VERSION
    (path / "events").mkdir(parents=True)
    _write_json(path / "manifest.json", _manifest(len(movies), ratings))
    _write_json(path / "movies.json", movies)
    _write_json(path / "themes.json", _themes(movies))
    _write_json(path / "film_notes.json", notes)
    np.save(path / "item_vectors.npy", vectors)
    np.save(path / "average_user_vector.npy", vectors.astype(np.float64).mean(axis=0))
    _write_rating_model(path, ratings, kept)
    _write_events(path / "events", ratings)
    (home / "bundles" / "CURRENT").write_text(VERSION, encoding="utf-8")
    return path


def _table(name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(_DATA / f"{_ARCHIVE}.zip") as archive:
        text = archive.read(f"{_ARCHIVE}/{name}.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _ratings(rows: list[dict[str, str]], kept: set[int]) -> _Ratings:
    parsed = sorted(
        (int(r["userId"]), int(r["timestamp"]), int(r["movieId"]), float(r["rating"]))
        for r in rows
        if int(r["movieId"]) in kept
    )
    users, times, movies, stars = zip(*parsed, strict=True)
    return _Ratings(np.array(users), np.array(movies), np.array(stars), np.array(times))


def _notes(links: list[dict[str, str]], kept: set[int]) -> dict[str, dict[str, Any]]:
    movie_of = {r["imdbId"].zfill(7): int(r["movieId"]) for r in links}
    lines = (_DATA / "film_notes.jsonl").read_text(encoding="utf-8").splitlines()
    found = {movie_of.get(note["imdb_id"]): note for note in map(json.loads, lines)}
    return {
        str(movie_id): {**note, "source": "film-notes"}
        for movie_id, note in found.items()
        if movie_id in kept
    }


def _movies(
    tables: dict[str, list[dict[str, str]]],
    kept: list[int],
    ratings: _Ratings,
    notes: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    vocabulary = load_style_vocabulary()
    tags: dict[int, dict[str, str]] = defaultdict(dict)
    for row in tables["tags"]:
        tag = vocabulary.tag_for(row["tag"])
        if tag is not None:
            tags[int(row["movieId"])][tag] = "users"
    for movie_id, note in notes.items():
        tags[int(movie_id)] |= dict.fromkeys(note["tags"], "notes")
    rows = {int(row["movieId"]): row for row in tables["movies"]}
    return [_movie(rows[m], ratings.stars[ratings.movies == m], tags[m]) for m in kept]


def _movie(row: dict[str, str], stars: np.ndarray, tags: dict[str, str]) -> dict[str, Any]:
    parsed = parse_title(row["title"])
    genres = [genre for genre in row["genres"].split("|") if not genre.startswith("(")]
    return {
        "movie_id": int(row["movieId"]),
        "title": parsed.title,
        "alternate_titles": list(parsed.alternate_titles),
        "year": parsed.year,
        "genres": genres,
        "imdb_id": None,
        "n_ratings": len(stars),
        "n_likes": int((stars >= LIKE).sum()),
        "mean_rating": round(float(stars.mean()), 4),
        "theme_id": ((parsed.year or 1990) - 1900) // 10,
        "vector_source": "ratings",
        "style_tags": [
            {"tag": tag, "source": source, "confidence": 0.9} for tag, source in tags.items()
        ],
    }


def _themes(movies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sizes = Counter(movie["theme_id"] for movie in movies)
    return [
        {
            "theme_id": theme_id,
            "label": f"Pictures of the {_DECADES[theme_id]}",
            "summary": "Films that came out within ten years.",
            "size": size,
            "exemplar_movie_ids": [m["movie_id"] for m in movies if m["theme_id"] == theme_id][:8],
        }
        for theme_id, size in sorted(sizes.items())
    ]


def _vectors(ratings: _Ratings, movie_ids: np.ndarray) -> np.ndarray:
    """Vectors whose inner products follow who likes what, shape ``(n_movies, N_FACTORS)``."""
    liked = ratings.stars >= LIKE
    users = np.unique(ratings.users, return_inverse=True)[1][liked]
    columns = np.searchsorted(movie_ids, ratings.movies[liked])
    likes = np.zeros((users.max() + 1, movie_ids.size))
    likes[users, columns] = 1.0
    likes /= np.sqrt(likes.sum(axis=0) + 20.0) * np.sqrt(likes.sum(axis=1, keepdims=True) + 5.0)
    values, axes = np.linalg.eigh(likes @ likes.T)  # much less work than an SVD of all films
    strongest = slice(None, -N_FACTORS - 1, -1)
    vectors = likes.T @ axes[:, strongest] / np.sqrt(values[strongest])
    # An eigenvector has no sign of its own; fixed, so that every machine has the same lists.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(N_FACTORS)])
    return vectors.astype(np.float32)


def _manifest(n_movies: int, ratings: _Ratings) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "version": VERSION,
        "app_version": "0",
        "recipe": "whylens",
        "created_at": "2026-01-01T00:00:00+00:00",
        "n_factors": N_FACTORS,
        "n_movies": n_movies,
        "dataset": {
            "name": _ARCHIVE,
            "source": "tests",
            "n_ratings": int(ratings.stars.size),
            "n_users": int(np.unique(ratings.users).size),
            "n_movies": n_movies,
            "dropped": {},
            "sha256": {},
        },
        "settings": {"user_damping": 5.0},
        "seeds": {},
        "files": {},
    }


def _write_rating_model(path: Path, ratings: _Ratings, kept: list[int]) -> None:
    users = np.unique(ratings.users)
    mean = ratings.stars.mean()
    columns = np.searchsorted(np.array(kept), ratings.movies)
    counts = np.bincount(columns, minlength=len(kept))
    sums = np.bincount(columns, weights=ratings.stars - mean, minlength=len(kept))
    np.savez(
        path / "rating_model.npz",
        global_mean=np.float64(mean),
        user_ids=users,
        user_bias=np.zeros(users.size),
        user_factors=np.zeros((users.size, 2), dtype=np.float32),
        item_ids=np.array(kept, dtype=np.int64),
        item_bias=sums / (counts + 5.0),
        item_factors=np.zeros((len(kept), 2), dtype=np.float32),
    )


def _write_events(folder: Path, ratings: _Ratings) -> None:
    users, counts = np.unique(ratings.users, return_counts=True)
    np.save(folder / "user_ids.npy", users.astype(np.int64))
    np.save(folder / "offsets.npy", np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    np.save(folder / "movie_ids.npy", ratings.movies.astype(np.int32))
    np.save(folder / "ratings.npy", ratings.stars.astype(np.float32))
    np.save(folder / "timestamps.npy", ratings.times.astype(np.int64))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
