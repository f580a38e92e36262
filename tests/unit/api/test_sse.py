import asyncio
from collections.abc import AsyncGenerator

import pytest

from api.sse import frame, with_heartbeats


def test_each_line_of_the_data_gets_its_own_field() -> None:
    assert frame("token", "a\nb") == "event: token\ndata: a\ndata: b\n\n"
    assert frame("end", "") == "event: end\ndata: \n\n"


def test_a_pause_is_filled_with_comments_and_nothing_is_lost() -> None:
    async def slow() -> AsyncGenerator[str, None]:
        yield "first"
        await asyncio.sleep(0.05)
        yield "second"

    async def read() -> list[str]:
        return [text async for text in with_heartbeats(slow(), every_s=0.01)]

    texts = asyncio.run(read())
    assert [text for text in texts if not text.startswith(":")] == ["first", "second"]
    assert texts.count(": heartbeat\n\n") >= 2


def test_an_error_in_the_frames_reaches_the_reader() -> None:
    async def broken() -> AsyncGenerator[str, None]:
        yield "first"
        raise RuntimeError("gone")

    async def read() -> list[str]:
        return [text async for text in with_heartbeats(broken(), every_s=1)]

    with pytest.raises(RuntimeError, match="gone"):
        asyncio.run(read())


def test_when_the_reader_goes_away_the_work_behind_the_frames_stops() -> None:
    stopped = []

    async def endless() -> AsyncGenerator[str, None]:
        try:
            while True:
                yield "more"
                await asyncio.sleep(60)
        finally:
            stopped.append(True)

    async def leave_early() -> None:
        async def read() -> None:
            async for _ in with_heartbeats(endless(), every_s=0.01):
                pass

        reader = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)

    asyncio.run(leave_early())
    assert stopped == [True]
