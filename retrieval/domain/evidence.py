"""Evidence: the measured facts that a claim may cite.

Every piece has an id, the numbers behind it, and a plain sentence that says the same. Ids are
built from what they are about, so the same fact has the same id in every explanation. Ranks are
ranks of the list as it is shown, after its filters and reorderings, and a hypothetical list is made
with the same ones; where they moved a movie, its rank by score alone is beside:

=====================  ==================================================================
``contrib:M:S``        contribution of the viewer's event on movie S to the score of M
``rest:M``             the viewer's other events together
``profile:M``          the starting profile's contribution to M
``style:M``            what style tags that the list shares add to the score of M
``theme:T``            theme T in the list and in the viewer's history
``hist:S``             one event of the viewer's history
``tag:NAME``           a style tag that films of the list share
``cf:M:S``             rank of M when the event on S is forgotten and everything is ranked again
``whynot:M``           rank of M, its gap to the list, what pulls it down
``whatif:...``         the list after a change of history
``pred:M``             predicted stars of M with its bias parts
``movie:M``            catalogue facts of M, its place in the list, and what moved it there
``note:M``             a machine-written reading of the film's style; never a cause
``premise:M``          machine-written: what happens in the film and who is in it; never a cause
``sim:A:B``            similarity of two movies
``list``               the recommended list itself, and what filters and reorderings changed
``viewer``             the size of the viewer's history and its favourite genres
``drift``              recent likes against the older ones
``drift:genre:NAME``   one genre that the recent likes hold clearly more or less of
``drift:theme:T``      the same for a theme
=====================  ==================================================================
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.domain.adjustment import AdjustmentName, RankMove
from retrieval.domain.models import EventId, MovieId, ThemeId

__all__ = [
    "ContributionData",
    "ContributionEvidence",
    "CounterfactualData",
    "CounterfactualEvidence",
    "DriftData",
    "DriftEvidence",
    "Evidence",
    "EvidenceId",
    "GenreCount",
    "HistoryData",
    "HistoryEvidence",
    "ListAdjustment",
    "ListData",
    "ListEvidence",
    "MovieData",
    "MovieEvidence",
    "NoteData",
    "NoteEvidence",
    "PredictionData",
    "PredictionEvidence",
    "PremiseData",
    "PremiseEvidence",
    "ProfileData",
    "ProfileEvidence",
    "Pull",
    "RestData",
    "RestEvidence",
    "ShiftData",
    "ShiftEvidence",
    "SimilarityData",
    "SimilarityEvidence",
    "StyleData",
    "StyleEvidence",
    "TagData",
    "TagEvidence",
    "ThemeData",
    "ThemeEvidence",
    "ViewerData",
    "ViewerEvidence",
    "WhatIfData",
    "WhatIfEvidence",
    "WhyNotData",
    "WhyNotEvidence",
]

EvidenceId = str


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Evidence(_Frozen):
    id: EvidenceId
    text: str
    """The fact as one plain sentence, fit to be shown."""


class ContributionData(_Frozen):
    """One past event's part of one score."""

    movie_id: MovieId
    title: str
    source_movie_id: MovieId
    source_title: str
    event_id: EventId
    kind: str
    rating: float | None
    value: float
    share: float
    """Of the score; negative when the event speaks against the movie."""
    position: int
    """1 for the largest contribution of this score."""


class ContributionEvidence(_Evidence):
    """``contrib:M:S``."""

    kind: Literal["contribution"] = "contribution"
    data: ContributionData


class RestData(_Frozen):
    """The events that are not named one by one, together."""

    movie_id: MovieId
    title: str
    n_events: int
    value: float
    share: float


class RestEvidence(_Evidence):
    """``rest:M``."""

    kind: Literal["rest"] = "rest"
    data: RestData


