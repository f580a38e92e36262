"""Reads films: visual language, pacing, depth, tone, arc, characters, and style tags.

Film notes of the bundle answer for most films; a reading made here is kept for every viewer.
"""

from collections.abc import Iterable
from typing import Any

from langgraph.runtime import Runtime

from agents.asking import ask
from agents.context import AgentContext
from agents.drafts import FilmReadingDraft, FilmReadings
from agents.prompting import load_prompt
from agents.state import ScriptBatch
from retrieval.domain.evidence import NoteData, NoteEvidence
from retrieval.domain.models import MovieId

__all__ = ["cached_notes", "script_analyzer"]

_MAX_NOTE_CHARS = 700
_MAX_TAGS = 8
_REFUSED = frozenset({"title", "foreign_content", "empty", "history", "rating", "cause"})
"""What the verifier may not find in a reading. Everything that quotes it relies on that."""


async def script_analyzer(state: ScriptBatch, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """Readings of a few films in one call; films that nobody can read stay without."""
    context = runtime.context
    prompt = load_prompt("script_analyzer")
    task = {
        "films": [_describe(context, movie_id) for movie_id in state.movie_ids],
        "vocabulary": list(context.vocabulary),
    }
    answer = await ask(context, prompt, FilmReadings, task=task, evidence=())
    notes: dict[int, NoteEvidence] = {}
    for draft in answer.draft.films:
        movie_id = MovieId(draft.movie_id)
        if movie_id not in state.movie_ids or not _is_usable(context, draft):
            continue
        source = "offline" if answer.is_offline else context.model_name
        notes[movie_id] = _as_evidence(context, draft, source=source)
        if not answer.is_offline or context.provider == "offline":
            context.readings.put(context.reading_key(f"movie:{movie_id}", prompt.digest), draft)
    return {"notes": notes, "usage": [answer.usage]}


def cached_notes(context: AgentContext, movie_ids: Iterable[MovieId]) -> dict[int, NoteEvidence]:
    """Readings that an earlier run made with the same model and prompt."""
    digest = load_prompt("script_analyzer").digest
    notes: dict[int, NoteEvidence] = {}
    for movie_id in movie_ids:
        draft = context.readings.film(context.reading_key(f"movie:{movie_id}", digest))
        if draft is not None:
            source = "offline" if context.provider == "offline" else context.model_name
            notes[movie_id] = _as_evidence(context, draft, source=source)
    return notes


def _describe(context: AgentContext, movie_id: MovieId) -> dict[str, Any]:
    movie = context.bundle.movie(movie_id)
    return {
        "movie_id": int(movie_id),
        "title": movie.name,
        "genres": list(movie.genres),
        "theme": context.bundle.themes[movie.theme_id].label,
        "known_tags": [
            {"tag": tagging.tag, "source": tagging.source, "confidence": tagging.confidence}
            for tagging in movie.style_tags
        ],
    }


def _is_usable(context: AgentContext, draft: FilmReadingDraft) -> bool:
    """A reading may not name other films, speak of the viewer, or carry anything but prose."""
    movie = context.evidence.movie(None, MovieId(draft.movie_id))
    text = " ".join(draft.model_dump(exclude={"movie_id", "tags"}).values())
    kinds = {p.kind for p in context.verifier.verify(text, [movie.id], {movie.id: movie})}
    return len(draft.note) <= _MAX_NOTE_CHARS and not kinds & _REFUSED


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
