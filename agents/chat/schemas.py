"""What the chat says and remembers, as plain typed values."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.schemas import Claim, ProviderInfo, Usage, VerificationCounts
from retrieval.domain.evidence import Evidence
from retrieval.domain.models import EventId, MovieId
from retrieval.domain.recommendation import Filters

__all__ = [
    "ChatAnswer",
    "ChatEvent",
    "Intent",
    "IntentKind",
    "Premise",
    "Proposal",
    "ThreadSummary",
    "Turn",
]

IntentKind = Literal[
    "why",
    "why_not",
    "what_if_forget",
    "what_if_rate",
    "recommend",
    "similar",
    "compare",
    "taste_profile",
    "about_movie",
    "find_movie",
    "rate",
    "forget",
    "hide",
    "confirm",
    "decline",
    "correction",
    "thanks",
    "help",
    "out_of_scope",
    "unknown_movie",
    "ambiguous_movie",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Premise(_Frozen):
    """What a message takes for granted: "since I loved Heat, ..."."""

    movie_id: MovieId
    rating: float | None = None
    """Stars that it claims or implies; None when it only says that the film was met."""
    is_exact: bool = False
    """The stars are named, and not only a liking."""
    is_recommended: bool = False
    """It says that the film was recommended, which it was not."""


class Intent(_Frozen):
    """What a message asks for, resolved to movies."""

    kind: IntentKind
    movie_ids: tuple[MovieId, ...] = ()
    """The films it is about, in the order named; for ``ambiguous_movie`` the candidates."""
    rating: float | None = None
    ratings: tuple[float, ...] = ()
    """One for each film, when a what-if names different stars for several."""
    filters: Filters = Filters()
    namesakes: tuple[MovieId, ...] = ()
    """For ``about_movie``: less known films that the title fits, too."""
    is_false_premise: bool = False
    """The message asks why a film was recommended that was not."""
    premises: tuple[Premise, ...] = ()
    asked_ratings: Literal["highest", "lowest", "latest", "stars"] | None = None
    """For ``taste_profile``: which of the own ratings are asked for."""
    asked: IntentKind | None = None
    """For ``ambiguous_movie``: what was asked about the film."""
    text: str = ""
    """For ``unknown_movie`` the title as typed, for ``find_movie`` the description."""


class Proposal(_Frozen):
    """A change of history that waits for a yes."""

    action: Literal["rate", "forget", "hide", "less_like"]
    movie_id: MovieId
    rating: float | None = None
    event_id: EventId | None = None


class Turn(_Frozen):
    """One exchange."""

    question: str
    answer: str
    intent: IntentKind


class ChatAnswer(_Frozen):
    """One answer: claims with evidence, every one checked."""

    thread_id: str
    turn: int
    """1 for the first exchange of the thread."""
    viewer_id: str
    intent: IntentKind
    text: str
    """The claims' texts, joined."""
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    movie_ids: tuple[MovieId, ...]
    """Films that a follow-up such as "and that one?" refers to, first meant first."""
    list_movie_ids: tuple[MovieId, ...]
    """The list that "the second one" refers to."""
    proposal: Proposal | None
    suggestions: tuple[str, ...]
    """Questions that make sense next."""
    verification: VerificationCounts
    provider: ProviderInfo
    usage: Usage


class StatusEvent(_Frozen):
    """A node of the graph has finished."""

    event: Literal["status"] = "status"
    node: str


class DeltaEvent(_Frozen):
    """The next words of the answer. Only checked text is streamed."""

    event: Literal["delta"] = "delta"
    text: str


class AnswerEvent(_Frozen):
    """The whole answer; always last."""

    event: Literal["answer"] = "answer"
    answer: ChatAnswer


ChatEvent = Annotated[StatusEvent | DeltaEvent | AnswerEvent, Field(discriminator="event")]


class ThreadSummary(_Frozen):
    """One conversation of a viewer."""

    thread_id: str
    n_turns: int
    first_question: str
