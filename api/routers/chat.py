"""The conversation: one answer as JSON or as a stream, and the threads behind it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from agents.chat.schemas import AnswerEvent, ChatAnswer, ChatEvent, ThreadSummary, Turn
from api.problems import problem_of_error, problem_responses
from api.schemas import ReorderedIn, ViewerQuery
from api.services import ServicesDep, SettingsDep
from api.sse import MEDIA_TYPE, frame, with_heartbeats
from api.viewers import check_personal
from retrieval.domain.models import ViewerId

__all__ = ["router"]

router = APIRouter(tags=["chat"])

ThreadPath = Annotated[str, Path(min_length=1, max_length=64)]
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class ChatIn(ReorderedIn):
    """One message of a viewer."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"viewer_id": "demo", "message": "why did you recommend the first one?"}
        },
    )

    viewer_id: ViewerId = Field(min_length=1, max_length=64)
    message: str
    thread_id: str | None = Field(default=None, min_length=1, max_length=64)
    """The conversation to go on with; a new one when null."""


class Thread(BaseModel):
    """What was said in one conversation."""

    thread_id: str
    turns: list[Turn]


@router.post(
    "/chat",
    response_model=ChatAnswer,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        **problem_responses(400, 404, 413, 415, 422, 503),
    },
)
async def ask(
    body: ChatIn, request: Request, services: ServicesDep, settings: SettingsDep
) -> Response | ChatAnswer:
    """Ask why, why not, what if.

    With `Accept: text/event-stream` the answer comes in events: `status` (a node has finished),
    `delta` (the next words, checked), `answer` (the whole answer, last) or `error` (a problem).
    """
    chat = await run_in_threadpool(services.chat)
    if MEDIA_TYPE not in request.headers.get("accept", ""):
        return await chat.ask(
            body.viewer_id, body.message, thread_id=body.thread_id, filters=body.filters
        )
    events = chat.stream(
        body.viewer_id, body.message, thread_id=body.thread_id, filters=body.filters
    )
    # Whatever is wrong with the request shows before the first event: it is an ordinary problem.
    first = await anext(events)
    frames = _frames(first, events, request.scope)
    return StreamingResponse(
        with_heartbeats(frames, every_s=settings.heartbeat_s),
        media_type=MEDIA_TYPE,
        headers=STREAM_HEADERS,
    )


async def _frames(
    first: ChatEvent, events: AsyncGenerator[ChatEvent, None], scope: Scope
) -> AsyncGenerator[str, None]:
    try:
        async with aclosing(events):
            yield _frame(first)
            async for event in events:
                yield _frame(event)
    except Exception as error:  # noqa: BLE001 - the status went out; the stream has to tell it
        yield frame("error", problem_of_error(scope, error).model_dump_json(exclude_none=True))


def _frame(event: ChatEvent) -> str:
    if isinstance(event, AnswerEvent):
        return frame(event.event, event.answer.model_dump_json())
    return frame(event.event, event.model_dump_json(exclude={"event"}))


@router.get("/chat/threads", responses=problem_responses(403, 404, 422, 503))
async def threads(services: ServicesDep, viewer_id: ViewerQuery) -> list[ThreadSummary]:
    """A viewer's conversations, newest first.

    Only on a server of one's own: where strangers share a viewer, a conversation is known to
    whoever was given its id.
    """
    check_personal(services.retrieval.profiles)
    chat = await run_in_threadpool(services.chat)
    return await chat.threads(viewer_id)


@router.get("/chat/threads/{thread_id}", responses=problem_responses(400, 404, 422, 503))
async def thread(thread_id: ThreadPath, services: ServicesDep, viewer_id: ViewerQuery) -> Thread:
    """What was said in a conversation, oldest first."""
    chat = await run_in_threadpool(services.chat)
    return Thread(thread_id=thread_id, turns=await chat.turns(viewer_id, thread_id))


@router.delete(
    "/chat/threads/{thread_id}", status_code=204, responses=problem_responses(400, 404, 422, 503)
)
async def delete_thread(
    thread_id: ThreadPath, services: ServicesDep, viewer_id: ViewerQuery
) -> None:
    """Delete a conversation for good."""
    chat = await run_in_threadpool(services.chat)
    await chat.delete_thread(viewer_id, thread_id)