class StyleData(_Frozen):
    """What the style tags that the list by taste shares add to one score."""

    movie_id: MovieId
    title: str
    tags: tuple[str, ...]
    """Those that add most, as words, largest first."""
    n_tags: int
    value: float
    share: float


class StyleEvidence(_Evidence):
    """``style:M``."""

    kind: Literal["style"] = "style"
    data: StyleData


class ProfileData(_Frozen):
    """What the starting profile (the average viewer) adds to one score."""

    movie_id: MovieId
    title: str
    value: float
    share: float


class ProfileEvidence(_Evidence):
    """``profile:M``."""

    kind: Literal["profile"] = "profile"
    data: ProfileData


class ThemeData(_Frozen):
    """A theme's place in the list and in the history."""

    theme_id: ThemeId
    label: str
    summary: str
    movie_ids: tuple[MovieId, ...]
    titles: tuple[str, ...]
    """Films of the list in this theme, best rank first."""
    list_count: int
    list_length: int
    list_share: float
    liked_count: int
    """The viewer's liked films in this theme."""
    liked_total: int
    liked_share: float
    liked_titles: tuple[str, ...]
    """A few of them, strongest first."""


class ThemeEvidence(_Evidence):
    """``theme:T``."""

    kind: Literal["theme"] = "theme"
    data: ThemeData


class HistoryData(_Frozen):
    """One event of the viewer's log."""

    event_id: EventId
    movie_id: MovieId
    title: str
    kind: str
    rating: float | None
    date: str
    """ISO date, UTC."""
    theme: str
    genres: tuple[str, ...]


class HistoryEvidence(_Evidence):
    """``hist:S``."""

    kind: Literal["history"] = "history"
    data: HistoryData


class TagData(_Frozen):
    """A style tag that films of the list share."""

    tag: str
    phrase: str
    """The tag as words: ``slow-burn`` reads ``slow burn``."""
    definition: str
    movie_ids: tuple[MovieId, ...]
    titles: tuple[str, ...]
    liked_movie_ids: tuple[MovieId, ...]
    liked_titles: tuple[str, ...]
    """Liked films of the history that carry the tag, strongest first, at most five."""
    liked_count: int
    source: Literal["notes", "users", "neighbours", "llm"]
    confidence: float


class TagEvidence(_Evidence):
    """``tag:NAME``."""

    kind: Literal["tag"] = "tag"
    data: TagData


class CounterfactualData(_Frozen):
    """One movie's rank with and without one or several events."""

    movie_id: MovieId
    title: str
    event_ids: tuple[EventId, ...]
    source_movie_ids: tuple[MovieId, ...]
    source_titles: tuple[str, ...]
    rank_before: int
    rank_after: int
    score_before: float
    score_after: float
    list_length: int
    stays_in_list: bool


class CounterfactualEvidence(_Evidence):
    """``cf:M:S``."""

    kind: Literal["counterfactual"] = "counterfactual"
    data: CounterfactualData


class Pull(_Frozen):
    """A past event that speaks for or against a movie."""

    event_id: EventId
    movie_id: MovieId
    title: str
    rating: float | None
    value: float


class WhyNotData(_Frozen):
    """Why a movie is not in the list."""

    movie_id: MovieId
    title: str
    seen: bool
    """The viewer met it already, so it never comes back."""
    seen_rating: float | None
    in_list: bool
    rank: int
    """In the list as filters and reorderings make it, like every rank of the evidence."""
    rank_by_score: int | None = None
    """Rank by score alone, when filters or reorderings moved the movie."""
    moves: tuple[RankMove, ...] = ()
    score: float
    cut_score: float
    """Score of the last movie of the list."""
    cut_title: str
    gap: float
    """``cut_score - score``; negative when the movie was left out in spite of its score."""
    list_length: int
    pulls_up: tuple[Pull, ...]
    pulls_down: tuple[Pull, ...]
    """Events that speak for the last movie of the list more than for this one, largest first."""
    remedy: Literal["rate", "forget"] | None
    """What would bring the movie in: the fewest changes that a greedy search found, so fewer may
    do; None when it found nothing."""
    remedy_titles: tuple[str, ...]
    """Films to rate, each with ``remedy_rating`` stars, or one to forget."""
    remedy_rating: float | None
    remedy_rank: int | None


