"""Evidence that two films are alike: who likes both, and what they visibly share."""

from typing import Literal, NamedTuple

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.evidence import SimilarityData, SimilarityEvidence
from retrieval.domain.models import Movie, MovieId
from retrieval.recommender import Recommender
from retrieval.wording import as_list, as_percent

__all__ = ["measure_similarity"]

_NAMED_TAGS = 3


class _Likers(NamedTuple):
    """How many viewers of the dataset liked one film, the other, and both."""

    first: int
    other: int
    both: int
    viewers: int


def measure_similarity(recommender: Recommender, a: MovieId, b: MovieId) -> SimilarityEvidence:
    """How alike two films are, and why.

    Vectors are learned from who likes what, so the reason is counted there: the viewers of the
    dataset who like both. A film that nobody liked has its vector from genres, tags and year, and
    the sentence says so.
    """
    bundle = recommender.bundle
    first, second = bundle.movie(a), bundle.movie(b)
    likers = _count_likers(bundle, a, b)
    second_tags = {tagging.tag for tagging in second.style_tags}
    data = SimilarityData(
        movie_id=a,
        title=first.name,
        other_movie_id=b,
        other_title=second.name,
        similarity=recommender.similarity(a, b),
        basis=_basis(first, second, likers),
        liked_count=likers.first,
        liked_both_count=likers.both,
        liked_both_share=likers.both / likers.first if likers.first else 0.0,
        liked_other_share=likers.other / likers.viewers if likers.viewers else 0.0,
        shared_genres=tuple(genre for genre in first.genres if genre in second.genres),
        shared_tags=tuple(t.tag for t in first.style_tags if t.tag in second_tags),
        same_theme=bundle.theme_of(a).label if first.theme_id == second.theme_id else None,
    )
    text = f"{_reason(data, first, likers)}{_in_common(data)}."
    return SimilarityEvidence(id=f"sim:{a}:{b}", text=text, data=data)


def _count_likers(bundle: Bundle, a: MovieId, b: MovieId) -> _Likers:
    first, other = bundle.dataset_likers(a), bundle.dataset_likers(b)
    both = np.intersect1d(first, other)
    return _Likers(first.size, other.size, both.size, len(bundle.dataset_viewer_ids()))


def _basis(first: Movie, second: Movie, likers: _Likers) -> Literal["viewers", "content"]:
    from_content = "content" in (first.vector_source, second.vector_source)
    return "content" if from_content or not (likers.first and likers.other) else "viewers"


def _reason(data: SimilarityData, first: Movie, likers: _Likers) -> str:
    if data.basis == "content":
        is_first = first.vector_source == "content" or not likers.first
        unliked, liked = (data.title, data.other_title)[:: 1 if is_first else -1]
        return (
            f"Nobody liked {unliked} yet, so its likeness to {liked} is read off genres, tags and"
            " year"
        )
    share = as_percent(data.liked_other_share)
    if likers.first == 1:
        who, does = "The one viewer", "liked" if likers.both else "did not like"
    else:
        who, does = f"{likers.both or 'None'} of the {likers.first:,} viewers", "liked"
    return (
        f"{who} who liked {data.title} {does} {data.other_title}{' too' if likers.both else ''},"
        f" which {share} of all viewers do"
    )


def _in_common(data: SimilarityData) -> str:
    parts = []
    if data.shared_genres:
        parts.append(f"are filed under {as_list([g.lower() for g in data.shared_genres])}")
    if data.shared_tags:
        marks = as_list([f"“{tag.replace('-', ' ')}”" for tag in data.shared_tags[:_NAMED_TAGS]])
        parts.append(f"carry the style tag{'s' if len(data.shared_tags) > 1 else ''} {marks}")
    if data.same_theme:
        parts.append(f"belong to “{data.same_theme}”")
    return f"; both {as_list(parts)}" if parts else ""
