"""The state of a conversation: what a thread keeps, and what lives for one turn.

What is kept is plain JSON values, so that a checkpoint of today can be read by tomorrow's code.
Evidence lives for one turn and is never written to a checkpoint.
"""

from typing import Annotated, Any

from langgraph.channels import UntrackedValue
from typing_extensions import TypedDict

from agents.chat.schemas import ChatAnswer, Intent
from agents.chat.tools import ToolResult
from agents.chat.writing import Sentence
from agents.schemas import NodeUsage
from retrieval.domain.recommendation import Ranking

__all__ = ["MAX_TURNS", "ChatState"]

MAX_TURNS = 40
"""Turns that a thread remembers word for word."""


class ChatState(TypedDict, total=False):
    """Keys above the line are kept between turns."""

    viewer_id: str
    turns: list[dict[str, Any]]
    """The newest `MAX_TURNS` of `schemas.Turn`, oldest first."""
    n_turns: int
    list_movie_ids: list[int]
    filters: dict[str, Any]
    """Constraints under which the list was made."""
    list_source: int | None
    """The film that the list is similar to, if it is such a list."""
    last: dict[str, Any] | None
    """The `schemas.Intent` of the turn before."""
    focus: list[int]
    proposal: dict[str, Any] | None

    message: Annotated[str, UntrackedValue]
    ranking: Annotated[Ranking, UntrackedValue]
    intent: Annotated[Intent, UntrackedValue]
    result: Annotated[ToolResult, UntrackedValue]
    drafts: Annotated[list[Sentence], UntrackedValue]
    fallbacks: Annotated[list[Sentence], UntrackedValue]
    """The offline answer, which stands in for drafts that fail twice."""
    problems: Annotated[list[list[str]], UntrackedValue]
    revisions: Annotated[int, UntrackedValue]
    n_revised: Annotated[int, UntrackedValue]
    """Sentences that were sent back to the model."""
    usage: Annotated[list[NodeUsage], UntrackedValue]
    answer: Annotated[ChatAnswer, UntrackedValue]
