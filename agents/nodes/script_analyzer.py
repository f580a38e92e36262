"""Reads films: visual language, pacing, depth, tone, arc, characters, and style tags.

Film notes of the bundle answer for most films; a reading made here is kept for every viewer. A
synopsis of the operator's grounds it; it is data, and never shown.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from agents.asking import ask
from agents.context import AgentContext
from agents.drafts import FilmReadingDraft, FilmReadings
from agents.prompting import load_prompt
from agents.reading_cache import ReadingKey
from agents.state import ScriptBatch
from retrieval.domain.evidence import NoteData, NoteEvidence
from retrieval.domain.models import MovieId

__all__ = [
    "CachedFilms",
    "cached_films",
    "film_key",
    "film_task",
    "keep_readings",
    "script_analyzer",
]

_MAX_NOTE_CHARS = 700
_MAX_TAGS = 8
_VIEWER = re.compile(r"\byou(?:rs?|rself)?\b", re.IGNORECASE)
_REFUSED = frozenset({"title", "foreign_content", "empty", "cause"})
"""What the verifier may not find in a reading. Everything that quotes it relies on that."""


async def script_analyzer(state: ScriptBatch, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """Readings of a few films in one call; films that nobody can read stay without."""
    context = runtime.context
    prompt = load_prompt("script_analyzer")
    task = film_task(context, state.movie_ids)
    answer = await ask(context, prompt, FilmReadings, task=task, evidence=())
    if answer.is_offline and context.provider != "offline":
        drafts, source = _usable(context, state.movie_ids, answer.draft), "offline"
    else:
        drafts = keep_readings(context, state.movie_ids, answer.draft)
        source = _source(context)
    notes = {draft.movie_id: _as_evidence(context, draft, source=source) for draft in drafts}
    return {"notes": notes, "usage": [answer.usage]}


class CachedFilms(NamedTuple):
    """What earlier runs made of some films with the same model and prompt."""

    notes: dict[int, NoteEvidence]
    silent: tuple[MovieId, ...]
    """Films that the model did not know: asking again would cost and change nothing."""


def cached_films(context: AgentContext, movie_ids: Iterable[MovieId]) -> CachedFilms:
    """Readings that are there already."""
    notes: dict[int, NoteEvidence] = {}
    silent = []
    for movie_id in movie_ids:
        draft = context.readings.film(film_key(context, movie_id))
        if draft is not None and not draft.note:
            silent.append(movie_id)
        elif draft is not None:
            notes[movie_id] = _as_evidence(context, draft, source=_source(context))
    return CachedFilms(notes, tuple(silent))


def film_key(context: AgentContext, movie_id: MovieId) -> ReadingKey:
    """Where a film's reading is cached; with another synopsis, it is another reading."""
    subject = f"movie:{movie_id}"
    synopsis = context.synopses.get(movie_id)
    if synopsis is not None:
        subject += "#" + hashlib.sha256(synopsis.encode()).hexdigest()[:12]
    return context.reading_key(subject, load_prompt("script_analyzer").digest)


def film_task(context: AgentContext, movie_ids: Iterable[MovieId]) -> dict[str, Any]:
    """What is asked about some films: nothing of a viewer, for the reading serves everybody."""
    return {
        "films": [_describe(context, movie_id) for movie_id in movie_ids],
        "vocabulary": list(context.vocabulary),
    }


def keep_readings(
    context: AgentContext, movie_ids: Sequence[MovieId], answer: FilmReadings
) -> list[FilmReadingDraft]:
    """Cache what can be used of an answer, and return it.

    A film that the model left out is remembered as such by this process alone, so that a later one
    may ask again.
    """
    drafts = _usable(context, movie_ids, answer)
    for draft in drafts:
        context.readings.put(film_key(context, MovieId(draft.movie_id)), draft)
    for movie_id in set(movie_ids) - {draft.movie_id for draft in drafts}:
        context.readings.remember(film_key(context, movie_id), _silence(movie_id))
    return drafts


def _usable(
    context: AgentContext, movie_ids: Sequence[MovieId], answer: FilmReadings
) -> list[FilmReadingDraft]:
    wanted = {draft.movie_id: draft for draft in answer.films if draft.movie_id in movie_ids}
    return [draft for draft in wanted.values() if _is_usable(context, draft)]


def _silence(movie_id: MovieId) -> FilmReadingDraft:
    fields = dict.fromkeys(FilmReadingDraft.model_fields, "")
    return FilmReadingDraft.model_validate({**fields, "movie_id": movie_id, "tags": []})


def _source(context: AgentContext) -> str:
    return "offline" if context.provider == "offline" else context.model_name


def _describe(context: AgentContext, movie_id: MovieId) -> dict[str, Any]:
    movie = context.bundle.movie(movie_id)
    described: dict[str, Any] = {
        "movie_id": int(movie_id),
        "title": movie.name,
        "genres": list(movie.genres),
        "theme": context.bundle.themes[movie.theme_id].label,
        "known_tags": [
            {"tag": tagging.tag, "source": tagging.source, "confidence": tagging.confidence}
            for tagging in movie.style_tags
        ],
    }
    synopsis = context.synopses.get(movie_id)
    return described if synopsis is None else {**described, "synopsis": synopsis}


def _is_usable(context: AgentContext, draft: FilmReadingDraft) -> bool:
    """A reading may not name other films, speak of the viewer, or carry anything but prose."""
    movie = context.evidence.movie(None, MovieId(draft.movie_id))
    text = " ".join(draft.model_dump(exclude={"movie_id", "tags"}).values())
    if not draft.note or len(draft.note) > _MAX_NOTE_CHARS or _VIEWER.search(text):
        return False
    kinds = {p.kind for p in context.verifier.verify(text, [movie.id], {movie.id: movie})}
    return not kinds & _REFUSED


def _as_evidence(context: AgentContext, draft: FilmReadingDraft, *, source: str) -> NoteEvidence:
    movie = context.bundle.movie(MovieId(draft.movie_id))
    known = set(context.vocabulary)
    tags = tuple(dict.fromkeys(tag for tag in draft.tags if tag in known))[:_MAX_TAGS]
    fields = draft.model_dump(exclude={"movie_id", "tags"})
    return NoteEvidence(
        id=f"note:{movie.movie_id}",
        text=draft.note,
        data=NoteData(
            movie_id=movie.movie_id, title=movie.name, source=source, tags=tags, **fields
        ),
    )
