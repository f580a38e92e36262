"""Readings that a model wrote once and that serve every viewer."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from agents.drafts import FilmReadingDraft, ThemeReadingDraft

__all__ = ["ReadingCache", "ReadingKey"]


class ReadingKey(NamedTuple):
    """What a reading depends on: another model or prompt reads anew."""

    subject: str
    """``movie:318`` or ``theme:4``."""
    model: str
    prompt_digest: str


class ReadingCache:
    """Readings by key, the least recently used dropped first. Safe between threads."""

    def __init__(self, *, max_entries: int = 20_000) -> None:
        self._entries: OrderedDict[ReadingKey, FilmReadingDraft | ThemeReadingDraft] = OrderedDict()
        self._max_entries = max_entries
        self._lock = Lock()

    def film(self, key: ReadingKey) -> FilmReadingDraft | None:
        """The reading of a film, or None."""
        found = self._get(key)
        return found if isinstance(found, FilmReadingDraft) else None

    def theme(self, key: ReadingKey) -> ThemeReadingDraft | None:
        """The reading of a theme, or None."""
        found = self._get(key)
        return found if isinstance(found, ThemeReadingDraft) else None

    def put(self, key: ReadingKey, reading: FilmReadingDraft | ThemeReadingDraft) -> None:
        """Keep a reading."""
        with self._lock:
            self._entries[key] = reading
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def __len__(self) -> int:
        return len(self._entries)

    def _get(self, key: ReadingKey) -> FilmReadingDraft | ThemeReadingDraft | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)
