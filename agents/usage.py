"""Adds up what the nodes of a run cost."""

from collections.abc import Iterable

from agents.context import AgentContext
from agents.pricing import cost_usd
from agents.schemas import NodeUsage, Usage

__all__ = ["add_up"]

_COUNTED = ("calls", "input_tokens", "output_tokens", "latency_ms", "cached", "fallbacks")


def add_up(context: AgentContext, used: Iterable[NodeUsage], *, latency_ms: float) -> Usage:
    """The usage of a whole answer.

    Args:
        context: Whose provider and prices.
        used: One entry a call; parallel calls and revisions of a node become one.
        latency_ms: Of the answer; nodes that ran side by side took less than their sum.
    """
    nodes = tuple(
        node.model_copy(update={"cost_usd": _cost(context, node.input_tokens, node.output_tokens)})
        for node in _by_node(used)
    )
    input_tokens = sum(node.input_tokens for node in nodes)
    output_tokens = sum(node.output_tokens for node in nodes)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost_usd=_cost(context, input_tokens, output_tokens),
        latency_ms=round(latency_ms, 3),
        nodes=nodes,
    )


def _cost(context: AgentContext, input_tokens: int, output_tokens: int) -> float | None:
    return cost_usd(
        provider=context.provider,
        model=context.model_name,
        base_url=context.settings.groq_base_url,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )


def _by_node(used: Iterable[NodeUsage]) -> Iterable[NodeUsage]:
    totals: dict[str, NodeUsage] = {}
    for item in used:
        before = totals.get(item.node)
        if before is None:
            totals[item.node] = item
            continue
        summed = {name: getattr(before, name) + getattr(item, name) for name in _COUNTED}
        totals[item.node] = before.model_copy(update=summed)
    return totals.values()
