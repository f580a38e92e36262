"""Viewers' state in one SQLite file: the embedded default.

Write-ahead logging lets readers go on while one writer writes, and a killed process leaves the
last committed transaction. ``synchronous=FULL`` syncs at each commit, so an acknowledged event
survives a power cut too.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from retrieval.domain.arrays import Vector
from retrieval.domain.errors import (
    InvalidInteraction,
    StateConflict,
    StateUnavailable,
    UnknownEvent,
    UnknownViewer,
)
from retrieval.domain.models import EventId, Interaction, ViewerId
from retrieval.domain.profile import UserState
from retrieval.ports import RecordResult, StoredProfile

__all__ = ["SqliteStateStore"]

_SCHEMA_VERSION = 1
_SCHEMA = """
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
"""


class SqliteStateStore:
    """Implements `retrieval.ports.StateStore` on a SQLite file; safe between threads and processes.

    Vectors are kept as little-endian float64, so a cached profile equals a replayed one bit for
    bit.
    """

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        """Open the file, creating it and its tables when they are missing.

        Args:
            path: The database file.
            timeout_s: How long a write waits for another writer.

        Raises:
            StateUnavailable: The file cannot be created, opened or written, or it is no database
                of this schema.
        """
        self._path = path
        self._timeout_s = timeout_s
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateUnavailable(f"cannot create {path.parent}: {error.strerror}") from error
        self._migrate()

    def _migrate(self) -> None:
        with self._transaction() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == _SCHEMA_VERSION:
                return
            if version > _SCHEMA_VERSION:
                raise StateUnavailable(
                    f"{self._path} was written by a newer Whylens (schema {version}); upgrade"
                )
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")

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

    def close(self) -> None:
        """Close this thread's connection; the next call opens a new one."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def _transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
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

    def has_viewer(self, viewer_id: ViewerId) -> bool:
        """Whether the viewer was created."""
        with self._transaction(write=False) as connection:
            found = connection.execute(
                "SELECT 1 FROM viewers WHERE viewer_id = ?", (viewer_id,)
            ).fetchone()
        return found is not None

    def create_viewer(self, viewer_id: ViewerId, events: list[Interaction]) -> bool:
        """Create a viewer with a first log; False if they exist already."""
        with self._transaction() as connection:
            created = connection.execute(
                "INSERT INTO viewers VALUES (?, 0) ON CONFLICT DO NOTHING", (viewer_id,)
            ).rowcount
            if created:
                connection.executemany(
                    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                    [_event_row(viewer_id, event) for event in events],
                )
        return bool(created)

    def load_log(self, viewer_id: ViewerId) -> tuple[list[Interaction], int]:
        """All events with the viewer's version; raises `UnknownViewer`."""
        with self._transaction(write=False) as connection:
            version = _version(connection, viewer_id)
            rows = connection.execute(
                "SELECT event_id, movie_id, kind, rating, timestamp_ms"
                " FROM events WHERE viewer_id = ?",
                (viewer_id,),
            ).fetchall()
        return [_event(row) for row in rows], version

    def load_profile(self, viewer_id: ViewerId) -> StoredProfile | None:
        """The cached profile if it is of the viewer's present version."""
        with self._transaction(write=False) as connection:
            row = connection.execute(
                "SELECT profiles.version, bundle, weighted_sum, ema, last_event_ms, n_events"
                " FROM profiles JOIN viewers USING (viewer_id, version) WHERE viewer_id = ?",
                (viewer_id,),
            ).fetchone()
        if row is None:
            return None
        version, bundle, weighted_sum, ema, last_event_ms, n_events = row
        state = UserState(_unpack(weighted_sum), _unpack(ema), last_event_ms, n_events)
        return StoredProfile(state, version, bundle)

    def save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        """Cache a replayed profile, unless the viewer has moved on."""
        with self._transaction() as connection:
            if _version(connection, viewer_id) == profile.version:
                _put_profile(connection, viewer_id, profile)

    def record(
        self,
        viewer_id: ViewerId,
        event: Interaction,
        profile: StoredProfile,
        *,
        expected_version: int,
    ) -> RecordResult:
        """Append an event with the profile that includes it, in one transaction."""
        with self._transaction() as connection:
            version = _version(connection, viewer_id)
            row = connection.execute(
                "SELECT event_id, movie_id, kind, rating, timestamp_ms"
                " FROM events WHERE viewer_id = ? AND event_id = ?",
                (viewer_id, event.event_id),
            ).fetchone()
            if row is not None:
                _check_same(_event(row), event)
                return RecordResult(version, duplicate=True)
            _check_version(viewer_id, version, expected_version)
            connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", _event_row(viewer_id, event)
            )
            _bump(connection, viewer_id, profile)
        return RecordResult(profile.version, duplicate=False)

    def forget(
        self,
        viewer_id: ViewerId,
        event_id: EventId,
        profile: StoredProfile,
        *,
        expected_version: int,
    ) -> RecordResult:
        """Remove an event with the profile that lacks it, in one transaction."""
        with self._transaction() as connection:
            _check_version(viewer_id, _version(connection, viewer_id), expected_version)
            removed = connection.execute(
                "DELETE FROM events WHERE viewer_id = ? AND event_id = ?", (viewer_id, event_id)
            ).rowcount
            if not removed:
                raise UnknownEvent(f"viewer '{viewer_id}' has no event '{event_id}'")
            _bump(connection, viewer_id, profile)
        return RecordResult(profile.version, duplicate=False)

    def save_explanation(self, explanation_id: str, viewer_id: ViewerId, document: str) -> None:
        """Keep an explanation; the same id again replaces it."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO explanations VALUES (?, ?, ?, ?)",
                (explanation_id, viewer_id, time.time_ns() // 1_000_000, document),
            )

    def load_explanation(self, explanation_id: str) -> str | None:
        """The JSON of an explanation, or None."""
        with self._transaction(write=False) as connection:
            row = connection.execute(
                "SELECT document FROM explanations WHERE explanation_id = ?", (explanation_id,)
            ).fetchone()
        return None if row is None else str(row[0])


def _version(connection: sqlite3.Connection, viewer_id: ViewerId) -> int:
    row = connection.execute(
        "SELECT version FROM viewers WHERE viewer_id = ?", (viewer_id,)
    ).fetchone()
    if row is None:
        raise UnknownViewer(f"there is no viewer '{viewer_id}'")
    return int(row[0])


def _check_version(viewer_id: ViewerId, version: int, expected: int) -> None:
    if version != expected:
        raise StateConflict(
            f"viewer '{viewer_id}' is at version {version}, not {expected}: somebody wrote first"
        )


def _check_same(stored: Interaction, event: Interaction) -> None:
    # The time may differ: a client that repeats a request stamps it again.
    if stored.model_copy(update={"timestamp_ms": event.timestamp_ms}) != event:
        raise InvalidInteraction(
            f"the event id '{event.event_id}' was used for another interaction; use a new one"
        )


def _bump(connection: sqlite3.Connection, viewer_id: ViewerId, profile: StoredProfile) -> None:
    connection.execute(
        "UPDATE viewers SET version = ? WHERE viewer_id = ?", (profile.version, viewer_id)
    )
    _put_profile(connection, viewer_id, profile)


def _put_profile(
    connection: sqlite3.Connection, viewer_id: ViewerId, profile: StoredProfile
) -> None:
    state = profile.state
    connection.execute(
        "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            viewer_id,
            profile.version,
            profile.bundle,
            _pack(state.weighted_sum),
            _pack(state.ema),
            state.last_event_ms,
            state.n_events,
        ),
    )


def _pack(vector: Vector) -> bytes:
    return vector.astype("<f8").tobytes()


def _unpack(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype="<f8").astype(np.float64)


def _event_row(
    viewer_id: ViewerId, event: Interaction
) -> tuple[str, str, int, str, float | None, int]:
    return (
        viewer_id,
        event.event_id,
        event.movie_id,
        event.kind,
        event.rating,
        event.timestamp_ms,
    )


def _event(row: tuple[str, int, str, float | None, int]) -> Interaction:
    event_id, movie_id, kind, rating, timestamp_ms = row
    return Interaction.model_validate(
        {
            "event_id": event_id,
            "movie_id": movie_id,
            "kind": kind,
            "rating": rating,
            "timestamp_ms": timestamp_ms,
        }
    )


def _plain(path: Path, error: sqlite3.DatabaseError) -> str:
    """Say what SQLite found and what to do about it."""
    said = str(error)
    advice = {
        "full": "free some disk space and try again",
        "locked": "another process holds it; try again when that has finished",
        "readonly": "make the file and its directory writable",
        "unable to open": "make the directory writable, or choose another with --home",
        "not a database": "it is damaged; move it away and Whylens starts a new one",
        "malformed": "it is damaged; move it away and Whylens starts a new one",
    }
    for sign, remedy in advice.items():
        if sign in said:
            return f"cannot use {path} ({said}): {remedy}"
    return f"cannot use {path}: {said}"
