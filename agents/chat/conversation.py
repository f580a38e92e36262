"""The chat that callers use: ask, stream, and the threads of a viewer."""

import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from functools import cached_property
from typing import Any, Final

from langchain_core.runnables import RunnableConfig

from agents.blocking import run_blocking
from agents.chat.context import ChatContext
from agents.chat.graph import ChatGraph, build_chat_graph
from agents.chat.schemas import (
    AnswerEvent,
    ChatAnswer,
    ChatEvent,
    DeltaEvent,
    StatusEvent,
    ThreadSummary,
    Turn,
)
from agents.chat.threads import ThreadStore
from agents.context import AgentContext
from retrieval.build import Retrieval
from retrieval.descriptions import DescriptionIndex
from retrieval.domain.errors import BadInput, UnknownThread
from retrieval.domain.models import ViewerId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex

__all__ = ["MAX_MESSAGE_CHARS", "Chat"]

MAX_MESSAGE_CHARS: Final = 2_000
_LIST_LENGTH: Final = 10
_THREAD_ID: Final = re.compile(r"[\w.:-]{1,64}")


class Chat:
    """Conversations about one catalogue. Safe to share between requests."""

    def __init__(
        self,
        retrieval: Retrieval,
        new_context: Callable[[], AgentContext],
        threads: ThreadStore,
    ) -> None:
        """Talk over the retrieval room.

        Args:
            retrieval: Tools and viewers.
            new_context: Makes one turn's model, verifier and patience.
            threads: Keeps the conversations.
        """
        self._retrieval = retrieval
        self._new_context = new_context
        self._threads = threads
        self._titles = TitleIndex(retrieval.bundle.movies)

    def _description_index(self) -> DescriptionIndex:
        return self._descriptions

    @cached_property
    def _descriptions(self) -> DescriptionIndex:
        return DescriptionIndex(self._retrieval.bundle)

    def ask_once(
        self, viewer_id: ViewerId, message: str, *, thread_id: str | None = None
    ) -> ChatAnswer:
        """`ask` for callers without an event loop, such as the command line."""
        return run_blocking(self.ask(viewer_id, message, thread_id=thread_id))

    async def ask(
        self,
        viewer_id: ViewerId,
        message: str,
        *,
        thread_id: str | None = None,
        filters: Filters | None = None,
    ) -> ChatAnswer:
        """Answer one message in a thread; a new thread when none is named.

        Args:
            viewer_id: Who asks.
            message: What.
            thread_id: The conversation to go on with.
            filters: What shapes the list that the viewer sees; questions are about that list.

        Raises:
            BadInput: The message is empty or too long, or the thread id has odd characters.
            UnknownViewer: No such viewer.
            UnknownThread: The thread belongs to somebody else.
            StateUnavailable: Threads or state cannot be read or written.
        """
        async with aclosing(
            self.stream(viewer_id, message, thread_id=thread_id, filters=filters)
        ) as events:
            async for event in events:
                if isinstance(event, AnswerEvent):
                    return event.answer
        raise RuntimeError("the conversation graph ended without an answer")

    async def stream(
        self,
        viewer_id: ViewerId,
        message: str,
        *,
        thread_id: str | None = None,
        filters: Filters | None = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """As `ask`, in events: the nodes as they finish, the checked words, the whole answer.

        Words are streamed after the check: an unchecked word cannot be taken back. Closing the
        iterator stops the work.
        """
        text = _check_message(message)
        thread = _check_thread_id(thread_id)
        context = ChatContext(
            agent=self._new_context(),
            retrieval=self._retrieval,
            titles=self._titles,
            descriptions=self._description_index,
            thread_id=thread,
            viewer_id=viewer_id,
            list_length=_LIST_LENGTH,
            filters=filters or Filters(),
        )
        config = _config(thread, viewer_id)
        answer: ChatAnswer | None = None
        async with self._graph() as graph:
            await _check_owner(graph, config, viewer_id)
            async for update in graph.astream(
                {"message": text, "viewer_id": viewer_id},
                config,
                context=context,
                stream_mode="updates",
                durability="exit",
            ):
                for node, values in update.items():
                    yield StatusEvent(node=node)
                    answer = (values or {}).get("answer", answer)
        if answer is None:
            raise RuntimeError("the conversation graph ended without an answer")
        await self._threads.remember(
            viewer_id, ThreadSummary(thread_id=thread, n_turns=answer.turn, first_question=text)
        )
        for word in re.findall(r"\S+\s*", answer.text):
            yield DeltaEvent(text=word)
        yield AnswerEvent(answer=answer)

    async def threads(self, viewer_id: ViewerId) -> list[ThreadSummary]:
        """Threads of a viewer, newest first."""
        return await self._threads.of_viewer(viewer_id)

    async def turns(self, viewer_id: ViewerId, thread_id: str) -> list[Turn]:
        """What was said in a thread, oldest first; raises `UnknownThread`."""
        config = _config(_check_thread_id(thread_id), viewer_id)
        async with self._graph() as graph:
            await _check_owner(graph, config, viewer_id, must_exist=True)
            values = (await graph.aget_state(config)).values
        return [Turn.model_validate(turn) for turn in values.get("turns", [])]

    async def delete_thread(self, viewer_id: ViewerId, thread_id: str) -> None:
        """Delete a thread for good; raises `UnknownThread`."""
        config = _config(_check_thread_id(thread_id), viewer_id)
        async with self._graph() as graph:
            await _check_owner(graph, config, viewer_id, must_exist=True)
        await self._threads.delete(viewer_id, thread_id)

    @asynccontextmanager
    async def _graph(self) -> AsyncIterator[ChatGraph]:
        async with self._threads.saver() as saver:
            yield build_chat_graph(saver)


def _check_message(message: str) -> str:
    text = message.strip()
    if not text:
        raise BadInput("the message is empty; ask something, such as “why the first one?”")
    if len(text) > MAX_MESSAGE_CHARS:
        raise BadInput(
            f"the message has {len(text):,} characters; at most {MAX_MESSAGE_CHARS:,} are read"
        )
    return text


def _check_thread_id(thread_id: str | None) -> str:
    if thread_id is None:
        return f"th-{uuid.uuid4().hex[:20]}"
    if not _THREAD_ID.fullmatch(thread_id):
        raise BadInput("a thread id has up to 64 letters, digits, dots, colons and hyphens")
    return thread_id


async def _check_owner(
    graph: ChatGraph, config: RunnableConfig, viewer_id: ViewerId, *, must_exist: bool = False
) -> None:
    values: dict[str, Any] = (await graph.aget_state(config)).values
    owner = values.get("viewer_id")
    # Somebody else's thread is answered like a missing one: its existence is not told.
    if (must_exist and not values.get("turns")) or (owner is not None and owner != viewer_id):
        thread_id = config["configurable"]["thread_id"]
        raise UnknownThread(f"viewer '{viewer_id}' has no conversation '{thread_id}'")


def _config(thread_id: str, viewer_id: ViewerId) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}, "metadata": {"viewer_id": str(viewer_id)}}
