"""Names for the themes of a bundle, written by a language model and checked before use.

Themes are asked for in batches under a strict schema. A label that breaks a rule is asked for
again with the reason; one that never keeps the rules leaves the theme its offline label. Every
accepted label goes to disk at once, so a run that was cut short asks only for what is missing.
"""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agents.asking import ask_patiently
from agents.drafts import ThemeLabelDraft, ThemeLabels
from agents.prompting import build_messages, load_prompt
from agents.settings import AgentSettings
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId, ThemeId
from retrieval.domain.theme_words import is_bare_genre

__all__ = ["LabelRun", "WrittenLabel", "label_problem", "write_theme_labels"]

_BATCH: Final = 5
_REVISIONS: Final = 2
_WORDS: Final = (2, 6)
_SUMMARY_WORDS: Final = (8, 60)
_N_TRAITS: Final = 6
_LONGEST_PAUSE_S: Final = 60.0
"""A provider's limit is by the minute."""


class WrittenLabel(BaseModel):
    """A label that kept the rules."""

    model_config = ConfigDict(frozen=True)

    key: str
    """Digest of model, prompt and what the theme is made of."""
    label: str
    summary: str


class LabelRun(NamedTuple):
    """What a run brought."""

    labels: dict[ThemeId, WrittenLabel]
    from_cache: int
    refused: dict[ThemeId, str]
    """Why a theme keeps its offline label."""


class _Trait(BaseModel):
    model_config = ConfigDict(extra="allow")

    share: float = 0.0
    lift: float = 1.0


class _ThemeFile(BaseModel):
    """What ``themes.json`` says beyond what serving needs."""

    model_config = ConfigDict(extra="ignore")

    theme_id: ThemeId
    label: str
    exemplar_movie_ids: tuple[MovieId, ...]
    genres: tuple[_Trait, ...] = ()
    decades: tuple[_Trait, ...] = ()
    tags: tuple[_Trait, ...] = ()


def write_theme_labels(
    bundle: Bundle,
    model: BaseChatModel,
    settings: AgentSettings,
    *,
    cache: Path,
    note: Callable[[str], None],
) -> LabelRun:
    """Ask for a label and a summary of every theme.

    Args:
        bundle: The themes and their films.
        model: Chat model of the provider.
        settings: Model name and attempts.
        cache: JSON lines; read first, and appended to after every answer.
        note: Told about each batch.

    Raises:
        ProviderFailed: A batch got no usable answer; what was accepted before is in the cache.
    """
    text = (bundle.path / "themes.json").read_bytes()
    themes = TypeAdapter(list[_ThemeFile]).validate_json(text)
    tasks = {theme.theme_id: _task(theme, bundle) for theme in themes}
    offline = {theme.theme_id: theme.label for theme in themes}
    job = _Job(model, settings, cache, tasks, offline)
    job.recall()
    n_cached = len(job.accepted)
    missing = [theme_id for theme_id in tasks if theme_id not in job.accepted]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        asyncio.run(job.label(batch))
        note(f"{min(start + _BATCH, len(missing))} of {len(missing)} themes asked for")
    return LabelRun(job.accepted, n_cached, job.refused)


def label_problem(label: str, summary: str, taken: Iterable[str]) -> str | None:
    """Why a label may not be used, in words for its writer; None when it may.

    Args:
        label: 2 to 6 words, unique, no bare genre.
        summary: One sentence of 8 to 60 words.
        taken: Labels of the other themes.
    """
    words = label.split()
    if not _WORDS[0] <= len(words) <= _WORDS[1]:
        return f"a label has 2 to 6 words, not {len(words)}"
    if re.search(r"[:;,/&(\"“”!?]|\s#?\d+$", label):
        return "a label has no punctuation and no number at its end"
    if is_bare_genre(label):
        return "a label is more than the name of a genre"
    if label.casefold() in {other.casefold() for other in taken}:
        return "another theme has this label"
    n_words = len(summary.split())
    if not _SUMMARY_WORDS[0] <= n_words <= _SUMMARY_WORDS[1] or not summary.endswith("."):
        return f"a summary is one sentence of 10 to 45 words; this has {n_words}"
    return None


