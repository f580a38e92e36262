"""A new viewer's first minutes: films to pick from, and the list that the picks make."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.etag import etag_of, is_known, not_modified
from api.problems import problem_responses
from api.schemas import MovieId64, RecommendationsOut
from api.services import ServicesDep
from retrieval.domain.models import MovieId, ThemeId, ViewerId
from retrieval.new_viewers import MOST_PICKS
from retrieval.onboarding import OnboardingFilm, Pick

__all__ = ["router"]

router = APIRouter(tags=["onboarding"])

SUGGESTED_PICKS = 5
CACHE_CONTROL = "public, max-age=300"
LIST_LENGTH = 10


class OnboardingMovie(BaseModel):
    """A film to pick or to pass over, with why it is asked about."""

    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    theme: str
    n_ratings: int
    popularity_rank: int
    """1 for the most rated film of the catalogue."""
    reason: str

    @classmethod
    def of(cls, film: OnboardingFilm) -> Self:
        """A film on the wire."""
        movie = film.movie
        return cls(
            movie_id=movie.movie_id,
            title=movie.title,
            year=movie.year,
            genres=movie.genres,
            theme_id=movie.theme_id,
            theme=film.theme,
            n_ratings=movie.n_ratings,
            popularity_rank=film.popularity_rank,
            reason=film.reason,
        )


class OnboardingOut(BaseModel):
    """The films to ask a new viewer about, best known first."""

    bundle: str
    suggested_picks: int = SUGGESTED_PICKS
    """After so many picks the list is the viewer's own; fewer are welcome."""
    movies: list[OnboardingMovie]


class PickIn(BaseModel):
    """What a new viewer says of a film."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    movie_id: MovieId64
    verdict: Literal["liked", "not_for_me"]


class OnboardingIn(BaseModel):
    """The first picks, in the order they were made; none at all starts with the average viewer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "picks": [
                    {"movie_id": 858, "verdict": "liked"},
                    {"movie_id": 1721, "verdict": "not_for_me"},
                ]
            }
        },
    )

    picks: tuple[PickIn, ...] = Field(max_length=MOST_PICKS)

    @model_validator(mode="after")
    def _check_once(self) -> Self:
        if len({pick.movie_id for pick in self.picks}) < len(self.picks):
            raise ValueError("a film is picked twice; pick each film once")
        return self


class ViewerCreated(BaseModel):
    """A viewer, and the list that their picks make."""

    viewer_id: ViewerId
    """Whoever holds it may read and change the viewer: keep it like a password."""
    duplicate: bool
    """The same key had created this viewer before, so nothing changed."""
    recommendations: RecommendationsOut


@router.get("/onboarding", response_model=OnboardingOut)
def onboarding(
    request: Request, response: Response, services: ServicesDep
) -> Response | OnboardingOut:
    """Well-known films from all over the catalogue; the same for everybody with one bundle."""
    bundle = services.retrieval.bundle
    etag = etag_of("onboarding", bundle.version)
    if is_known(request, etag):
        return not_modified(etag, cache_control=CACHE_CONTROL)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    movies = [OnboardingMovie.of(film) for film in services.retrieval.new_viewers.films]
    return OnboardingOut(bundle=bundle.version, movies=movies)


@router.post(
    "/onboarding", status_code=201, responses=problem_responses(400, 404, 413, 415, 422, 503)
)
def create_viewer(
    body: OnboardingIn,
    response: Response,
    services: ServicesDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=32,
            max_length=200,
            description=(
                "A random UUID, used once and kept secret: the same key and picks again give the"
                " same viewer, whose id follows from it."
            ),
            examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        ),
    ] = None,
) -> ViewerCreated:
    """Create a viewer from their first picks, and return the list that follows from them.

    201 when the viewer was created, 200 when the same key had created them before.
    """
    retrieval = services.retrieval
    picks = [Pick(pick.movie_id, pick.verdict == "liked") for pick in body.picks]
    viewer_id, duplicate = retrieval.new_viewers.create(picks, key=idempotency_key)
    if duplicate:
        response.status_code = 200
    response.headers["Cache-Control"] = "no-store"
    ranking = retrieval.recommender.recommend(viewer_id, n=LIST_LENGTH)
    recommendations = RecommendationsOut.of(ranking, retrieval.bundle, top=4, writable=True)
    return ViewerCreated(viewer_id=viewer_id, duplicate=duplicate, recommendations=recommendations)
