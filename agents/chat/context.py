"""What one turn depends on, handed to the nodes through LangGraph's runtime."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.context import AgentContext
from retrieval.build import Retrieval
from retrieval.descriptions import DescriptionIndex
from retrieval.domain.models import ViewerId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex

__all__ = ["ChatContext"]


@dataclass(frozen=True, slots=True)
class ChatContext:
    """Dependencies of the chat's nodes."""

    agent: AgentContext
    """Model, verifier and patience, as for explanations."""
    retrieval: Retrieval
    titles: TitleIndex
    descriptions: Callable[[], DescriptionIndex]
    thread_id: str
    viewer_id: ViewerId
    list_length: int
    filters: Filters
    """What shapes the list that the viewer sees."""
