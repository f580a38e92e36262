"""What a viewer's history says about their taste."""

from fastapi import APIRouter

from api.problems import problem_responses
from api.schemas import ViewerQuery, WireOut
from api.services import ServicesDep
from retrieval.domain.evidence import (
    Evidence,
    GenreCount,
    TagEvidence,
    ThemeEvidence,
    ViewerEvidence,
)
from retrieval.domain.models import ThemeId, ViewerId

__all__ = ["router"]

router = APIRouter(tags=["taste profile"])


class ThemeShare(WireOut):
    """How much of what a viewer liked lies in one theme."""

    theme_id: ThemeId
    label: str
    summary: str
    liked_count: int
    liked_share: float
    liked_titles: tuple[str, ...]


class TagShare(WireOut):
    """A style tag that films the viewer liked have in common."""

    tag: str
    phrase: str
    liked_count: int
    liked_titles: tuple[str, ...]
    source: str
    confidence: float


class TasteProfileOut(WireOut):
    """What a viewer's history says about their taste, measured."""

    viewer_id: ViewerId
    n_interactions: int
    user_vector: str
    text: str
    themes: list[ThemeShare]
    genres: tuple[GenreCount, ...]
    style_tags: list[TagShare]
    evidence: tuple[Evidence, ...]


@router.get("/taste-profile", responses=problem_responses(404, 422, 503))
def taste_profile(services: ServicesDep, viewer_id: ViewerQuery) -> TasteProfileOut:
    """Themes, genres and style tags of what the viewer liked, with the events behind them."""
    snapshot = services.retrieval.recommender.snapshot(viewer_id)
    found = services.retrieval.evidence.taste(snapshot)
    viewer = next(item for item in found if isinstance(item, ViewerEvidence))
    return TasteProfileOut(
        viewer_id=viewer_id,
        n_interactions=len(snapshot.events),
        user_vector=snapshot.user_vector_version,
        text=viewer.text,
        themes=_theme_shares(found),
        genres=viewer.data.genres,
        style_tags=_tag_shares(found),
        evidence=found,
    )


def _theme_shares(found: tuple[Evidence, ...]) -> list[ThemeShare]:
    themes = [item.data for item in found if isinstance(item, ThemeEvidence)]
    return [
        ThemeShare(**theme.model_dump(include=set(ThemeShare.model_fields))) for theme in themes
    ]


def _tag_shares(found: tuple[Evidence, ...]) -> list[TagShare]:
    tags = [item.data for item in found if isinstance(item, TagEvidence)]
    return [TagShare(**tag.model_dump(include=set(TagShare.model_fields))) for tag in tags]
