"""Explanations and cached texts in the same SQLite file as the viewers."""

import time
from collections.abc import Callable

from retrieval.sqlite_file import SqliteFile

__all__ = ["SqliteDocumentStore"]


class SqliteDocumentStore:
    """Implements `retrieval.ports.DocumentStore`."""

    def __init__(self, file: SqliteFile, *, now_s: Callable[[], float] = time.time) -> None:
        """Keep documents in a file.

        Args:
            file: The database.
            now_s: The clock that cached texts expire by, seconds since 1970.
        """
        self._file = file
        self._now_s = now_s

    def save_explanation(self, explanation_id: str, viewer_id: str, document: str) -> None:
        """Keep an explanation; the same id again replaces it."""
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO explanations"
                " (explanation_id, viewer_id, created_ms, document) VALUES (?, ?, ?, ?)",
                (explanation_id, viewer_id, int(self._now_s() * 1000), document),
            )

    def load_explanation(self, explanation_id: str) -> str | None:
        """The JSON of an explanation, or None."""
        with self._file.transaction(write=False) as connection:
            row = connection.execute(
                "SELECT document FROM explanations WHERE explanation_id = ?", (explanation_id,)
            ).fetchone()
        return None if row is None else str(row[0])

    def cache_text(self, key: str, text: str, *, ttl_s: float) -> None:
        """Keep a text for a while; what has expired meanwhile goes."""
        now_ms = int(self._now_s() * 1000)
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM cached_texts WHERE expires_ms <= ?", (now_ms,))
            connection.execute(
                "INSERT OR REPLACE INTO cached_texts (key, text, expires_ms) VALUES (?, ?, ?)",
                (key, text, now_ms + int(ttl_s * 1000)),
            )

    def cached_text(self, key: str) -> str | None:
        """The text under a key, unless its time is over."""
        with self._file.transaction(write=False) as connection:
            row = connection.execute(
                "SELECT text FROM cached_texts WHERE key = ? AND expires_ms > ?",
                (key, int(self._now_s() * 1000)),
            ).fetchone()
        return None if row is None else str(row[0])
