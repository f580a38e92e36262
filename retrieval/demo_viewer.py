"""The demo viewer: a history made up for showing, written into the store at the first touch."""

import json
from importlib.resources import files
from typing import Final

from pydantic import BaseModel

from retrieval.bundle import Bundle
from retrieval.domain.arrays import MS_PER_DAY
from retrieval.domain.models import EventId, Interaction, MovieId, ViewerId

__all__ = ["DEMO_VIEWER", "demo_events"]

DEMO_VIEWER: Final = ViewerId("demo")


class _Seed(BaseModel):
    """One rating of the demo viewer, named so that any edition with the film can use it."""

    movie_id: MovieId
    title: str
    year: int
    rating: float
    days_ago: int


def demo_events(bundle: Bundle, *, now_ms: int) -> list[Interaction]:
    """The demo viewer's ratings of films that the bundle has, dated back from now.

    Args:
        bundle: The catalogue.
        now_ms: Milliseconds since 1970.
    """
    text = (files("retrieval") / "demo_viewer.json").read_text(encoding="utf-8")
    return [
        Interaction(
            event_id=EventId(f"demo:{seed.movie_id}"),
            movie_id=seed.movie_id,
            kind="rating",
            rating=seed.rating,
            timestamp_ms=now_ms - seed.days_ago * MS_PER_DAY,
        )
        for seed in (_Seed.model_validate(item) for item in json.loads(text))
        if _is_same_film(bundle, seed)
    ]


def _is_same_film(bundle: Bundle, seed: _Seed) -> bool:
    # Ids are MovieLens'; another catalogue may use the same numbers for other films.
    if not bundle.has_movie(seed.movie_id):
        return False
    movie = bundle.movie(seed.movie_id)
    return (movie.title, movie.year) == (seed.title, seed.year)
