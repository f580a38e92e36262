"""Runs a coroutine for callers without an event loop, and leaves their thread as it was."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["run_blocking"]

T = TypeVar("T")


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Wait for a coroutine in a thread of its own.

    LangGraph makes the loop it runs in the thread's current one, and ``asyncio.run`` leaves a
    thread without any. Either would make every later Mangum call of the calling thread fail.
    """
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, work).result()
