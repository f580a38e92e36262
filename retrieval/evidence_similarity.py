"""Evidence that two films are alike."""

from collections.abc import Sequence

from retrieval.domain.evidence import SimilarityData, SimilarityEvidence
from retrieval.domain.models import MovieId
from retrieval.recommender import Recommender
from retrieval.wording import as_list

__all__ = ["measure_similarity"]

_NAMED_TAGS = 3
_CLOSE, _RELATED = 0.7, 0.2
"""Cosines from which two films count as close, and as related at all."""


def measure_similarity(recommender: Recommender, a: MovieId, b: MovieId) -> SimilarityEvidence:
    """How alike two films are to the model, and what they visibly share."""
    bundle = recommender.bundle
    first, second = bundle.movie(a), bundle.movie(b)
    cosine = recommender.similarity(a, b)
    genres = tuple(genre for genre in first.genres if genre in second.genres)
    second_tags = {tagging.tag for tagging in second.style_tags}
    tags = tuple(t.tag for t in first.style_tags if t.tag in second_tags)
    same = bundle.theme_of(a).label if first.theme_id == second.theme_id else None
    common = _in_common([genre.lower() for genre in genres], [t.replace("-", " ") for t in tags])
    how_often = _how_often(cosine)
    return SimilarityEvidence(
        id=f"sim:{a}:{b}",
        text=f"Viewers who like {first.name} {how_often} like {second.name} too{common}.",
        data=SimilarityData(
            movie_id=a,
            title=first.name,
            other_movie_id=b,
            other_title=second.name,
            similarity=cosine,
            shared_genres=genres,
            shared_tags=tags,
            same_theme=same,
        ),
    )


def _how_often(cosine: float) -> str:
    if cosine >= _CLOSE:
        return "very often"
    return "tend to" if cosine >= _RELATED else "do not especially"


def _in_common(genres: Sequence[str], tags: Sequence[str]) -> str:
    parts = []
    if genres:
        parts.append(f"are filed under {as_list(genres)}")
    if tags:
        marks = as_list([f"“{tag}”" for tag in tags[:_NAMED_TAGS]])
        parts.append(f"carry the style tag{'s' if len(tags) > 1 else ''} {marks}")
    return f"; both {as_list(parts)}" if parts else ""