class _Job:
    """Labels as they come in."""

    def __init__(
        self,
        model: BaseChatModel,
        settings: AgentSettings,
        cache: Path,
        tasks: Mapping[ThemeId, Mapping[str, Any]],
        current: Mapping[ThemeId, str],
    ) -> None:
        self.accepted: dict[ThemeId, WrittenLabel] = {}
        self.refused: dict[ThemeId, str] = {}
        self._model, self._settings, self._cache, self._tasks = model, settings, cache, tasks
        self._current = current
        self._prompt = load_prompt("theme_labeller")
        self._keys = {theme_id: self._key(task) for theme_id, task in tasks.items()}

    def recall(self) -> None:
        """Take from the cache what was accepted for the same model, prompt and themes."""
        known = {entry.key: entry for entry in _read_cache(self._cache)}
        for theme_id, key in self._keys.items():
            entry = known.get(key)
            if entry and not label_problem(entry.label, entry.summary, self._taken(theme_id)):
                self.accepted[theme_id] = entry

    async def label(self, batch: Sequence[ThemeId]) -> None:
        """Ask for a batch, and again for what broke a rule."""
        problems: dict[ThemeId, str] = {}
        waiting = list(batch)
        for _ in range(1 + _REVISIONS):
            drafts = await self._ask(waiting, problems)
            problems = {
                theme_id: problem
                for theme_id in waiting
                if (problem := self._consider(theme_id, drafts.get(theme_id)))
            }
            waiting = list(problems)
            if not waiting:
                return
        self.refused |= problems

    async def _ask(
        self, theme_ids: Sequence[ThemeId], problems: Mapping[ThemeId, str]
    ) -> dict[int, ThemeLabelDraft]:
        task = {
            "themes": [
                {**self._tasks[i], **({"problems": problems[i]} if i in problems else {})}
                for i in theme_ids
            ],
            "taken": sorted(entry.label for entry in self.accepted.values()),
        }
        answer = await ask_patiently(
            self._model,
            self._settings.groq_model,
            ThemeLabels,
            build_messages(self._prompt, task, ()),
            attempts=self._settings.max_attempts + 1,
            longest_pause_s=_LONGEST_PAUSE_S,
            node=self._prompt.name,
        )
        return {one.theme_id: one for one in answer.draft.themes}

    def _consider(self, theme_id: ThemeId, draft: ThemeLabelDraft | None) -> str | None:
        """Accept a draft, or say what is wrong with it."""
        if draft is None:
            return "the answer left this theme out"
        label, summary = " ".join(draft.label.split()).rstrip("."), " ".join(draft.summary.split())
        problem = label_problem(label, summary, self._taken(theme_id))
        if problem is None:
            entry = WrittenLabel(key=self._keys[theme_id], label=label, summary=summary)
            self.accepted[theme_id] = entry
            _append(self._cache, entry)
        return problem

    def _taken(self, theme_id: ThemeId) -> list[str]:
        """Labels that other themes have, or keep if theirs is refused."""
        return [
            self.accepted[other].label if other in self.accepted else label
            for other, label in self._current.items()
            if other != theme_id
        ]

    def _key(self, task: Mapping[str, Any]) -> str:
        parts = [self._settings.groq_model, self._prompt.digest, task]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _task(theme: _ThemeFile, bundle: Bundle) -> dict[str, Any]:
    return {
        "theme_id": theme.theme_id,
        "exemplars": [bundle.movie(movie_id).name for movie_id in theme.exemplar_movie_ids],
        "genres": [trait.model_dump() for trait in theme.genres[:_N_TRAITS]],
        "decades": [trait.model_dump() for trait in theme.decades[:_N_TRAITS]],
        "tags": [trait.model_dump() for trait in theme.tags[:_N_TRAITS]],
    }


def _read_cache(path: Path) -> list[WrittenLabel]:
    """Entries of the cache; a line that a killed run left half written is passed over."""
    entries = []
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        try:
            entries.append(WrittenLabel.model_validate_json(line))
        except ValidationError:
            continue
    return entries


def _append(path: Path, entry: WrittenLabel) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() and not _ends_line(file):
            file.write(b"\n")  # a killed run left half a line
        file.write(entry.model_dump_json().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
