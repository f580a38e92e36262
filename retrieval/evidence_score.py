"""Evidence of what makes up a score: past events, the start, shared style, all the rest."""

from collections.abc import Sequence

from retrieval.bundle import Bundle
from retrieval.domain.evidence import (
    ContributionData,
    ContributionEvidence,
    Evidence,
    ProfileData,
    ProfileEvidence,
    RestData,
    RestEvidence,
    StyleData,
    StyleEvidence,
)
from retrieval.domain.models import Interaction, MovieId
from retrieval.domain.recommendation import Recommendation, ViewerSnapshot
from retrieval.domain.scoring import Contribution
from retrieval.wording import as_list, as_percent, count_of, describe_event

__all__ = ["measure_score"]

_NAMED_CONTRIBUTIONS = 3
"""Three films explain about a third of a score; naming more tires the reader."""
_AGAINST_SHARE = -0.03
"""A contribution below this share of the score is worth saying as a point against."""
_STYLE_SHARE = 0.005
"""A style part that rounds to no percent is left to the complete list of contributions."""
_NAMED_TAGS = 3


def measure_score(
    bundle: Bundle, viewer: ViewerSnapshot, recommendation: Recommendation
) -> list[Evidence]:
    """The contributions worth naming, the start, all other events in one, and shared style."""
    movie_id, contributions = recommendation.movie_id, recommendation.contributions
    events = {event.event_id: event for event in viewer.events}
    from_events = [c for c in contributions if c.source == "interaction"]
    named = [c for c in from_events[:_NAMED_CONTRIBUTIONS] if c.value > 0]
    against = [c for c in from_events[::-1][:1] if c.share < _AGAINST_SHARE]
    title = bundle.movie(movie_id).name
    pieces: list[Evidence] = []
    positions = {c.event_id: place for place, c in enumerate(from_events, start=1)}
    for contribution in [*named, *against]:
        if contribution.event_id is not None:
            event = events[contribution.event_id]
            position = positions[contribution.event_id]
            pieces.append(_contribution(movie_id, title, contribution, event, position))
    start = next(c for c in contributions if c.source == "profile")
    pieces.append(_profile(movie_id, title, start))
    told = {c.event_id for c in [*named, *against]}
    others = [c for c in from_events if c.event_id not in told]
    if others:
        pieces.append(_rest(movie_id, title, others, recommendation.score))
    from_style = [c for c in contributions if c.source == "style"]
    if sum(c.share for c in from_style) >= _STYLE_SHARE:
        pieces.append(_style(movie_id, title, from_style))
    return pieces


def _contribution(
    movie_id: MovieId,
    title: str,
    contribution: Contribution,
    event: Interaction,
    position: int,
) -> ContributionEvidence:
    did = describe_event(event.kind, event.rating, contribution.title)
    done = f"{did[0].upper()}{did[1:]}"
    plural = event.rating is not None and event.rating != 1.0
    share = as_percent(contribution.share)
    if contribution.value >= 0:
        verb = "make" if plural else "makes"
        text = f"{done} {verb} up {share} of the case for {title}."
    else:
        verb = "count" if plural else "counts"
        text = f"{done} {verb} against {title}, by {share} of its total."
    return ContributionEvidence(
        id=f"contrib:{movie_id}:{event.movie_id}",
        text=text,
        data=ContributionData(
            movie_id=movie_id,
            title=title,
            source_movie_id=event.movie_id,
            source_title=contribution.title,
            event_id=event.event_id,
            kind=event.kind,
            rating=event.rating,
            value=contribution.value,
            share=contribution.share,
            position=position,
        ),
    )


def _profile(movie_id: MovieId, title: str, start: Contribution) -> ProfileEvidence:
    share = as_percent(start.share)
    if start.value >= 0:
        text = f"What viewers like on average makes up {share} of the case for {title}."
    else:
        text = f"What viewers like on average counts against {title}, by {share} of its total."
    return ProfileEvidence(
        id=f"profile:{movie_id}",
        text=text,
        data=ProfileData(movie_id=movie_id, title=title, value=start.value, share=start.share),
    )


def _style(movie_id: MovieId, title: str, from_style: Sequence[Contribution]) -> StyleEvidence:
    """``from_style`` holds one contribution for each tag, largest first."""
    share = sum(contribution.share for contribution in from_style)
    tags = tuple(c.title.replace("-", " ") for c in from_style[:_NAMED_TAGS])
    quoted = as_list([f"“{tag}”" for tag in tags])
    what = f"The style tag {quoted}, which your list shares, makes"
    if len(from_style) > 1:
        among = ", among them" if len(from_style) > len(tags) else ","
        what = f"{len(from_style)} style tags that your list shares{among} {quoted}, make"
    return StyleEvidence(
        id=f"style:{movie_id}",
        text=f"{what} up {as_percent(share)} of the case for {title}.",
        data=StyleData(
            movie_id=movie_id,
            title=title,
            tags=tags,
            n_tags=len(from_style),
            value=sum(contribution.value for contribution in from_style),
            share=share,
        ),
    )


def _rest(
    movie_id: MovieId, title: str, others: Sequence[Contribution], score: float
) -> RestEvidence:
    value = sum(contribution.value for contribution in others)
    share = value / score if score else 0.0
    entries = count_of(len(others), "other entry", "other entries")
    if value >= 0:
        verb = "makes" if len(others) == 1 else "together make"
        effect = f"{verb} up {as_percent(share)} of the case for {title}"
    else:
        verb = "counts" if len(others) == 1 else "together count"
        effect = f"{verb} against {title}, by {as_percent(share)} of its total"
    return RestEvidence(
        id=f"rest:{movie_id}",
        text=f"The {entries} of your history {effect}.",
        data=RestData(
            movie_id=movie_id, title=title, n_events=len(others), value=value, share=share
        ),
    )