class WhyNotEvidence(_Evidence):
    """``whynot:M``."""

    kind: Literal["why_not"] = "why_not"
    data: WhyNotData


class WhatIfData(_Frozen):
    """The list before and after a change of history that was not saved."""

    change: Literal["forget", "rate"]
    movie_ids: tuple[MovieId, ...]
    titles: tuple[str, ...]
    rating: float | None
    """Of every film alike; None when films are forgotten, or rated differently."""
    ratings: tuple[float, ...] = ()
    """One for each film, when they are rated."""
    list_length: int
    entered_movie_ids: tuple[MovieId, ...]
    entered_titles: tuple[str, ...]
    left_movie_ids: tuple[MovieId, ...]
    left_titles: tuple[str, ...]
    n_moved: int
    """Films that stay in the list at another rank."""
    first_before: str
    first_after: str


class WhatIfEvidence(_Evidence):
    """``whatif:forget:S`` or ``whatif:rate:S``."""

    kind: Literal["what_if"] = "what_if"
    data: WhatIfData


class PredictionData(_Frozen):
    """Predicted stars: ``mean + viewer + movie + taste``, clipped to 0.5 to 5."""

    movie_id: MovieId
    title: str
    rating: float
    mean: float
    viewer_bias: float
    movie_bias: float
    taste: float


class PredictionEvidence(_Evidence):
    """``pred:M``."""

    kind: Literal["prediction"] = "prediction"
    data: PredictionData


class MovieData(_Frozen):
    """Catalogue facts of a movie, and its place in the list if it has one."""

    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme: str
    n_ratings: int
    mean_rating: float | None
    rank: int | None
    rank_by_score: int | None = None
    """Rank by score alone, when filters or reorderings moved the movie."""
    moves: tuple[RankMove, ...] = ()
    """The filters and reorderings that moved it, in the order of their application."""
    style_tags: tuple[str, ...]


class MovieEvidence(_Evidence):
    """``movie:M``."""

    kind: Literal["movie"] = "movie"
    data: MovieData


class NoteData(_Frozen):
    """A machine-written reading of how a film feels and works."""

    movie_id: MovieId
    title: str
    source: str
    """``film-notes``, or the provider that wrote it."""
    machine_written: bool = True
    version: str | None = None
    """Version of the film notes; None for another source."""
    note: str
    visual_language: str
    narrative_pacing: str
    thematic_depth: str
    emotional_tone: str
    emotional_arc: str
    character_complexity: str
    tags: tuple[str, ...]


class NoteEvidence(_Evidence):
    """``note:M``."""

    kind: Literal["note"] = "note"
    data: NoteData


class PremiseData(_Frozen):
    """What happens in a film and who is in it, written by a machine."""

    movie_id: MovieId
    title: str
    source: str
    machine_written: bool = True
    version: str | None = None
    """Version of the film notes."""
    premise: str
    people: tuple[str, ...]
    """Who made it, then leading actors."""


class PremiseEvidence(_Evidence):
    """``premise:M``."""

    kind: Literal["premise"] = "premise"
    data: PremiseData


class SimilarityData(_Frozen):
    """How alike two movies are to the model, what made them so, and what they visibly share."""

    movie_id: MovieId
    title: str
    other_movie_id: MovieId
    other_title: str
    similarity: float
    """Cosine of the two item vectors, -1 to 1."""
    basis: Literal["viewers", "content"]
    """``content``: nobody liked one of them, so its vector is read off genres, tags and year."""
    liked_count: int
    """Viewers of the dataset who liked ``title``."""
    liked_both_count: int
    """Those of them who liked ``other_title`` too."""
    liked_both_share: float
    liked_other_share: float
    """Share of all viewers of the dataset who liked ``other_title``."""
    shared_genres: tuple[str, ...]
    shared_tags: tuple[str, ...]
    same_theme: str | None


