"""Server-sent events: framing, heartbeats, and an end when the reader goes away."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

import anyio

__all__ = ["MEDIA_TYPE", "frame", "with_heartbeats"]

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT: Final = ": heartbeat\n\n"


def frame(event: str, data: str) -> str:
    """One event. Each line of the data gets its own ``data:`` field, as the format asks."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {event}\n{lines}\n"


async def with_heartbeats(
    frames: AsyncGenerator[str, None], *, every_s: float
) -> AsyncIterator[str]:
    """Pass frames on, with a comment in every pause, so that no proxy takes silence for death.

    When the reader goes away the server cancels this generator, and the frames' own generator is
    closed with it: whatever it was doing stops.
    """
    waiting: asyncio.Task[str] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(frames))
            done, _ = await asyncio.wait({waiting}, timeout=every_s)
            if not done:
                yield HEARTBEAT
                continue
            finished, waiting = waiting, None
            try:
                yield finished.result()
            except StopAsyncIteration:
                return
    finally:
        # The server's scope cancels again at every await: a second blow would interrupt the very
        # cleaning up that closes connections to others.
        with anyio.CancelScope(shield=True):
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
            await frames.aclose()
