"""Evidence that films share: themes and style tags."""

from collections.abc import Sequence

from retrieval.bundle import Bundle
from retrieval.domain.evidence import TagData, TagEvidence, ThemeData, ThemeEvidence
from retrieval.domain.models import MovieId, StyleTagging, ThemeId
from retrieval.domain.style import load_style_vocabulary
from retrieval.wording import as_list, count_of

__all__ = ["measure_tags", "measure_theme"]

_NAMED_LIKED = 5
_TOP_TAGS = 8
_SOURCE_ORDER = ("notes", "users", "llm", "neighbours")


def measure_theme(
    bundle: Bundle, theme_id: ThemeId, *, listed: Sequence[MovieId], liked: Sequence[MovieId]
) -> ThemeEvidence:
    """A theme's share of a list and of the liked films.

    Args:
        bundle: Catalogue.
        theme_id: Which theme.
        listed: Films of the list, best first; empty when only the history is asked about.
        liked: Liked films of the history, strongest first.
    """
    theme = bundle.themes[theme_id]
    in_list = [m for m in listed if bundle.movie(m).theme_id == theme_id]
    in_liked = [m for m in liked if bundle.movie(m).theme_id == theme_id]
    titles = tuple(bundle.movie(m).name for m in in_list)
    liked_titles = tuple(bundle.movie(m).name for m in in_liked[:_NAMED_LIKED])
    counted_list = f"{len(in_list)} of {count_of(len(listed), 'film')} in the list"
    counted_liked = f"{len(in_liked)} of the {count_of(len(liked), 'film')} you liked"
    if listed and liked:
        text = f"“{theme.label}” holds {counted_list} and {counted_liked}."
    elif listed:
        text = f"“{theme.label}” holds {counted_list}."
    else:
        text = f"“{theme.label}” holds {counted_liked}."
    return ThemeEvidence(
        id=f"theme:{theme_id}",
        text=text,
        data=ThemeData(
            theme_id=theme_id,
            label=theme.label,
            summary=theme.summary,
            movie_ids=tuple(in_list),
            titles=titles,
            list_count=len(in_list),
            list_length=len(listed),
            list_share=len(in_list) / len(listed) if listed else 0.0,
            liked_count=len(in_liked),
            liked_total=len(liked),
            liked_share=len(in_liked) / len(liked) if liked else 0.0,
            liked_titles=liked_titles,
        ),
    )


def measure_tags(
    bundle: Bundle,
    *,
    listed: Sequence[MovieId],
    liked: Sequence[MovieId],
    of_history: bool = False,
) -> list[TagEvidence]:
    """Style tags that at least two of the listed films carry, most telling first.

    A tag tells more the more of the list carries it and the fewer films of the catalogue do.

    Args:
        bundle: Catalogue.
        listed: Films of the list, best first.
        liked: Liked films of the history, strongest first.
        of_history: ``listed`` is the history itself, so the sentence speaks of liked films.
    """
    carriers: dict[str, list[tuple[MovieId, StyleTagging]]] = {}
    for movie_id in listed:
        for tagging in bundle.movie(movie_id).style_tags:
            carriers.setdefault(tagging.tag, []).append((movie_id, tagging))
    shared = {tag: films for tag, films in carriers.items() if len(films) >= 2}
    frequency = bundle.tag_frequency
    ordered = sorted(
        shared, key=lambda tag: (-len(shared[tag]) / (frequency[tag] + 20.0) ** 0.5, tag)
    )
    return [
        _tag_evidence(bundle, tag, shared[tag], liked, of_history=of_history)
        for tag in ordered[:_TOP_TAGS]
    ]


def _tag_evidence(
    bundle: Bundle,
    tag: str,
    films: Sequence[tuple[MovieId, StyleTagging]],
    liked: Sequence[MovieId],
    *,
    of_history: bool,
) -> TagEvidence:
    liked_with_tag = [
        m for m in liked if any(tagging.tag == tag for tagging in bundle.movie(m).style_tags)
    ]
    titles = tuple(bundle.movie(movie_id).name for movie_id, _ in films)
    phrase = tag.replace("-", " ")
    entry = load_style_vocabulary().get(tag)
    # A tag is as sure as its least sure film.
    source = max((tagging.source for _, tagging in films), key=_SOURCE_ORDER.index)
    if of_history:
        text = f"{count_of(len(films), 'film')} you liked carry the style tag “{phrase}”."
    else:
        text = f"{as_list(titles)} share the style tag “{phrase}”."
    return TagEvidence(
        id=f"tag:{tag}",
        text=text,
        data=TagData(
            tag=tag,
            phrase=phrase,
            definition=entry.definition if entry else phrase,
            movie_ids=() if of_history else tuple(movie_id for movie_id, _ in films),
            titles=() if of_history else titles,
            liked_movie_ids=tuple(liked_with_tag[:_NAMED_LIKED]),
            liked_titles=tuple(bundle.movie(m).name for m in liked_with_tag[:_NAMED_LIKED]),
            liked_count=len(liked_with_tag),
            source=source,
            confidence=min(tagging.confidence for _, tagging in films),
        ),
    )
