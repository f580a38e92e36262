"""Whether the process lives, and whether it can serve."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.problems import problem_responses
from api.services import ServicesDep
from retrieval.profiles import DEMO_VIEWER

__all__ = ["router"]

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The bundle is loaded and histories can be read."""

    status: Literal["ready"] = "ready"
    bundle: str
    recipe: str
    n_movies: int
    n_themes: int
    state: Literal["ok"] = "ok"


@router.get("/health")
def health() -> Health:
    """Live: the process answers."""
    return Health()


@router.get("/ready", responses=problem_responses(503))
def ready(services: ServicesDep) -> Readiness:
    """Ready: a bundle is loaded and histories can be read; 503 otherwise."""
    services.retrieval.store.has_viewer(DEMO_VIEWER)
    bundle = services.retrieval.bundle
    return Readiness(
        bundle=bundle.version,
        recipe=bundle.recipe.name,
        n_movies=len(bundle.movies),
        n_themes=len(bundle.themes),
    )
