"""Readings that a model wrote once and that serve every viewer."""

import logging
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from agents.drafts import FilmReadingDraft, ThemeReadingDraft
from retrieval.domain.errors import StateUnavailable
from retrieval.ports import DocumentStore

__all__ = ["ReadingCache", "ReadingKey"]

logger = logging.getLogger(__name__)

Draft = TypeVar("Draft", FilmReadingDraft, ThemeReadingDraft)


class ReadingKey(NamedTuple):
    """What a reading depends on: another model or prompt reads anew."""

    subject: str
    """``movie:318`` or ``theme:4``."""
    model: str
    prompt_digest: str


class ReadingCache:
    """Readings by key, the least recently used dropped from memory first. Safe between threads."""

    def __init__(
        self,
        documents: DocumentStore | None = None,
        *,
        ttl_s: float = 0.0,
        max_entries: int = 20_000,
    ) -> None:
        """Keep readings in memory, and beyond this process where there is a store.

        Args:
            documents: Shares readings between processes and restarts; None where a reading costs
                less than looking it up.
            ttl_s: How long the store keeps one.
            max_entries: How many stay in memory.
        """
        self._documents = documents
        self._ttl_s = ttl_s
        self._entries: OrderedDict[ReadingKey, FilmReadingDraft | ThemeReadingDraft] = OrderedDict()
        self._max_entries = max_entries
        self._lock = Lock()

    def film(self, key: ReadingKey) -> FilmReadingDraft | None:
        """The reading of a film, or None."""
        return self._get(key, FilmReadingDraft)

    def theme(self, key: ReadingKey) -> ThemeReadingDraft | None:
        """The reading of a theme, or None."""
        return self._get(key, ThemeReadingDraft)

    def put(self, key: ReadingKey, reading: FilmReadingDraft | ThemeReadingDraft) -> None:
        """Keep a reading."""
        self.remember(key, reading)
        if self._documents is None:
            return
        try:
            self._documents.cache_text(
                _stored_key(key), reading.model_dump_json(), ttl_s=self._ttl_s
            )
        except StateUnavailable as error:
            # The reading is there all the same; the next process pays for it again.
            logger.warning("the reading of %s was not kept: %s", key.subject, error)

    def __len__(self) -> int:
        return len(self._entries)

    def _get(self, key: ReadingKey, kind: type[Draft]) -> Draft | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                return found if isinstance(found, kind) else None
        stored = self._documents.cached_text(_stored_key(key)) if self._documents else None
        if stored is None:
            return None
        try:
            reading = kind.model_validate_json(stored)
        except ValidationError:  # another release wrote it in another form
            return None
        self.remember(key, reading)
        return reading

    def remember(self, key: ReadingKey, reading: FilmReadingDraft | ThemeReadingDraft) -> None:
        """Keep a reading for as long as this process runs."""
        with self._lock:
            self._entries[key] = reading
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)


def _stored_key(key: ReadingKey) -> str:
    return f"reading|{key.model}|{key.prompt_digest}|{key.subject}"
