"""The conversation graph.

``recall -> read_message -> act -> write -> check (-> write once) -> end``
"""

from typing import Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents.chat.context import ChatContext
from agents.chat.nodes import act, check, is_checked, read_message, recall, write
from agents.chat.state import ChatState

__all__ = ["ChatGraph", "build_chat_graph"]

ChatGraph = CompiledStateGraph[ChatState, ChatContext, ChatState, ChatState]


def build_chat_graph(checkpointer: BaseCheckpointSaver[str]) -> ChatGraph:
    """Compile the graph over a checkpointer, which keeps the threads."""
    graph: StateGraph[ChatState, ChatContext, ChatState, ChatState] = StateGraph(
        ChatState, context_schema=ChatContext
    )
    graph.add_node("recall", recall)
    graph.add_node("read_message", read_message)
    graph.add_node("act", act)
    graph.add_node("write", write)
    graph.add_node("check", check)
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "read_message")
    graph.add_edge("read_message", "act")
    graph.add_edge("act", "write")
    graph.add_edge("write", "check")
    graph.add_conditional_edges("check", _after_check, ["write", END])
    return graph.compile(checkpointer=checkpointer)


def _after_check(state: ChatState) -> Literal["write", "__end__"]:
    return "__end__" if is_checked(state) else "write"