class SimilarityEvidence(_Evidence):
    """``sim:A:B``."""

    kind: Literal["similarity"] = "similarity"
    data: SimilarityData


class ListAdjustment(_Frozen):
    """A filter or reordering that changed the list."""

    by: AdjustmentName
    strength: float | None
    """Of a reordering, above 0 up to 1; None for filters."""
    entered_titles: tuple[str, ...]
    left_titles: tuple[str, ...]
    n_entered: int
    n_left: int
    n_moved: int
    """Films of the list that it moved, the entered ones included."""


class ListData(_Frozen):
    """The list that was recommended."""

    movie_ids: tuple[MovieId, ...]
    titles: tuple[str, ...]
    list_length: int
    adjustments: tuple[ListAdjustment, ...] = ()
    """Those that moved something; none when the list is in the order of the scores."""


class ListEvidence(_Evidence):
    """``list``."""

    kind: Literal["list"] = "list"
    data: ListData


class GenreCount(_Frozen):
    """How many liked films have a genre."""

    genre: str
    count: int


class ViewerData(_Frozen):
    """The size of a viewer's history."""

    n_events: int
    n_liked: int
    n_disliked: int
    genres: tuple[GenreCount, ...]
    """Of the liked films, commonest first, at most five."""
    first_date: str | None
    last_date: str | None


class ViewerEvidence(_Evidence):
    """``viewer``."""

    kind: Literal["viewer"] = "viewer"
    data: ViewerData


class _Period(_Frozen):
    """The newest likes and the ones before, with the days they span (ISO dates, UTC)."""

    recent_total: int
    earlier_total: int
    recent_from: str
    recent_to: str
    earlier_from: str
    earlier_to: str


class ShiftData(_Period):
    """A genre or theme that the recent likes hold clearly more or less of than the older ones."""

    trait: Literal["genre", "theme"]
    name: str
    """The genre, or the theme's label."""
    theme_id: ThemeId | None
    direction: Literal["more", "less"]
    recent_count: int
    """Of the ``recent_total`` newest likes."""
    earlier_count: int
    recent_share: float
    earlier_share: float
    recent_weight: float
    """Share of the user vector's recent part that liked films with the trait make up, 0 to 1."""
    base_weight: float
    """The same of its base."""
    recent_titles: tuple[str, ...]
    """Films behind ``recent_count``, newest first, at most five."""


class ShiftEvidence(_Evidence):
    """``drift:genre:NAME`` or ``drift:theme:T``."""

    kind: Literal["shift"] = "shift"
    data: ShiftData


class DriftData(_Period):
    """How the taste of late differs from the older one."""

    cosine: float
    """Of the user vector's base and recent parts, -1 to 1."""
    more: tuple[str, ...]
    """Genres and theme labels that the recent likes hold clearly more of, clearest first."""
    less: tuple[str, ...]


class DriftEvidence(_Evidence):
    """``drift``."""

    kind: Literal["drift"] = "drift"
    data: DriftData


Evidence = Annotated[
    ContributionEvidence
    | RestEvidence
    | ProfileEvidence
    | StyleEvidence
    | ThemeEvidence
    | HistoryEvidence
    | TagEvidence
    | CounterfactualEvidence
    | WhyNotEvidence
    | WhatIfEvidence
    | PredictionEvidence
    | MovieEvidence
    | NoteEvidence
    | PremiseEvidence
    | SimilarityEvidence
    | ListEvidence
    | ViewerEvidence
    | DriftEvidence
    | ShiftEvidence,
    Field(discriminator="kind"),
]
"""Any piece of evidence."""
