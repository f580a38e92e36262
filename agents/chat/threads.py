"""Where conversations are kept: a SQLite file, or a DynamoDB table.

LangGraph's checkpointers keep the state of each thread; which threads a viewer has is kept beside
it, because a checkpointer can only be asked for a thread that is known.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agents.chat.schemas import ThreadSummary
from retrieval.domain.errors import StateUnavailable
from retrieval.domain.models import ViewerId

__all__ = ["DynamoThreads", "SqliteThreads", "ThreadStore"]

_CREATE: Final = """
CREATE TABLE IF NOT EXISTS viewer_threads (
    viewer_id TEXT NOT NULL,
    thread_id TEXT NOT NULL PRIMARY KEY,
    n_turns INTEGER NOT NULL,
    first_question TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
)
"""
_PRUNE: Final = """
DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < (
    SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?
)
"""
"""Ids of checkpoints ascend with time."""
_KEPT_S: Final = 180 * 24 * 3600
"""A conversation in DynamoDB that nobody goes on with expires after half a year."""


class ThreadStore(Protocol):
    """Keeps threads; every failure is a `StateUnavailable`."""

    def saver(self) -> AbstractAsyncContextManager[BaseCheckpointSaver[str]]:
        """A checkpointer for one call."""
        ...

    async def remember(self, viewer_id: ViewerId, summary: ThreadSummary) -> None:
        """Note that a thread has gone on; the first question of its first turn stays."""
        ...

    async def of_viewer(self, viewer_id: ViewerId) -> list[ThreadSummary]:
        """A viewer's threads, newest first."""
        ...

    async def delete(self, viewer_id: ViewerId, thread_id: str) -> None:
        """Delete a thread for good."""
        ...


class SqliteThreads:
    """Threads in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def saver(self) -> AsyncIterator[BaseCheckpointSaver[str]]:
        """A saver for one call: its connection belongs to the caller's event loop."""
        with self._errors():
            async with AsyncSqliteSaver.from_conn_string(str(self._path)) as saver:
                yield saver

    async def remember(self, viewer_id: ViewerId, summary: ThreadSummary) -> None:
        """Note that a thread has gone on, and drop its earlier checkpoints."""
        async with self._connection() as connection:
            await connection.execute(
                "INSERT INTO viewer_threads VALUES (?, ?, ?, ?, ?) ON CONFLICT (thread_id)"
                " DO UPDATE SET n_turns = excluded.n_turns, updated_ms = excluded.updated_ms",
                (
                    viewer_id,
                    summary.thread_id,
                    summary.n_turns,
                    summary.first_question,
                    time.time_ns() // 1_000_000,
                ),
            )
            for table in ("writes", "checkpoints"):
                await connection.execute(_PRUNE.format(table=table), (summary.thread_id,) * 2)
            await connection.commit()

    async def of_viewer(self, viewer_id: ViewerId) -> list[ThreadSummary]:
        """A viewer's threads, newest first."""
        async with self._connection() as connection:
            rows = await connection.execute_fetchall(
                "SELECT thread_id, n_turns, first_question FROM viewer_threads"
                " WHERE viewer_id = ? ORDER BY updated_ms DESC, rowid DESC",
                (viewer_id,),
            )
        return [
            ThreadSummary(thread_id=row[0], n_turns=row[1], first_question=row[2]) for row in rows
        ]

    async def delete(self, viewer_id: ViewerId, thread_id: str) -> None:
        """Delete a thread for good."""
        async with self.saver() as saver:
            await saver.adelete_thread(thread_id)
        async with self._connection() as connection:
            await connection.execute(
                "DELETE FROM viewer_threads WHERE viewer_id = ? AND thread_id = ?",
                (viewer_id, thread_id),
            )
            await connection.commit()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosqlite.Connection]:
        with self._errors():
            async with aiosqlite.connect(self._path) as connection:
                await connection.execute(_CREATE)
                yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (aiosqlite.Error, OSError) as error:
            raise StateUnavailable(f"cannot use {self._path}: {error}") from error


class DynamoThreads:
    """Threads in one DynamoDB table with the string keys ``PK`` and ``SK`` and the TTL ``ttl``.

    Credentials, region and endpoint are boto3's own (``AWS_...``).
    """

    def __init__(self, table: str) -> None:
        """Use a table; nothing is asked of it yet.

        Raises:
            StateUnavailable: The packages are missing, or boto3 has no region.
        """
        self._table = table
        with self._errors():
            self._saver = _dynamo_saver(table)

    @asynccontextmanager
    async def saver(self) -> AsyncIterator[BaseCheckpointSaver[str]]:
        """The saver, which is safe to share."""
        with self._errors():
            yield self._saver

    async def remember(self, viewer_id: ViewerId, summary: ThreadSummary) -> None:
        """Note that a thread has gone on."""
        now = time.time()
        await self._call(
            "update_item",
            Key=_key(viewer_id, summary.thread_id),
            UpdateExpression=(
                "SET n_turns = :turns, updated_ms = :now, #ttl = :ttl,"
                " first_question = if_not_exists(first_question, :question)"
            ),
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={
                ":turns": {"N": str(summary.n_turns)},
                ":now": {"N": str(int(now * 1000))},
                ":ttl": {"N": str(int(now) + _KEPT_S)},
                ":question": {"S": summary.first_question},
            },
        )

    async def of_viewer(self, viewer_id: ViewerId) -> list[ThreadSummary]:
        """A viewer's threads, newest first."""
        items: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            page = await self._call(
                "query",
                KeyConditionExpression="PK = :viewer",
                ExpressionAttributeValues={":viewer": _key(viewer_id, "")["PK"]},
                ConsistentRead=True,
                **start,
            )
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        items.sort(key=lambda item: -int(item["updated_ms"]["N"]))
        return [
            ThreadSummary(
                thread_id=item["SK"]["S"],
                n_turns=int(item["n_turns"]["N"]),
                first_question=item["first_question"]["S"],
            )
            for item in items
        ]

    async def delete(self, viewer_id: ViewerId, thread_id: str) -> None:
        """Delete a thread for good."""
        async with self.saver() as saver:
            await saver.adelete_thread(thread_id)
        await self._call("delete_item", Key=_key(viewer_id, thread_id))

    async def _call(self, method: str, **arguments: Any) -> Any:
        call: Callable[..., Any] = getattr(self._saver.client, method)
        with self._errors():
            return await asyncio.to_thread(call, TableName=self._table, **arguments)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError as error:
            raise StateUnavailable(
                "threads in DynamoDB need further packages; install 'whylens[aws]'"
            ) from error
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise StateUnavailable(
                f"cannot use the DynamoDB table '{self._table}' for threads: {error}; check its"
                " name, AWS_REGION and the permissions"
            ) from error


def _dynamo_saver(table: str) -> Any:
    from langgraph_checkpoint_aws import DynamoDBSaver

    # An item holds 400 KB at most; forty turns stay far below it, and further when compressed.
    return DynamoDBSaver(table_name=table, ttl_seconds=_KEPT_S, enable_checkpoint_compression=True)


def _key(viewer_id: ViewerId, thread_id: str) -> dict[str, dict[str, str]]:
    return {"PK": {"S": f"VIEWER_THREADS#{viewer_id}"}, "SK": {"S": thread_id}}
