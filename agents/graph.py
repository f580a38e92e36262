"""The explanation graph.

```
retrieve -> cluster_analyzer -> script_analyzer (fan-out, cached) -> pattern_synthesizer
   |            (no history: straight to the synthesizer)                   |     ^
   +------------------------------------------------------------------->    v     | once
                                                                          verify -+-> done
```
"""

from collections.abc import Sequence
from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send

from agents.context import AgentContext
from agents.nodes.cluster_analyzer import cluster_analyzer
from agents.nodes.pattern_synthesizer import pattern_synthesizer
from agents.nodes.retrieve import retrieve
from agents.nodes.script_analyzer import script_analyzer
from agents.nodes.verify import needs_revision, verify
from agents.state import ExplainState, ScriptBatch
from retrieval.domain.models import MovieId

__all__ = ["ExplainGraph", "build_graph", "unread_films"]

ExplainGraph = CompiledStateGraph[ExplainState, AgentContext, ExplainState, ExplainState]


def build_graph(*, script_batch_size: int) -> ExplainGraph:
    """Compile the graph; dependencies come with each run's `AgentContext`."""

    # Whatever chooses an edge is a coroutine: LangGraph hands plain functions to another thread.
    async def fan_out(state: ExplainState) -> list[Send] | Literal["pattern_synthesizer"]:
        batches = _in_batches(unread_films(state), script_batch_size)
        # An empty list of sends would end the graph without a word.
        if not batches:
            return "pattern_synthesizer"
        return [Send("script_analyzer", ScriptBatch(movie_ids=batch)) for batch in batches]

    graph = StateGraph(ExplainState, context_schema=AgentContext)
    graph.add_node("retrieve", retrieve)
    graph.add_node("cluster_analyzer", cluster_analyzer)
    graph.add_node("script_analyzer", script_analyzer, input_schema=ScriptBatch)
    graph.add_node("pattern_synthesizer", pattern_synthesizer)
    graph.add_node("verify", verify)
    graph.add_edge(START, "retrieve")
    graph.add_conditional_edges(
        "retrieve", _after_retrieve, ["cluster_analyzer", "pattern_synthesizer"]
    )
    graph.add_conditional_edges(
        "cluster_analyzer", fan_out, ["script_analyzer", "pattern_synthesizer"]
    )
    graph.add_edge("script_analyzer", "pattern_synthesizer")
    graph.add_edge("pattern_synthesizer", "verify")
    graph.add_conditional_edges("verify", _after_verify, ["pattern_synthesizer", END])
    return graph.compile()


def unread_films(state: ExplainState) -> Sequence[MovieId]:
    """Films of the list that have no reading yet, best rank first."""
    noted = {item.data.movie_id for item in state.all_evidence if item.kind == "note"}
    noted.update(MovieId(movie_id) for movie_id in state.silent_films)
    films = [r.movie_id for r in state.required_ranking.recommendations]
    return [movie_id for movie_id in films if movie_id not in noted]


def _in_batches(films: Sequence[MovieId], size: int) -> list[tuple[MovieId, ...]]:
    return [tuple(films[start : start + size]) for start in range(0, len(films), size)]


async def _after_retrieve(
    state: ExplainState,
) -> Literal["cluster_analyzer", "pattern_synthesizer"]:
    return "pattern_synthesizer" if state.abstains else "cluster_analyzer"


async def _after_verify(state: ExplainState) -> Literal["pattern_synthesizer", "__end__"]:
    return "pattern_synthesizer" if needs_revision(state) else "__end__"
