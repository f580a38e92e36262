"""Ranks, and measures the evidence."""

from dataclasses import replace
from typing import Any

from langgraph.runtime import Runtime

from agents.context import AgentContext
from agents.nodes.script_analyzer import cached_films
from agents.state import ExplainRequest, ExplainState
from retrieval.domain.evidence import Evidence, NoteEvidence
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Ranking

__all__ = ["retrieve"]


async def retrieve(state: ExplainState, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """The list (or the one film that was asked for) and everything that may be cited about it."""
    context = runtime.context
    request = state.request
    snapshot = context.recommender.snapshot(request.viewer_id, as_of_ms=request.as_of_ms)
    ranking = context.recommender.rank_for(snapshot, n=request.n, filters=request.filters)
    if request.movie_id is None:
        evidence = context.evidence.for_ranking(ranking)
    else:
        ranking, evidence = _one_film(context, request, ranking, request.movie_id)
    noted = {item.data.movie_id for item in evidence if isinstance(item, NoteEvidence)}
    unread = [r.movie_id for r in ranking.recommendations if r.movie_id not in noted]
    cached = cached_films(context, unread)
    return {
        "ranking": ranking,
        "evidence": evidence,
        "notes": cached.notes,
        "silent_films": cached.silent,
    }


def _one_film(
    context: AgentContext, request: ExplainRequest, ranking: Ranking, movie_id: MovieId
) -> tuple[Ranking, tuple[Evidence, ...]]:
    """The ranking narrowed to one film, and its evidence; any rank will do."""
    found = next((r for r in ranking.recommendations if r.movie_id == movie_id), None)
    in_list = found is not None
    if found is None:
        found = context.recommender.recommendation(ranking.viewer, movie_id, request.filters)
    alone = replace(ranking, recommendations=(found,))
    if in_list:
        return alone, context.evidence.for_movie(ranking, movie_id)
    about_list = {"list", "theme", "tag"}  # would take the film for the whole list
    evidence = context.evidence.for_movie(alone, movie_id)
    return alone, tuple(item for item in evidence if item.kind not in about_list)
