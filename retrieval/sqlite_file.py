"""One SQLite file: its schema, its transactions, and what its errors mean.

Write-ahead logging lets readers go on while one writer writes, and a killed process leaves the
last committed transaction. ``synchronous=FULL`` syncs at each commit, so an acknowledged event
survives a power cut too.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from retrieval.domain.errors import StateUnavailable

__all__ = ["SqliteFile"]

# Each step takes a file from the version of its index to the next, and is never edited once
# released: files out there have run it.
_MIGRATIONS: Final = (
    """
    CREATE TABLE viewers (
        viewer_id TEXT PRIMARY KEY,
        version INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE events (
        viewer_id TEXT NOT NULL REFERENCES viewers,
        event_id TEXT NOT NULL,
        movie_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        rating REAL,
        timestamp_ms INTEGER NOT NULL,
        PRIMARY KEY (viewer_id, event_id)
    ) WITHOUT ROWID;
    CREATE TABLE profiles (
        viewer_id TEXT PRIMARY KEY REFERENCES viewers,
        version INTEGER NOT NULL,
        bundle TEXT NOT NULL,
        weighted_sum BLOB NOT NULL,
        ema BLOB NOT NULL,
        last_event_ms INTEGER,
        n_events INTEGER NOT NULL
    );
    CREATE TABLE explanations (
        explanation_id TEXT PRIMARY KEY,
        viewer_id TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        document TEXT NOT NULL
    );
    """,
    # Profiles are a cache: what is dropped here is replayed from the log at the next touch.
    """
    ALTER TABLE viewers ADD COLUMN created_ms INTEGER;
    DROP TABLE profiles;
    CREATE TABLE profiles (
        viewer_id TEXT PRIMARY KEY REFERENCES viewers,
        version INTEGER NOT NULL,
        made_by TEXT NOT NULL,
        state BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE cached_texts (
        key TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        expires_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX cached_texts_by_expiry ON cached_texts (expires_ms);
    """,
)
_DAMAGED: Final = "it is damaged; move it away and Whylens starts a new one"
_ADVICE: Final = {
    "full": "free some disk space and try again",
    "disk I/O error": "check the disk and its free space, then try again",
    "locked": "another process holds it; try again when that has finished",
    "readonly": "make the file and its directory writable",
    "unable to open": "make the directory writable, or choose another with --home",
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
}


class SqliteFile:
    """Transactions on one database file; safe between threads and processes."""

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        """Open the file, creating it when it is missing and migrating it when it is older.

        Args:
            path: The database file.
            timeout_s: How long a write waits for another writer.

        Raises:
            StateUnavailable: The file cannot be created, opened or written, or it is no database
                of ours, or of a newer Whylens. It is left as it was.
        """
        self._path = path
        self._timeout_s = timeout_s
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateUnavailable(f"cannot create {path.parent}: {error.strerror}") from error
        self._migrate()

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; everything that SQLite can say becomes a `StateUnavailable`."""
        try:
            connection = self._connection()
            # IMMEDIATE takes the write lock before the first read, so a version that was read
            # inside cannot change before the commit.
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield connection
            except BaseException:
                # SQLite rolls back by itself on some errors, a full disk among them.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self.close()
            raise StateUnavailable(_plain(self._path, error)) from error

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=self._timeout_s, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection

    def _migrate(self) -> None:
        with self.transaction(write=False) as connection:
            if _schema(connection, self._path) == len(_MIGRATIONS):
                return
        with self.transaction() as connection:
            # Read again: another process may have migrated meanwhile.
            for step in _MIGRATIONS[_schema(connection, self._path) :]:
                for statement in filter(str.strip, step.split(";")):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _schema(connection: sqlite3.Connection, path: Path) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise StateUnavailable(f"{path} was written by a newer Whylens (schema {version}); upgrade")
    return int(version)


def _plain(path: Path, error: sqlite3.DatabaseError) -> str:
    """Say what SQLite found and what to do about it."""
    said = str(error)
    for sign, remedy in _ADVICE.items():
        if sign in said:
            return f"cannot use {path} ({said}): {remedy}"
    return f"cannot use {path}: {said}"
