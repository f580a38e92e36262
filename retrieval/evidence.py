"""Measures the evidence behind a list, a film, a change of history, or a taste.

Numbers come from the recommender alone; each piece also says the same in one plain sentence,
which stands in whenever a drafted claim fails verification. What is measured how stands in the
``evidence_*`` modules; this one says which pieces answer which question.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput, UnknownEvent
from retrieval.domain.evidence import (
    ContributionEvidence,
    CounterfactualEvidence,
    Evidence,
    HistoryEvidence,
    ListEvidence,
    MovieEvidence,
    TagEvidence,
    ThemeEvidence,
    WhyNotEvidence,
)
from retrieval.domain.models import EventId, MovieId
from retrieval.domain.recommendation import Filters, Ranking, Recommendation, ViewerSnapshot
from retrieval.evidence_changes import measure_counterfactual, measure_moves, measure_what_if
from retrieval.evidence_drift import measure_drift
from retrieval.evidence_films import (
    find_place,
    measure_list,
    measure_movie,
    measure_note,
    measure_prediction,
    measure_premise,
)
from retrieval.evidence_history import (
    liked_movies,
    measure_event,
    measure_events,
    measure_viewer,
)
from retrieval.evidence_score import measure_score
from retrieval.evidence_similarity import measure_similarity
from retrieval.evidence_themes import measure_tags, measure_theme
from retrieval.evidence_why_not import measure_why_not
from retrieval.recommender import Recommender

__all__ = ["EvidenceBuilder"]

_TOP_THEMES = 5
_TOP_HISTORY = 8


class EvidenceBuilder:
    """Measures evidence. Every method is read only."""

    def __init__(self, recommender: Recommender) -> None:
        """Measure with the recommender that ranks."""
        self._recommender = recommender
        self._bundle: Bundle = recommender.bundle
        # One event often speaks for several films of a list.
        self._without = lru_cache(maxsize=32)(self._without_event)

    def for_ranking(self, ranking: Ranking) -> tuple[Evidence, ...]:
        """Everything that an explanation of a list may cite."""
        pieces: list[Evidence] = [
            self.listing(ranking),
            measure_viewer(self._bundle, ranking.viewer),
        ]
        for recommendation in ranking.recommendations:
            pieces += self._film(ranking, recommendation)
        pieces += self._shared(ranking)
        return _unique(pieces)

    def for_movie(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """Everything about one film of the list.

        Raises:
            BadInput: The film is not in the list; `why_not` answers for those.
        """
        recommendation = find_place(ranking, movie_id)
        if recommendation is None:
            name = self._bundle.movie(movie_id).name
            raise BadInput(f"{name} is not in this list")
        film = self._film(ranking, recommendation)
        shared = [piece for piece in self._shared(ranking) if movie_id in piece.data.movie_ids]
        return _unique(
            [self.listing(ranking), measure_viewer(self._bundle, ranking.viewer), *film, *shared]
        )

    def why_not(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """Why a film is not in the list: its rank, its gap, what pulls it up and down."""
        data, text = measure_why_not(self._recommender, ranking, movie_id)
        pulling = [pull.movie_id for pull in (*data.pulls_up, *data.pulls_down)]
        return _unique(
            [
                WhyNotEvidence(id=f"whynot:{movie_id}", text=text, data=data),
                self.movie(ranking, movie_id),
                self.listing(ranking),
                *self.met(ranking.viewer, [movie_id, *pulling]),
                measure_prediction(self._recommender, ranking.viewer, movie_id),
            ]
        )

    def forget(self, ranking: Ranking, event_ids: Sequence[EventId]) -> tuple[Evidence, ...]:
        """What forgetting events would do to the list: recomputed, not inferred.

        Raises:
            UnknownEvent: The viewer's log holds no such event.
        """
        by_id = {event.event_id: event for event in ranking.viewer.events}
        for event_id in event_ids:
            if event_id not in by_id:
                raise UnknownEvent(f"viewer '{ranking.viewer.viewer_id}' has no event '{event_id}'")
        events = [by_id[event_id] for event_id in event_ids]
        after = self._recommender.without_events(ranking.viewer, event_ids)
        sources = [event.movie_id for event in events]
        return _unique(
            [
                measure_what_if(self._recommender, ranking, after, "forget", sources),
                *measure_moves(self._recommender, ranking, after, events),
                *self.met(ranking.viewer, sources),
                self.listing(ranking),
            ]
        )

    def rate(self, ranking: Ranking, movie_id: MovieId, rating: float) -> tuple[Evidence, ...]:
        """What rating a film would do to the list; nothing is saved."""
        return self.rate_several(ranking, [(movie_id, rating)])

    def rate_several(
        self, ranking: Ranking, ratings: Sequence[tuple[MovieId, float]]
    ) -> tuple[Evidence, ...]:
        """What rating some films would do to the list; nothing is saved.

        Args:
            ranking: The list as it is.
            ratings: Films with the stars that they would get.

        Raises:
            UnknownMovie: The catalogue has no such movie.
            BadInput: A rating is off the scale.
        """
        after = ranking.viewer
        for movie_id, stars in ratings:
            after = self._recommender.with_rating(after, movie_id, stars)
        rated = [movie_id for movie_id, _ in ratings]
        return _unique(
            [
                measure_what_if(
                    self._recommender,
                    ranking,
                    after,
                    "rate",
                    rated,
                    ratings=tuple(stars for _, stars in ratings),
                ),
                *(self.movie(ranking, movie_id) for movie_id in rated),
                self.listing(ranking),
            ]
        )

    def taste(self, snapshot: ViewerSnapshot) -> tuple[Evidence, ...]:
        """What the history says about the viewer: size, genres, themes, tags, drift, top events."""
        liked = liked_movies(snapshot)
        strongest = sorted(
            range(len(snapshot.events)), key=lambda i: -snapshot.coefficients.events[i]
        )
        history = [
            measure_event(self._bundle, snapshot.events[i]) for i in strongest[:_TOP_HISTORY]
        ]
        counted = Counter(self._bundle.movie(movie_id).theme_id for movie_id in liked)
        themes = [
            measure_theme(self._bundle, theme_id, listed=[], liked=liked)
            for theme_id, _ in counted.most_common(_TOP_THEMES)
        ]
        tags = measure_tags(self._bundle, listed=liked, liked=liked, of_history=True)
        drift = measure_drift(self._bundle, snapshot)
        return _unique([measure_viewer(self._bundle, snapshot), *themes, *tags, *drift, *history])

    def similar(
        self,
        movie_id: MovieId,
        *,
        n: int,
        filters: Filters | None = None,
        exclude: Iterable[MovieId] = (),
    ) -> tuple[Evidence, ...]:
        """The films most similar to one, with what they visibly share."""
        found = self._recommender.similar(movie_id, n=n, filters=filters, exclude=exclude)
        pieces: list[Evidence] = [self.movie(None, movie_id)]
        for other_id, _ in found:
            pieces += [
                measure_similarity(self._recommender, movie_id, other_id),
                self.movie(None, other_id),
            ]
        return _unique(pieces)

    def compare(self, ranking: Ranking, a: MovieId, b: MovieId) -> tuple[Evidence, ...]:
        """Two films side by side for the viewer."""
        pieces: list[Evidence] = [
            measure_similarity(self._recommender, a, b),
            self.listing(ranking),
        ]
        for movie_id in (a, b):
            found = find_place(ranking, movie_id)
            pieces += (
                self._film(ranking, found)
                if found is not None
                else list(self.why_not(ranking, movie_id))
            )
        return _unique(pieces)

    def about(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """What is known of a film, whoever asks: catalogue, premise, note, the stars expected."""
        note = measure_note(self._bundle, movie_id)
        premise = measure_premise(self._bundle, movie_id)
        return _unique(
            [
                self.movie(ranking, movie_id),
                *([premise] if premise else []),
                *([note] if note else []),
                *self.met(ranking.viewer, [movie_id]),
                measure_prediction(self._recommender, ranking.viewer, movie_id),
                self.listing(ranking),
            ]
        )

    def met(self, viewer: ViewerSnapshot, movie_ids: Sequence[MovieId]) -> list[HistoryEvidence]:
        """The events of the viewer's history on some films."""
        return measure_events(self._bundle, viewer, movie_ids)

    def movie(self, ranking: Ranking | None, movie_id: MovieId) -> MovieEvidence:
        """Catalogue facts of one film, with its place in a list."""
        return measure_movie(self._bundle, ranking, movie_id)

    def listing(self, ranking: Ranking) -> ListEvidence:
        """The list itself."""
        return measure_list(self._bundle, ranking)

    def _film(self, ranking: Ranking, recommendation: Recommendation) -> list[Evidence]:
        movie_id = recommendation.movie_id
        named = measure_score(self._bundle, ranking.viewer, recommendation)
        sources = [
            piece.data.source_movie_id for piece in named if isinstance(piece, ContributionEvidence)
        ]
        note = measure_note(self._bundle, movie_id)
        return [
            self.movie(ranking, movie_id),
            *named,
            *self._without_strongest(ranking, recommendation),
            *self.met(ranking.viewer, sources),
            measure_prediction(self._recommender, ranking.viewer, movie_id),
            *([note] if note else []),
        ]

    def _without_strongest(
        self, ranking: Ranking, recommendation: Recommendation
    ) -> list[CounterfactualEvidence]:
        strongest = next(
            (c for c in recommendation.contributions if c.source == "interaction"), None
        )
        if strongest is None or strongest.event_id is None or strongest.value <= 0:
            return []
        after = self._without(ranking.viewer, strongest.event_id)
        event = next(e for e in ranking.viewer.events if e.event_id == strongest.event_id)
        return [
            measure_counterfactual(
                self._recommender, ranking, recommendation.movie_id, [event], after
            )
        ]

    def _without_event(self, viewer: ViewerSnapshot, event_id: EventId) -> ViewerSnapshot:
        return self._recommender.without_events(viewer, [event_id])

    def _shared(self, ranking: Ranking) -> list[ThemeEvidence | TagEvidence]:
        listed = [recommendation.movie_id for recommendation in ranking.recommendations]
        liked = liked_movies(ranking.viewer)
        theme_ids = dict.fromkeys(self._bundle.movie(movie_id).theme_id for movie_id in listed)
        themes = [
            measure_theme(self._bundle, theme_id, listed=listed, liked=liked)
            for theme_id in theme_ids
        ]
        return [*themes, *measure_tags(self._bundle, listed=listed, liked=liked)]


def _unique(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple({piece.id: piece for piece in pieces}.values())
