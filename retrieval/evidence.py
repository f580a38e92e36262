"""Measures the evidence behind a list, a film, a change of history, or a taste.

Numbers come from the recommender alone; each piece also says the same in one plain sentence,
which stands in whenever a drafted claim fails verification.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput, UnknownEvent
from retrieval.domain.evidence import (
    ContributionData,
    ContributionEvidence,
    CounterfactualData,
    CounterfactualEvidence,
    Evidence,
    GenreCount,
    HistoryData,
    HistoryEvidence,
    ListData,
    ListEvidence,
    MovieData,
    MovieEvidence,
    NoteData,
    NoteEvidence,
    PredictionData,
    PredictionEvidence,
    ProfileData,
    ProfileEvidence,
    RestData,
    RestEvidence,
    SimilarityData,
    SimilarityEvidence,
    TagEvidence,
    ThemeEvidence,
    ViewerData,
    ViewerEvidence,
    WhatIfData,
    WhatIfEvidence,
    WhyNotEvidence,
)
from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import event_effect
from retrieval.domain.recommendation import Filters, Ranking, Recommendation, ViewerSnapshot
from retrieval.domain.scoring import Contribution
from retrieval.evidence_themes import measure_tags, measure_theme
from retrieval.evidence_why_not import measure_why_not
from retrieval.recommender import Recommender
from retrieval.wording import (
    as_date,
    as_list,
    as_ordinal,
    as_percent,
    as_stars,
    count_of,
    describe_event,
)

__all__ = ["EvidenceBuilder"]

_NAMED_CONTRIBUTIONS = 3
"""Three films explain about a third of a score; naming more tires the reader."""
_AGAINST_SHARE = -0.03
"""A contribution below this share of the score is worth saying as a point against."""
_TOP_GENRES = 5
_TOP_THEMES = 5
_TOP_HISTORY = 8
_NAMED_TAGS = 3
_CLOSE, _RELATED = 0.7, 0.2
"""Cosines from which two films count as close, and as related at all."""


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
        pieces: list[Evidence] = [self._list(ranking), self._viewer(ranking.viewer)]
        for recommendation in ranking.recommendations:
            pieces += self._film(ranking, recommendation)
        pieces += self._shared(ranking)
        return _unique(pieces)

    def for_movie(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """Everything about one film of the list.

        Raises:
            BadInput: The film is not in the list; `why_not` answers for those.
        """
        recommendation = _find(ranking, movie_id)
        if recommendation is None:
            name = self._bundle.movie(movie_id).name
            raise BadInput(f"{name} is not in this list")
        film = self._film(ranking, recommendation)
        shared = [piece for piece in self._shared(ranking) if movie_id in piece.data.movie_ids]
        return _unique([self._list(ranking), self._viewer(ranking.viewer), *film, *shared])

    def why_not(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """Why a film is not in the list: its rank, its gap, what pulls it up and down."""
        data, text = measure_why_not(self._recommender, ranking, movie_id)
        pulling = [pull.movie_id for pull in (*data.pulls_up, *data.pulls_down)]
        return _unique(
            [
                WhyNotEvidence(id=f"whynot:{movie_id}", text=text, data=data),
                self._movie(ranking, movie_id),
                self._list(ranking),
                *self._history_of(ranking.viewer, [movie_id, *pulling]),
                self._prediction(ranking.viewer, movie_id),
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
                self._what_if(ranking, after, "forget", sources),
                *self._moves(ranking, after, events),
                *self._history_of(ranking.viewer, sources),
                self._list(ranking),
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
                self._what_if(
                    ranking, after, "rate", rated, ratings=tuple(stars for _, stars in ratings)
                ),
                *(self._movie(ranking, movie_id) for movie_id in rated),
                self._list(ranking),
            ]
        )

    def taste(self, snapshot: ViewerSnapshot) -> tuple[Evidence, ...]:
        """What the history says about the viewer: size, genres, themes, tags, strongest events."""
        liked = self._liked(snapshot)
        strongest = sorted(
            range(len(snapshot.events)), key=lambda i: -snapshot.coefficients.events[i]
        )
        history = [self._history(snapshot.events[i]) for i in strongest[:_TOP_HISTORY]]
        counted = Counter(self._bundle.movie(movie_id).theme_id for movie_id in liked)
        themes = [
            measure_theme(self._bundle, theme_id, listed=[], liked=liked)
            for theme_id, _ in counted.most_common(_TOP_THEMES)
        ]
        tags = measure_tags(self._bundle, listed=liked, liked=liked, of_history=True)
        return _unique([self._viewer(snapshot), *themes, *tags, *history])

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
        pieces: list[Evidence] = [self._movie(None, movie_id)]
        for other_id, _ in found:
            pieces += [self._similarity(movie_id, other_id), self._movie(None, other_id)]
        return _unique(pieces)

    def compare(self, ranking: Ranking, a: MovieId, b: MovieId) -> tuple[Evidence, ...]:
        """Two films side by side for the viewer."""
        pieces: list[Evidence] = [self._similarity(a, b), self._list(ranking)]
        for movie_id in (a, b):
            found = _find(ranking, movie_id)
            pieces += (
                self._film(ranking, found)
                if found is not None
                else list(self.why_not(ranking, movie_id))
            )
        return _unique(pieces)

    def about(self, ranking: Ranking, movie_id: MovieId) -> tuple[Evidence, ...]:
        """What is known of a film, whoever asks: catalogue, note, and the stars expected."""
        note = self._note(movie_id)
        return _unique(
            [
                self._movie(ranking, movie_id),
                *([note] if note else []),
                *self._history_of(ranking.viewer, [movie_id]),
                self._prediction(ranking.viewer, movie_id),
                self._list(ranking),
            ]
        )

    def met(self, viewer: ViewerSnapshot, movie_ids: Sequence[MovieId]) -> list[HistoryEvidence]:
        """The events of the viewer's history on some films."""
        return self._history_of(viewer, movie_ids)

    def movie(self, ranking: Ranking | None, movie_id: MovieId) -> MovieEvidence:
        """Catalogue facts of one film, with its place in a list."""
        return self._movie(ranking, movie_id)

    def listing(self, ranking: Ranking) -> ListEvidence:
        """The list itself."""
        return self._list(ranking)

    def _film(self, ranking: Ranking, recommendation: Recommendation) -> list[Evidence]:
        movie_id = recommendation.movie_id
        named = self._named(
            ranking.viewer, movie_id, recommendation.score, recommendation.contributions
        )
        sources = [
            piece.data.source_movie_id for piece in named if isinstance(piece, ContributionEvidence)
        ]
        pieces: list[Evidence] = [self._movie(ranking, movie_id), *named]
        strongest = next(
            (c for c in recommendation.contributions if c.source == "interaction"), None
        )
        if strongest is not None and strongest.event_id is not None and strongest.value > 0:
            after = self._without(ranking.viewer, strongest.event_id)
            event = next(e for e in ranking.viewer.events if e.event_id == strongest.event_id)
            pieces.append(self._counterfactual(ranking, movie_id, [event], after))
        pieces += self._history_of(ranking.viewer, sources)
        pieces.append(self._prediction(ranking.viewer, movie_id))
        note = self._note(movie_id)
        return [*pieces, note] if note else pieces

    def _without_event(self, viewer: ViewerSnapshot, event_id: EventId) -> ViewerSnapshot:
        return self._recommender.without_events(viewer, [event_id])

    def _named(
        self,
        viewer: ViewerSnapshot,
        movie_id: MovieId,
        score: float,
        contributions: Sequence[Contribution],
    ) -> list[Evidence]:
        """The contributions worth naming, the start, and all the rest in one."""
        events = {event.event_id: event for event in viewer.events}
        from_events = [c for c in contributions if c.source == "interaction"]
        named = [c for c in from_events[:_NAMED_CONTRIBUTIONS] if c.value > 0]
        against = [c for c in from_events[::-1][:1] if c.share < _AGAINST_SHARE]
        title = self._bundle.movie(movie_id).name
        pieces: list[Evidence] = []
        positions = {c.event_id: place for place, c in enumerate(from_events, start=1)}
        for contribution in [*named, *against]:
            if contribution.event_id is not None:
                event = events[contribution.event_id]
                position = positions[contribution.event_id]
                pieces.append(self._contribution(movie_id, title, contribution, event, position))
        start = next(c for c in contributions if c.source == "profile")
        pieces.append(_profile(movie_id, title, start))
        told = {c.event_id for c in [*named, *against]}
        others = [c for c in from_events if c.event_id not in told]
        if others:
            pieces.append(_rest(movie_id, title, others, score))
        return pieces

    def _contribution(
        self,
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

    def _counterfactual(
        self,
        ranking: Ranking,
        movie_id: MovieId,
        events: Sequence[Interaction],
        after: ViewerSnapshot,
    ) -> CounterfactualEvidence:
        # Among movies that may be recommended: the forgotten film itself becomes one of them.
        before_place = self._recommender.place(ranking.viewer, movie_id, ranking.filters)
        after_place = self._recommender.place(after, movie_id, ranking.filters)
        name = self._bundle.movie(movie_id).name
        titles = tuple(self._bundle.movie(event.movie_id).name for event in events)
        stays = after_place.rank <= ranking.n
        if after_place.rank == before_place.rank:
            effect = f"stays {as_ordinal(before_place.rank)}"
        else:
            verb = "falls" if after_place.rank > before_place.rank else "rises"
            effect = (
                f"{verb} from {as_ordinal(before_place.rank)} to {as_ordinal(after_place.rank)}"
            )
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

    def _moves(
        self, ranking: Ranking, after: ViewerSnapshot, events: Sequence[Interaction]
    ) -> list[Evidence]:
        moves = [
            self._counterfactual(ranking, recommendation.movie_id, events, after)
            for recommendation in ranking.recommendations
        ]
        return [move for move in moves if move.data.rank_before != move.data.rank_after]

    def _what_if(
        self,
        ranking: Ranking,
        after: ViewerSnapshot,
        change: str,
        sources: Sequence[MovieId],
        *,
        ratings: tuple[float, ...] = (),
    ) -> WhatIfEvidence:
        before_ids = [r.movie_id for r in ranking.recommendations]
        after_ids = [
            movie_id
            for movie_id, _ in self._recommender.top_movie_ids(
                after, n=ranking.n, filters=ranking.filters
            )
        ]
        entered = [m for m in after_ids if m not in before_ids]
        left = [m for m in before_ids if m not in after_ids]
        stayed = [m for m in after_ids if m in before_ids]
        moved = sum(before_ids.index(m) != after_ids.index(m) for m in stayed)
        data = WhatIfData(
            change="forget" if change == "forget" else "rate",
            movie_ids=tuple(sources),
            titles=self._names(sources),
            rating=ratings[0] if len(set(ratings)) == 1 else None,
            ratings=ratings,
            list_length=len(before_ids),
            entered_movie_ids=tuple(entered),
            entered_titles=self._names(entered),
            left_movie_ids=tuple(left),
            left_titles=self._names(left),
            n_moved=moved,
            first_before=self._names(before_ids[:1])[0] if before_ids else "",
            first_after=self._names(after_ids[:1])[0] if after_ids else "",
        )
        key = "+".join(str(movie_id) for movie_id in sources)
        suffix = f":{'+'.join(f'{stars:g}' for stars in dict.fromkeys(ratings))}" if ratings else ""
        return WhatIfEvidence(
            id=f"whatif:{data.change}:{key}{suffix}", text=_what_if_text(data), data=data
        )

    def _shared(self, ranking: Ranking) -> list[ThemeEvidence | TagEvidence]:
        listed = [recommendation.movie_id for recommendation in ranking.recommendations]
        liked = self._liked(ranking.viewer)
        theme_ids = dict.fromkeys(self._bundle.movie(movie_id).theme_id for movie_id in listed)
        themes = [
            measure_theme(self._bundle, theme_id, listed=listed, liked=liked)
            for theme_id in theme_ids
        ]
        return [*themes, *measure_tags(self._bundle, listed=listed, liked=liked)]

    def _liked(self, viewer: ViewerSnapshot) -> list[MovieId]:
        """Liked films, strongest in the user vector first."""
        recipe = self._bundle.recipe
        liked = [
            (-float(coefficient), event.movie_id)
            for coefficient, event in zip(viewer.coefficients.events, viewer.events, strict=True)
            if event_effect(event, recipe).weight >= 0.5
        ]
        return list(dict.fromkeys(movie_id for _, movie_id in sorted(liked)))

    def _list(self, ranking: Ranking) -> ListEvidence:
        ids = tuple(recommendation.movie_id for recommendation in ranking.recommendations)
        titles = self._names(ids)
        text = f"The list: {as_list(titles)}." if titles else "The list is empty."
        return ListEvidence(
            id="list",
            text=text,
            data=ListData(movie_ids=ids, titles=titles, list_length=len(ids)),
        )

    def _viewer(self, viewer: ViewerSnapshot) -> ViewerEvidence:
        liked = self._liked(viewer)
        effects = [event_effect(event, self._bundle.recipe) for event in viewer.events]
        disliked = sum(effect.weight < 0 for effect in effects)
        genres = Counter(g for movie_id in liked for g in self._bundle.movie(movie_id).genres)
        top = tuple(
            GenreCount(genre=genre, count=count)
            for genre, count in sorted(genres.items(), key=lambda item: (-item[1], item[0]))
        )[:_TOP_GENRES]
        data = ViewerData(
            n_events=len(viewer.events),
            n_liked=len(liked),
            n_disliked=disliked,
            genres=top,
            first_date=as_date(viewer.events[0].timestamp_ms) if viewer.events else None,
            last_date=as_date(viewer.events[-1].timestamp_ms) if viewer.events else None,
        )
        return ViewerEvidence(id="viewer", text=_viewer_text(data), data=data)

    def _history(self, event: Interaction) -> HistoryEvidence:
        movie = self._bundle.movie(event.movie_id)
        date = as_date(event.timestamp_ms)
        did = describe_event(event.kind, event.rating, movie.name)
        return HistoryEvidence(
            id=f"hist:{event.movie_id}",
            text=f"Your history holds {did}, dated {date}.",
            data=HistoryData(
                event_id=event.event_id,
                movie_id=event.movie_id,
                title=movie.name,
                kind=event.kind,
                rating=event.rating,
                date=date,
                theme=self._bundle.theme_of(event.movie_id).label,
                genres=movie.genres,
            ),
        )

    def _history_of(
        self, viewer: ViewerSnapshot, movie_ids: Sequence[MovieId]
    ) -> list[HistoryEvidence]:
        return [self._history(event) for event in viewer.events if event.movie_id in movie_ids]

    def _movie(self, ranking: Ranking | None, movie_id: MovieId) -> MovieEvidence:
        movie = self._bundle.movie(movie_id)
        found = _find(ranking, movie_id) if ranking is not None else None
        theme = self._bundle.theme_of(movie_id).label
        genres = as_list([genre.lower() for genre in movie.genres]) or "no listed genre"
        place = f"{as_ordinal(found.rank)} in the list, " if found else ""
        return MovieEvidence(
            id=f"movie:{movie_id}",
            text=f"{movie.name}: {place}{genres}, in the theme “{theme}”.",
            data=MovieData(
                movie_id=movie_id,
                title=movie.name,
                year=movie.year,
                genres=movie.genres,
                theme=theme,
                n_ratings=movie.n_ratings,
                mean_rating=None if movie.mean_rating is None else round(movie.mean_rating, 2),
                rank=found.rank if found else None,
                style_tags=tuple(tagging.tag for tagging in movie.style_tags),
            ),
        )

    def _note(self, movie_id: MovieId) -> NoteEvidence | None:
        reading = self._bundle.film_notes.get(movie_id)
        if reading is None:
            return None
        return NoteEvidence(
            id=f"note:{movie_id}",
            text=reading.note,
            data=NoteData(
                movie_id=movie_id,
                title=self._bundle.movie(movie_id).name,
                **reading.model_dump(),
            ),
        )

    def _prediction(self, viewer: ViewerSnapshot, movie_id: MovieId) -> PredictionEvidence:
        prediction = self._recommender.predict(viewer, movie_id)
        name = self._bundle.movie(movie_id).name
        return PredictionEvidence(
            id=f"pred:{movie_id}",
            text=f"The rating model expects {prediction.rating:.1f} stars from you for {name}.",
            data=PredictionData(movie_id=movie_id, title=name, **prediction._asdict()),
        )

    def _similarity(self, a: MovieId, b: MovieId) -> SimilarityEvidence:
        first, second = self._bundle.movie(a), self._bundle.movie(b)
        cosine = self._recommender.similarity(a, b)
        genres = tuple(genre for genre in first.genres if genre in second.genres)
        second_tags = {tagging.tag for tagging in second.style_tags}
        tags = tuple(t.tag for t in first.style_tags if t.tag in second_tags)
        same = self._bundle.theme_of(a).label if first.theme_id == second.theme_id else None
        common = _in_common(
            [genre.lower() for genre in genres], [t.replace("-", " ") for t in tags]
        )
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

    def _names(self, movie_ids: Iterable[MovieId]) -> tuple[str, ...]:
        return tuple(self._bundle.movie(movie_id).name for movie_id in movie_ids)


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


def _viewer_text(data: ViewerData) -> str:
    if not data.n_events:
        return "Your history is empty."
    genres = as_list([f"{g.genre.lower()} ({g.count})" for g in data.genres])
    liked = f"{data.n_liked:,} of them liked and {data.n_disliked:,} disliked"
    most = f"; the genres you like most often are {genres}" if genres else ""
    return f"Your history holds {count_of(data.n_events, 'film')}, {liked}{most}."


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


def _find(ranking: Ranking, movie_id: MovieId) -> Recommendation | None:
    return next((r for r in ranking.recommendations if r.movie_id == movie_id), None)


def _unique(pieces: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple({piece.id: piece for piece in pieces}.values())
