"""Viewers' logs and profiles in one SQLite file: the embedded default."""

import sqlite3
from collections.abc import Iterator
from typing import NoReturn

from retrieval.domain.errors import StateConflict, UnknownViewer
from retrieval.domain.models import Interaction, ViewerId
from retrieval.ports import LogChange, StoredProfile, StoredViewer
from retrieval.sqlite_file import SqliteFile
from retrieval.stored_state import is_same_profile, pack_state, unpack_state

__all__ = ["SqliteStateStore"]


class SqliteStateStore:
    """Implements `retrieval.ports.StateStore`; a change of log and profile is one transaction."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def has_viewer(self, viewer_id: ViewerId) -> bool:
        """Whether the viewer was created."""
        with self._file.transaction(write=False) as connection:
            found = connection.execute(
                "SELECT 1 FROM viewers WHERE viewer_id = ?", (viewer_id,)
            ).fetchone()
        return found is not None

    def create_viewer(
        self, viewer_id: ViewerId, events: list[Interaction], *, created_ms: int
    ) -> bool:
        """Create a viewer with a first log; False if they exist already."""
        with self._file.transaction() as connection:
            created = connection.execute(
                "INSERT INTO viewers (viewer_id, version, created_ms) VALUES (?, 0, ?)"
                " ON CONFLICT DO NOTHING",
                (viewer_id, created_ms),
            ).rowcount
            if created:
                for event in events:
                    _add_event(connection, viewer_id, event)
        return bool(created)

    def viewer_ids(self) -> Iterator[ViewerId]:
        """Every viewer."""
        with self._file.transaction(write=False) as connection:
            rows = connection.execute("SELECT viewer_id FROM viewers").fetchall()
        return (ViewerId(viewer_id) for (viewer_id,) in rows)

    def load_viewer(
        self, viewer_id: ViewerId, *, known: StoredViewer | None = None
    ) -> StoredViewer:
        """Log, version and cached profile in one snapshot; raises `UnknownViewer`."""
        with self._file.transaction(write=False) as connection:
            viewer = connection.execute(
                "SELECT version, created_ms, made_by, state"
                " FROM viewers LEFT JOIN profiles USING (viewer_id, version) WHERE viewer_id = ?",
                (viewer_id,),
            ).fetchone()
            if viewer is None:
                raise UnknownViewer(f"there is no viewer '{viewer_id}'")
            version, created_ms, *cached = viewer
            profile = _profile(version, *cached)
            if known is not None and is_same_profile(known.profile, profile):
                return known
            events = connection.execute(
                "SELECT event_id, movie_id, kind, rating, timestamp_ms"
                " FROM events WHERE viewer_id = ?",
                (viewer_id,),
            ).fetchall()
        return StoredViewer(
            events=[_event(row) for row in events],
            version=version,
            profile=profile,
            created_ms=created_ms,
        )

    def commit(self, viewer_id: ViewerId, change: LogChange, profile: StoredProfile) -> None:
        """Change the log with the profile that follows from it, in one transaction."""
        with self._file.transaction() as connection:
            moved = connection.execute(
                "UPDATE viewers SET version = ? WHERE viewer_id = ? AND version = ?",
                (profile.version, viewer_id, profile.version - 1),
            ).rowcount
            if not moved:
                _raise_conflict(connection, viewer_id, profile.version - 1)
            if change.removed is not None:
                connection.execute(
                    "DELETE FROM events WHERE viewer_id = ? AND event_id = ?",
                    (viewer_id, change.removed),
                )
            if change.added is not None:
                _add_event(connection, viewer_id, change.added)
            _put_profile(connection, viewer_id, profile)

    def save_profile(self, viewer_id: ViewerId, profile: StoredProfile) -> None:
        """Cache a replayed profile, unless the viewer has moved on."""
        with self._file.transaction() as connection:
            if _version(connection, viewer_id) == profile.version:
                _put_profile(connection, viewer_id, profile)


def _version(connection: sqlite3.Connection, viewer_id: ViewerId) -> int:
    row = connection.execute(
        "SELECT version FROM viewers WHERE viewer_id = ?", (viewer_id,)
    ).fetchone()
    if row is None:
        raise UnknownViewer(f"there is no viewer '{viewer_id}'")
    return int(row[0])


def _raise_conflict(connection: sqlite3.Connection, viewer_id: ViewerId, expected: int) -> NoReturn:
    version = _version(connection, viewer_id)
    raise StateConflict(
        f"viewer '{viewer_id}' is at version {version}, not {expected}: somebody wrote first"
    )


def _put_profile(
    connection: sqlite3.Connection, viewer_id: ViewerId, profile: StoredProfile
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO profiles (viewer_id, version, made_by, state) VALUES (?, ?, ?, ?)",
        (viewer_id, profile.version, profile.made_by, pack_state(profile.state)),
    )


def _profile(version: int, made_by: str | None, packed: bytes | None) -> StoredProfile | None:
    state = unpack_state(packed or b"")
    return None if state is None or made_by is None else StoredProfile(state, version, made_by)


def _add_event(connection: sqlite3.Connection, viewer_id: ViewerId, event: Interaction) -> None:
    connection.execute(
        "INSERT INTO events (viewer_id, event_id, movie_id, kind, rating, timestamp_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            viewer_id,
            event.event_id,
            event.movie_id,
            event.kind,
            event.rating,
            event.timestamp_ms,
        ),
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
