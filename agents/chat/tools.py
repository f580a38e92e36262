"""What the chat can do: one function an intent, each over retrieval's real computations.

A tool returns evidence and what the thread should remember. Nothing is changed without a proposal
that the viewer confirmed, and nobody's history but the viewer's own is read or changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

from agents.chat.own_ratings import rated_films
from agents.chat.schemas import Intent, IntentKind, Proposal
from retrieval.build import Retrieval
from retrieval.descriptions import DescriptionIndex, DescriptionMatch
from retrieval.domain.errors import UnknownEvent
from retrieval.domain.evidence import Evidence
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters, Ranking

__all__ = ["ToolCall", "ToolResult", "run_tool"]

_SIMILAR = 5
_GUESSES = 3
_ALIKE = 0.2
"""Cosine below which two films have little to do with each other."""
_CLEAR_LEAD = 1.25
"""How much better the best guess must fit to be called the one."""


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
    list_source: MovieId | None
    """The film that the list of the thread is similar to."""
    list_movie_ids: tuple[MovieId, ...]
    """The list of the thread."""
    descriptions: Callable[[], DescriptionIndex]
    """Made on first use: most conversations never describe a film."""


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
    list_source: MovieId | None = None
    """The film that the new list is similar to."""
    proposal: Proposal | None = None
    facts: dict[str, str] = field(default_factory=dict)
    """What the writer needs besides evidence, such as an outcome."""
    guesses: tuple[DescriptionMatch, ...] = ()


def run_tool(call: ToolCall) -> ToolResult:
    """Run the tool of an intent; intents without one return no evidence but of the premises."""
    tool = _TOOLS.get(call.intent.kind)
    result = tool(call) if tool is not None else ToolResult()
    return _with_premises(call, result)


def _with_premises(call: ToolCall, result: ToolResult) -> ToolResult:
    """Add what the history says about the films that the message takes for granted."""
    if not call.intent.premises:
        return result
    builder = call.retrieval.evidence
    movie_ids = [premise.movie_id for premise in call.intent.premises]
    pieces: list[Evidence] = [
        *builder.met(call.ranking.viewer, movie_ids),
        *(builder.movie(call.ranking, movie_id) for movie_id in movie_ids),
    ]
    known = {piece.id for piece in result.evidence}
    added = tuple(piece for piece in pieces if piece.id not in known)
    return replace(result, evidence=(*result.evidence, *added))


def _why(call: ToolCall) -> ToolResult:
    if not call.intent.movie_ids:
        return ToolResult(facts={"outcome": "empty_list"})
    movie_id = call.intent.movie_ids[0]
    if call.list_source is not None and movie_id in call.list_movie_ids:
        return _why_similar(call, call.list_source, movie_id)
    for filters in dict.fromkeys([call.list_filters, call.ranking.filters]):
        ranking = call.retrieval.recommender.rank_for(
            call.ranking.viewer, n=call.ranking.n, filters=filters
        )
        if movie_id in {r.movie_id for r in ranking.recommendations}:
            evidence = call.retrieval.evidence.for_movie(ranking, movie_id)
            facts = {"list": "filtered"} if filters.narrows else {}
            return ToolResult(evidence, focus=(movie_id,), facts=facts)
    return _why_not(call)


def _why_similar(call: ToolCall, source: MovieId, movie_id: MovieId) -> ToolResult:
    """A film of a list of similar films stands there because of the likeness alone."""
    builder = call.retrieval.evidence
    pieces = (
        *builder.compare(call.ranking, source, movie_id),
        *builder.about(call.ranking, movie_id),
    )
    evidence = tuple({piece.id: piece for piece in pieces}.values())
    return ToolResult(evidence, focus=(movie_id,), facts={"outcome": "why_similar"})


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
    missing = [m for m in call.intent.movie_ids if m not in {e.movie_id for e in events}]
    unknown = tuple(call.retrieval.evidence.movie(call.ranking, m) for m in missing)
    return ToolResult((*evidence, *unknown), focus=call.intent.movie_ids)


def _what_if_rate(call: ToolCall) -> ToolResult:
    films = call.intent.movie_ids
    stars = call.intent.ratings or (call.intent.rating or 4.0,) * len(films)
    rated = list(zip(films, stars, strict=True))
    evidence = call.retrieval.evidence.rate_several(call.ranking, rated)
    return ToolResult(evidence, focus=films)


def _recommend(call: ToolCall) -> ToolResult:
    """The list under the constraints, or under fewer when no film fits them all."""
    shown = call.ranking.filters
    order = {"surprise": shown.surprise, "diversity": shown.diversity}
    wanted = call.intent.filters.model_copy(update=order)
    for filters, dropped in _relaxations(wanted):
        ranking = call.retrieval.recommender.rank_for(
            call.ranking.viewer, n=call.ranking.n, filters=filters
        )
        ids = tuple(r.movie_id for r in ranking.recommendations)
        if ids:
            facts = {"is_filtered": "yes"} if filters.narrows else {}
            return ToolResult(
                call.retrieval.evidence.for_ranking(ranking),
                focus=ids[:1],
                list_movie_ids=ids,
                list_filters=filters,
                facts=facts | ({"dropped": dropped} if dropped else {}),
            )
    return ToolResult(facts={"outcome": "nothing_fits"})


def _relaxations(wanted: Filters) -> list[tuple[Filters, str]]:
    """The constraints, then with ever fewer styles, then without the years as well."""
    steps = [(wanted, "")]
    for size in range(len(wanted.tags) - 1, -1, -1):
        for kept in combinations(wanted.tags, size):
            steps.append((wanted.model_copy(update={"tags": kept}), "style"))
    if (wanted.year_from or wanted.year_to) and (wanted.genres or wanted.tags):
        anytime = {"year_from": None, "year_to": None}
        steps.append((steps[-1][0].model_copy(update=anytime), "years"))
    return list(dict.fromkeys(steps))


def _similar(call: ToolCall) -> ToolResult:
    movie_id = call.intent.movie_ids[0]
    met = {event.movie_id for event in call.ranking.viewer.events}
    for filters, dropped in _relaxations(call.intent.filters):
        pieces = call.retrieval.evidence.similar(
            movie_id, n=_SIMILAR, filters=filters, exclude=met - {movie_id}
        )
        evidence = tuple(
            piece
            for piece in pieces
            if piece.kind != "similarity" or piece.data.similarity >= _ALIKE
        )
        found = tuple(piece.data.other_movie_id for piece in evidence if piece.kind == "similarity")
        if found:
            facts = {} if filters.is_empty else {"is_filtered": "yes"}
            return ToolResult(
                evidence,
                focus=(movie_id,),
                list_movie_ids=found,
                list_filters=filters,
                list_source=movie_id,
                facts=facts | ({"dropped": dropped} if dropped else {}),
            )
    return ToolResult(
        (call.retrieval.evidence.movie(call.ranking, movie_id),),
        focus=(movie_id,),
        facts={"outcome": "nothing_alike"},
    )


def _compare(call: ToolCall) -> ToolResult:
    a, b = call.intent.movie_ids
    builder = call.retrieval.evidence
    pieces = (
        *builder.compare(call.ranking, a, b),
        *builder.about(call.ranking, a),
        *builder.about(call.ranking, b),
    )
    return ToolResult(tuple({piece.id: piece for piece in pieces}.values()), focus=(a, b))


def _taste_profile(call: ToolCall) -> ToolResult:
    builder, films = call.retrieval.evidence, call.intent.movie_ids
    viewer, intent = call.ranking.viewer, call.intent
    if intent.asked_ratings is not None:
        rated = rated_films(viewer.events, intent.asked_ratings, intent.rating)
        return ToolResult(tuple(builder.met(viewer, rated)), focus=rated[:1])
    if not films:
        return ToolResult(builder.taste(viewer))
    # Asked about the stars of one film.
    met = builder.met(viewer, films)
    return ToolResult(tuple(met or [builder.movie(call.ranking, films[0])]), focus=films)


def _about_movie(call: ToolCall) -> ToolResult:
    movie_id, builder = call.intent.movie_ids[0], call.retrieval.evidence
    others = [builder.movie(call.ranking, other) for other in call.intent.namesakes]
    return ToolResult((*builder.about(call.ranking, movie_id), *others), focus=(movie_id,))


def _find_movie(call: ToolCall) -> ToolResult:
    guesses = tuple(
        call.descriptions().find(call.intent.text, filters=call.intent.filters, limit=_GUESSES)
    )
    if not guesses:
        return ToolResult(facts={"outcome": "no_guess"})
    ids = tuple(guess.movie_id for guess in guesses)
    pieces = [p for m in ids for p in call.retrieval.evidence.about(call.ranking, m)]
    is_clear = len(guesses) == 1 or guesses[0].score >= _CLEAR_LEAD * guesses[1].score
    return ToolResult(
        tuple({piece.id: piece for piece in pieces}.values()),
        focus=ids,
        list_movie_ids=None if is_clear else ids,
        facts={"is_clear": "yes"} if is_clear else {},
        guesses=guesses,
    )


def _correction(call: ToolCall) -> ToolResult:
    """What the history holds on the film that is said to be wrong."""
    films = call.intent.movie_ids
    return ToolResult(tuple(call.retrieval.evidence.met(call.ranking.viewer, films)), films)


def _propose_rate(call: ToolCall) -> ToolResult:
    movie_id, rating = call.intent.movie_ids[0], call.intent.rating or 4.0
    met = call.retrieval.evidence.met(call.ranking.viewer, [movie_id])
    if any(piece.data.rating == rating for piece in met):
        return ToolResult(tuple(met), focus=(movie_id,), facts={"outcome": "known"})
    return _proposed(call, Proposal(action="rate", movie_id=movie_id, rating=rating))


def _propose_hide(call: ToolCall) -> ToolResult:
    is_milder = call.intent.text == "less_like"
    movie_id = call.intent.movie_ids[0]
    return _proposed(call, Proposal(action="less_like" if is_milder else "hide", movie_id=movie_id))


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
        try:
            profiles.forget(call.viewer_id, proposal.event_id)
        except UnknownEvent:
            return ToolResult(facts={"outcome": "gone"})
    elif proposal.action == "rate":
        profiles.record(
            call.viewer_id, movie_id=proposal.movie_id, kind="rating", rating=proposal.rating
        )
    else:
        is_milder = proposal.action == "less_like"
        profiles.record(
            call.viewer_id,
            movie_id=proposal.movie_id,
            kind="less_like_this" if is_milder else "not_interested",
        )
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
    return replace(_candidates(call), facts={"outcome": "not_in_history"})


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
    "find_movie": _find_movie,
    "rate": _propose_rate,
    "hide": _propose_hide,
    "forget": _propose_forget,
    "confirm": _confirm,
    "correction": _correction,
    "ambiguous_movie": _candidates,
}
