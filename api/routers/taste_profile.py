"""What a viewer's history says about their taste."""

from fastapi import APIRouter

from api.problems import problem_responses
from api.schemas import TagShare, TasteProfileOut, ThemeShare, ViewerQuery
from api.services import ServicesDep
from retrieval.domain.evidence import Evidence, TagEvidence, ThemeEvidence, ViewerEvidence

__all__ = ["router"]

router = APIRouter(tags=["taste profile"])


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
