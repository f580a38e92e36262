"""Movies and themes."""

from typing import Annotated, Self

from fastapi import APIRouter, Path, Query

from api.problems import problem_responses
from api.schemas import MovieId64, WireOut
from api.services import ServicesDep
from retrieval.domain.errors import BadInput
from retrieval.domain.evidence import SimilarityEvidence
from retrieval.domain.models import FilmReading, Movie, MovieId, Theme, ThemeId

__all__ = ["router"]

router = APIRouter(tags=["catalog"])

N_SIMILAR = 6


class MovieOut(WireOut):
    """A movie in a search result."""

    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    n_ratings: int

    @classmethod
    def of(cls, movie: Movie) -> Self:
        """The short form of a movie."""
        return cls(**movie.model_dump(include=set(cls.model_fields)))


class SimilarMovie(WireOut):
    """A movie with how alike it is."""

    movie: MovieOut
    similarity: float
    """Cosine of the two item vectors, -1 to 1."""
    reason: str
    """What makes them alike, counted from who likes both."""


class MovieSheet(WireOut):
    """Everything the catalogue knows of a movie."""

    movie: Movie
    theme: Theme
    reading: FilmReading | None
    """A machine-written reading of its style, shown as such; it causes no recommendation."""
    similar: list[SimilarMovie]


class ThemesOut(WireOut):
    """All themes, largest first."""

    bundle: str
    themes: list[Theme]


class ThemeMovies(WireOut):
    """A theme with its most rated movies."""

    theme: Theme
    movies: list[MovieOut]


@router.get("/movies", responses=problem_responses(422))
def find_movies(
    services: ServicesDep,
    query: Annotated[str, Query(min_length=1, max_length=200, examples=["blade run"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[MovieOut]:
    """Find movies by title; accents, case and punctuation do not matter."""
    return [MovieOut.of(movie) for movie in services.titles().search(query, n=limit)]


@router.get("/movies/{movie_id}", responses=problem_responses(404, 422))
def movie_sheet(
    services: ServicesDep, movie_id: Annotated[MovieId64, Path(examples=[541])]
) -> MovieSheet:
    """Everything the catalogue knows of a movie, with the films most like it."""
    bundle = services.retrieval.bundle
    found = services.retrieval.evidence.similar(movie_id, n=N_SIMILAR)
    similar = [piece for piece in found if isinstance(piece, SimilarityEvidence)]
    return MovieSheet(
        movie=bundle.movie(movie_id),
        theme=bundle.theme_of(movie_id),
        reading=bundle.film_notes.get(movie_id),
        similar=[
            SimilarMovie(
                movie=MovieOut.of(bundle.movie(pair.data.other_movie_id)),
                similarity=pair.data.similarity,
                reason=pair.text,
            )
            for pair in similar
        ],
    )


@router.get("/themes")
def themes(services: ServicesDep) -> ThemesOut:
    """All themes, largest first."""
    bundle = services.retrieval.bundle
    ordered = sorted(bundle.themes.values(), key=lambda theme: (-theme.size, theme.theme_id))
    return ThemesOut(bundle=bundle.version, themes=ordered)


@router.get("/themes/{theme_id}", responses=problem_responses(400, 422))
def theme_movies(
    services: ServicesDep,
    theme_id: Annotated[int, Path(ge=0)],
    limit: Annotated[int, Query(ge=1, le=200)] = 24,
) -> ThemeMovies:
    """A theme with its most rated movies."""
    bundle = services.retrieval.bundle
    theme = bundle.themes.get(ThemeId(theme_id))
    if theme is None:
        raise BadInput(f"there is no theme {theme_id}; GET /api/themes lists them")
    members = [movie for movie in bundle.movies if movie.theme_id == theme.theme_id]
    members.sort(key=lambda movie: (-movie.n_ratings, movie.movie_id))
    return ThemeMovies(theme=theme, movies=[MovieOut.of(movie) for movie in members[:limit]])
