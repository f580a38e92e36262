"""Evidence of what a change of history would do: everything is ranked again, nothing is saved."""

from collections.abc import Sequence
from typing import Literal

from retrieval.domain.evidence import (
    CounterfactualData,
    CounterfactualEvidence,
    WhatIfData,
    WhatIfEvidence,
)
from retrieval.domain.models import Interaction, MovieId
from retrieval.domain.recommendation import Ranking, ViewerSnapshot
from retrieval.evidence_films import names_of
from retrieval.recommender import Recommender
from retrieval.wording import as_list, as_ordinal, as_stars, count_of

__all__ = ["measure_counterfactual", "measure_moves", "measure_what_if"]


def measure_counterfactual(
    recommender: Recommender,
    ranking: Ranking,
    movie_id: MovieId,
    events: Sequence[Interaction],
    after: ViewerSnapshot,
) -> CounterfactualEvidence:
    """A film's rank with and without some events.

    Args:
        recommender: Ranks again.
        ranking: The list as it is.
        movie_id: Whose rank.
        events: The forgotten events.
        after: The viewer without them.
    """
    bundle = recommender.bundle
    # Among movies that may be recommended: the forgotten film itself becomes one of them.
    before_place = recommender.place(ranking.viewer, movie_id, ranking.filters)
    after_place = recommender.place(after, movie_id, ranking.filters)
    name = bundle.movie(movie_id).name
    titles = tuple(bundle.movie(event.movie_id).name for event in events)
    stays = after_place.rank <= ranking.n
    if after_place.rank == before_place.rank:
        effect = f"stays {as_ordinal(before_place.rank)}"
    else:
        verb = "falls" if after_place.rank > before_place.rank else "rises"
        effect = f"{verb} from {as_ordinal(before_place.rank)} to {as_ordinal(after_place.rank)}"
    left = "" if stays or before_place.rank > ranking.n else " and leaves the list"
    return CounterfactualEvidence(
        id=f"cf:{movie_id}:{'+'.join(str(event.movie_id) for event in events)}",
        text=f"Without {as_list(titles)}, {name} {effect}{left}.",
        data=CounterfactualData(
            movie_id=movie_id,
            title=name,
            event_ids=tuple(event.event_id for event in events),
            source_movie_ids=tuple(event.movie_id for event in events),
            source_titles=titles,
            rank_before=before_place.rank,
            rank_after=after_place.rank,
            score_before=before_place.score,
            score_after=after_place.score,
            list_length=ranking.n,
            stays_in_list=stays,
        ),
    )


def measure_moves(
    recommender: Recommender,
    ranking: Ranking,
    after: ViewerSnapshot,
    events: Sequence[Interaction],
) -> list[CounterfactualEvidence]:
    """The films of the list that move when some events are forgotten."""
    moves = [
        measure_counterfactual(recommender, ranking, recommendation.movie_id, events, after)
        for recommendation in ranking.recommendations
    ]
    return [move for move in moves if move.data.rank_before != move.data.rank_after]


def measure_what_if(
    recommender: Recommender,
    ranking: Ranking,
    after: ViewerSnapshot,
    change: Literal["forget", "rate"],
    sources: Sequence[MovieId],
    *,
    ratings: tuple[float, ...] = (),
) -> WhatIfEvidence:
    """The list before and after a change of history.

    Args:
        recommender: Ranks again.
        ranking: The list as it is.
        after: The viewer after the change.
        change: What was done to the films of ``sources``.
        sources: The forgotten or rated films.
        ratings: Stars for each of them when they were rated.
    """
    bundle = recommender.bundle
    before_ids = [r.movie_id for r in ranking.recommendations]
    after_ids = [
        movie_id
        for movie_id, _ in recommender.top_movie_ids(after, n=ranking.n, filters=ranking.filters)
    ]
    entered = [m for m in after_ids if m not in before_ids]
    left = [m for m in before_ids if m not in after_ids]
    stayed = [m for m in after_ids if m in before_ids]
    moved = sum(before_ids.index(m) != after_ids.index(m) for m in stayed)
    data = WhatIfData(
        change=change,
        movie_ids=tuple(sources),
        titles=names_of(bundle, sources),
        rating=ratings[0] if len(set(ratings)) == 1 else None,
        ratings=ratings,
        list_length=len(before_ids),
        entered_movie_ids=tuple(entered),
        entered_titles=names_of(bundle, entered),
        left_movie_ids=tuple(left),
        left_titles=names_of(bundle, left),
        n_moved=moved,
        first_before=names_of(bundle, before_ids[:1])[0] if before_ids else "",
        first_after=names_of(bundle, after_ids[:1])[0] if after_ids else "",
    )
    key = "+".join(str(movie_id) for movie_id in sources)
    suffix = f":{'+'.join(f'{stars:g}' for stars in dict.fromkeys(ratings))}" if ratings else ""
    return WhatIfEvidence(
        id=f"whatif:{data.change}:{key}{suffix}", text=_what_if_text(data), data=data
    )


def _what_if_text(data: WhatIfData) -> str:
    done = as_list(data.titles)
    opening = f"Forgetting {done}"
    if data.rating is not None:
        each = " each" if len(data.titles) > 1 else ""
        opening = f"Giving {done} {as_stars(data.rating)}{each}"
    elif data.ratings:
        given = [f"{t} {as_stars(r)}" for t, r in zip(data.titles, data.ratings, strict=True)]
        opening = f"Giving {as_list(given)}"
    if not data.entered_titles and not data.n_moved:
        return f"{opening} would leave your list as it is."
    changes = []
    entered = [title for title in data.entered_titles if title not in data.titles]
    returned = [title for title in data.entered_titles if title in data.titles]
    if entered:
        changes.append(f"bring in {as_list(entered)}")
    if returned:
        changes.append(f"put {as_list(returned)} back among the candidates and into the list")
    if data.left_titles:
        changes.append(f"push out {as_list(data.left_titles)}")
    if data.n_moved:
        changes.append(f"move {count_of(data.n_moved, 'other film')}")
    return f"{opening} would {as_list(changes)}."
