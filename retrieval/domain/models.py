"""The nouns of the domain: movies, themes and interactions."""

from typing import Literal, NewType, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "EventId",
    "FilmReading",
    "Interaction",
    "InteractionKind",
    "Movie",
    "MovieId",
    "StyleTagging",
    "Theme",
    "ThemeId",
    "ViewerId",
]

MovieId = NewType("MovieId", int)
ThemeId = NewType("ThemeId", int)
ViewerId = NewType("ViewerId", str)
EventId = NewType("EventId", str)

InteractionKind = Literal[
    "rating", "watch", "click", "more_like_this", "less_like_this", "not_interested"
]


class StyleTagging(BaseModel):
    """One style tag on one movie, with where it comes from."""

    model_config = ConfigDict(frozen=True)

    tag: str
    """Name in the style vocabulary, such as ``slow-burn``."""
    source: Literal["notes", "users", "neighbours", "llm"]
    confidence: float = Field(ge=0.0, le=1.0)


class Movie(BaseModel):
    """A movie of the catalogue, as the bundle describes it."""

    model_config = ConfigDict(frozen=True)

    movie_id: MovieId
    title: str
    """Display title, article in front, without the year: ``The Matrix``."""
    alternate_titles: tuple[str, ...] = ()
    year: int | None = None
    genres: tuple[str, ...] = ()
    imdb_id: str | None = None
    n_ratings: int = 0
    n_likes: int = 0
    """Ratings of 3.5 stars or more."""
    mean_rating: float | None = None
    theme_id: ThemeId
    vector_source: Literal["ratings", "content"] = "ratings"
    """``content``: nobody liked it yet, so its vector is read off genres, tags and year."""
    style_tags: tuple[StyleTagging, ...] = ()

    @property
    def name(self) -> str:
        """Title with year, the form that texts use: ``Heat (1995)``."""
        return f"{self.title} ({self.year})" if self.year is not None else self.title


class FilmReading(BaseModel):
    """A machine-written reading of how a film feels and works; never a cause of a score."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    note: str
    """Two or three sentences."""
    visual_language: str
    narrative_pacing: str
    thematic_depth: str
    emotional_tone: str
    emotional_arc: str
    character_complexity: str
    tags: tuple[str, ...]
    """Names in the style vocabulary."""
    premise: str = ""
    """What happens, in a sentence; empty in bundles from before notes said so."""
    people: tuple[str, ...] = ()
    """Who made it, then leading actors."""
    remembered: str = ""
    """Words with which people look for the film; never shown, for they tell how it ends."""
    source: str = "film-notes"
    machine_written: bool = True
    """A language model wrote it; nobody watched the film for it."""
    version: str | None = None
    """Version of the notes it is from; None in bundles from before notes had one."""


class Theme(BaseModel):
    """A cluster of movies that the same viewers like, with its label."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme_id: ThemeId
    label: str
    summary: str
    size: int
    exemplar_movie_ids: tuple[MovieId, ...] = ()
    label_quality: float | None = Field(default=None, ge=0.0, le=1.0)
    """Share of held-out films that label and summary alone match to this theme among all."""
    label_is_weak: bool = False
    """The label finds fewer of ten or more films than four times chance."""
    labelled_by: str = "offline"
    """``offline``, or the model that wrote label and summary."""
    held_out_movie_ids: tuple[MovieId, ...] = Field(default=(), exclude=True)
    """Films that the label was measured on and does not rest on."""


class Interaction(BaseModel):
    """One event of a viewer's log.

    Raises:
        ValidationError: A rating without stars, stars on another kind, or stars off the
            half-star scale from 0.5 to 5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: EventId
    movie_id: MovieId
    kind: InteractionKind
    rating: float | None = None
    """Stars, 0.5 to 5 in halves; only for ``rating``."""
    timestamp_ms: int = Field(ge=0)
    """Milliseconds since 1970, UTC."""

    @model_validator(mode="after")
    def _check_rating(self) -> Self:
        if (self.kind == "rating") != (self.rating is not None):
            raise ValueError("stars go with kind 'rating', and only with it")
        if self.rating is not None and (not 0.5 <= self.rating <= 5.0 or (self.rating * 2) % 1):
            raise ValueError("a rating is 0.5 to 5 stars, in halves")
        return self
