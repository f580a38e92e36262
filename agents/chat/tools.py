"""What the chat can do: one function an intent, each over retrieval's real computations.

A tool returns evidence and what the thread should remember. Nothing is changed without a proposal
that the viewer confirmed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from agents.chat.schemas import Intent, IntentKind, Proposal
from retrieval.build import Retrieval
from retrieval.domain.evidence import Evidence
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters, Ranking

__all__ = ["ToolCall", "ToolResult", "run_tool"]

_SIMILAR = 5
_ALIKE = 0.2
"""Cosine below which two films have little to do with each other."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call with everything it may depend on."""

    retrieval: Retrieval
    viewer_id: ViewerId
    intent: Intent
    ranking: Ranking
    """The viewer's current list."""
    list_filters: Filters
    """Constraints of the list that the thread talks about."""
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool found or did."""

    evidence: tuple[Evidence, ...] = ()
    focus: tuple[MovieId, ...] = ()
    """Films that the next "it" means."""
    list_movie_ids: tuple[MovieId, ...] | None = None
    """A new list for "the second one", if one was made."""
    list_filters: Filters = field(default_factory=Filters)
    """Constraints of the new list."""
    proposal: Proposal | None = None
    facts: dict[str, str] = field(default_factory=dict)
    """What the writer needs besides evidence, such as an outcome."""


def run_tool(call: ToolCall) -> ToolResult:
    """Run the tool of an intent; intents without one return an empty result."""
    tool = _TOOLS.get(call.intent.kind)
    return tool(call) if tool is not None else ToolResult()


def _why(call: ToolCall) -> ToolResult:
    if not call.intent.movie_ids:
        return ToolResult(facts={"outcome": "empty_list"})
    movie_id = call.intent.movie_ids[0]
    for filters in dict.fromkeys([Filters(), call.list_filters]):
        ranking = call.retrieval.recommender.rank_for(
            call.ranking.viewer, n=call.ranking.n, filters=filters
        )
        if movie_id in {r.movie_id for r in ranking.recommendations}:
            evidence = call.retrieval.evidence.for_movie(ranking, movie_id)
            return ToolResult(evidence, focus=(movie_id,))
    return _why_not(call)


def _why_not(call: ToolCall) -> ToolResult:
    movie_id = call.intent.movie_ids[0]
    evidence = call.retrieval.evidence.why_not(call.ranking, movie_id)
    return ToolResult(evidence, focus=(movie_id,))


def _what_if_forget(call: ToolCall) -> ToolResult:
    wanted = set(call.intent.movie_ids)
    events = [e for e in call.ranking.viewer.events if e.movie_id in wanted]
    if not events:
        return _not_in_history(call)
    evidence = call.retrieval.evidence.forget(call.ranking, [e.event_id for e in events])
    return ToolResult(evidence, focus=call.intent.movie_ids)


def _what_if_rate(call: ToolCall) -> ToolResult:
    movie_id, rating = call.intent.movie_ids[0], call.intent.rating or 4.0
    evidence = call.retrieval.evidence.rate(call.ranking, movie_id, rating)
    return ToolResult(evidence, focus=(movie_id,))


def _recommend(call: ToolCall) -> ToolResult:
    return _list_for(call, call.intent.filters)


def _list_for(call: ToolCall, filters: Filters) -> ToolResult:
    ranking = call.retrieval.recommender.rank_for(
        call.ranking.viewer, n=call.ranking.n, filters=filters
    )
    ids = tuple(r.movie_id for r in ranking.recommendations)
    facts = {} if ids else {"outcome": "nothing_fits"}
    return ToolResult(
        call.retrieval.evidence.for_ranking(ranking),
        focus=ids[:1],
        list_movie_ids=ids or None,
        list_filters=filters,
        facts=facts if filters.is_empty else facts | {"is_filtered": "yes"},
    )


def _similar(call: ToolCall) -> ToolResult:
    movie_id = call.intent.movie_ids[0]
    met = {event.movie_id for event in call.ranking.viewer.events}
    evidence = tuple(
        piece
        for piece in call.retrieval.evidence.similar(
            movie_id, n=_SIMILAR, filters=call.intent.filters, exclude=met - {movie_id}
        )
        if piece.kind != "similarity" or piece.data.similarity >= _ALIKE
    )
    found = tuple(piece.data.other_movie_id for piece in evidence if piece.kind == "similarity")
    facts = {} if found else {"outcome": "nothing_fits"}
    return ToolResult(
        evidence, focus=found[:1] or (movie_id,), list_movie_ids=found or None, facts=facts
    )


def _compare(call: ToolCall) -> ToolResult:
    a, b = call.intent.movie_ids
    return ToolResult(call.retrieval.evidence.compare(call.ranking, a, b), focus=(a, b))


def _taste_profile(call: ToolCall) -> ToolResult:
    return ToolResult(call.retrieval.evidence.taste(call.ranking.viewer))


def _about_movie(call: ToolCall) -> ToolResult:
    movie_id = call.intent.movie_ids[0]
    if movie_id in {r.movie_id for r in call.ranking.recommendations}:
        return _why(call)
    return _why_not(call)


def _propose_rate(call: ToolCall) -> ToolResult:
    movie_id, rating = call.intent.movie_ids[0], call.intent.rating or 4.0
    return _proposed(call, Proposal(action="rate", movie_id=movie_id, rating=rating))


def _propose_hide(call: ToolCall) -> ToolResult:
    return _proposed(call, Proposal(action="hide", movie_id=call.intent.movie_ids[0]))


def _propose_forget(call: ToolCall) -> ToolResult:
    movie_id = call.intent.movie_ids[0]
    events = [e for e in call.ranking.viewer.events if e.movie_id == movie_id]
    if not events:
        return _not_in_history(call)
    return _proposed(
        call, Proposal(action="forget", movie_id=movie_id, event_id=events[-1].event_id)
    )


def _proposed(call: ToolCall, proposal: Proposal) -> ToolResult:
    evidence = _preview(call, proposal)
    focus = (proposal.movie_id,)
    if not call.retrieval.profiles.is_writable(call.viewer_id):
        return ToolResult(evidence, focus, facts={"outcome": "read_only"})
    return ToolResult(evidence, focus, proposal=proposal)


def _preview(call: ToolCall, proposal: Proposal) -> tuple[Evidence, ...]:
    builder = call.retrieval.evidence
    if proposal.action == "forget" and proposal.event_id is not None:
        return builder.forget(call.ranking, [proposal.event_id])
    if proposal.action == "rate" and proposal.rating is not None:
        return builder.rate(call.ranking, proposal.movie_id, proposal.rating)
    return (builder.movie(call.ranking, proposal.movie_id),)


def _confirm(call: ToolCall) -> ToolResult:
    proposal = call.proposal
    if proposal is None:
        return ToolResult()
    profiles = call.retrieval.profiles
    if proposal.action == "forget" and proposal.event_id is not None:
        profiles.forget(call.viewer_id, proposal.event_id)
    elif proposal.action == "rate":
        profiles.record(
            call.viewer_id, movie_id=proposal.movie_id, kind="rating", rating=proposal.rating
        )
    else:
        profiles.record(call.viewer_id, movie_id=proposal.movie_id, kind="not_interested")
    after = call.retrieval.recommender.recommend(
        call.viewer_id, n=call.ranking.n, filters=call.ranking.filters
    )
    return ToolResult(
        (call.retrieval.evidence.listing(after),),
        focus=(proposal.movie_id,),
        list_movie_ids=tuple(r.movie_id for r in after.recommendations),
        facts={"outcome": "done", "action": proposal.action},
    )


def _not_in_history(call: ToolCall) -> ToolResult:
    evidence = tuple(
        call.retrieval.evidence.movie(call.ranking, movie_id) for movie_id in call.intent.movie_ids
    )
    return ToolResult(evidence, call.intent.movie_ids, facts={"outcome": "not_in_history"})


def _candidates(call: ToolCall) -> ToolResult:
    evidence = tuple(
        call.retrieval.evidence.movie(call.ranking, movie_id) for movie_id in call.intent.movie_ids
    )
    return ToolResult(evidence, call.intent.movie_ids)


_TOOLS: Final[dict[IntentKind, Callable[[ToolCall], ToolResult]]] = {
    "why": _why,
    "why_not": _why_not,
    "what_if_forget": _what_if_forget,
    "what_if_rate": _what_if_rate,
    "recommend": _recommend,
    "similar": _similar,
    "compare": _compare,
    "taste_profile": _taste_profile,
    "about_movie": _about_movie,
    "rate": _propose_rate,
    "hide": _propose_hide,
    "forget": _propose_forget,
    "confirm": _confirm,
    "ambiguous_movie": _candidates,
}
