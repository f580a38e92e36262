"""A small dataset in MovieLens form with a known structure: four kinds of film and viewer."""

from pathlib import Path

import numpy as np

GENRES = ("Action|Sci-Fi", "Comedy|Romance", "Crime|Drama", "Animation|Children")


def write_movielens(folder: Path, *, n_users: int = 60, n_movies: int = 80) -> Path:
    """Write the four files; each viewer loves one kind of film. The last movie has no rating."""
    rng = np.random.default_rng(5)
    folder.mkdir(parents=True)
    movies = [
        f'{m},"Film {m}, The ({1960 + m // 2})",{GENRES[m % 4]}' for m in range(1, n_movies + 1)
    ]
    ratings, tags = [], []
    for user in range(1, n_users + 1):
        for movie in rng.choice(n_movies - 1, size=25, replace=False) + 1:
            stars = 5.0 if movie % 4 == user % 4 else float(rng.choice([1.0, 2.0, 3.5]))
            ratings.append(f"{user},{movie},{stars},{1_000_000_000 + int(rng.integers(10**8))}")
        tags.append(f"{user},{user % 4 + 4},slow burn,1000000000")
    tables = {
        "movies.csv": ("movieId,title,genres", movies),
        "ratings.csv": ("userId,movieId,rating,timestamp", ratings),
        "tags.csv": ("userId,movieId,tag,timestamp", tags),
        "links.csv": ("movieId,imdbId,tmdbId", [f"{m},{m:07d},{m}" for m in range(1, n_movies)]),
    }
    for name, (header, rows) in tables.items():
        (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder
