"""Reads a film from its style tags when nobody has written about it: honest, and brief."""

from typing import Any, Final

from agents.drafts import FilmReadingDraft, FilmReadings
from agents.realizers.language import capitalise, film_kind, join

__all__ = ["realize_film_readings"]

_SURE: Final = 0.5
_MAX_TAGS: Final = 4
_UNKNOWN: Final = "not described"
_WHO: Final = {
    "users": "viewers who tagged it",
    "neighbours": "films that the same viewers like",
    "notes": "film notes",
    "llm": "an earlier reading",
}


def realize_film_readings(payload: dict[str, Any]) -> FilmReadings:
    """Readings of the films that carry style tags; the others are left out."""
    films = (_read(film) for film in payload["task"].get("films", []))
    return FilmReadings(films=[film for film in films if film is not None])


def _read(film: dict[str, Any]) -> FilmReadingDraft | None:
    known = [tag for tag in film["known_tags"] if tag["confidence"] >= _SURE]
    known.sort(key=lambda tag: (-tag["confidence"], tag["tag"]))
    tags = [str(tag["tag"]) for tag in known[:_MAX_TAGS]]
    if not tags:
        return None
    words = join([tag.replace("-", " ") for tag in tags])
    sources = join(sorted({_WHO[tag["source"]] for tag in known[:_MAX_TAGS]}))
    note = f"A {film_kind(film['genres'])} tagged {words}, going by {sources}."
    return FilmReadingDraft(
        movie_id=film["movie_id"],
        note=capitalise(note),
        visual_language=_UNKNOWN,
        narrative_pacing=_UNKNOWN,
        thematic_depth=_UNKNOWN,
        emotional_tone=_UNKNOWN,
        emotional_arc=_UNKNOWN,
        character_complexity=_UNKNOWN,
        tags=tags,
    )
