"""Reads a film nobody has written about, from tags, genres, theme and synopsis: brief, honest."""

from collections.abc import Sequence
from typing import Any, Final

from agents.drafts import FilmReadingDraft, FilmReadings
from agents.realizers.language import capitalise, film_kind, join, quoted_label
from agents.wording import fold

__all__ = ["realize_film_readings"]

_SURE: Final = 0.5
_MAX_TAGS: Final = 4
_MAX_MENTIONED: Final = 3
_UNKNOWN: Final = "not described"
_WHO: Final = {
    "users": "viewers who tagged it",
    "neighbours": "films that the same viewers like",
    "notes": "film notes",
    "llm": "an earlier reading",
}


def realize_film_readings(payload: dict[str, Any]) -> FilmReadings:
    """Readings of the requested films, each saying what it is read from."""
    vocabulary = payload["task"].get("vocabulary", [])
    return FilmReadings(
        films=[_read(film, vocabulary) for film in payload["task"].get("films", [])]
    )


def _read(film: dict[str, Any], vocabulary: Sequence[str]) -> FilmReadingDraft:
    known = sorted(film["known_tags"], key=lambda tag: (-tag["confidence"], tag["tag"]))
    sure = [tag for tag in known if tag["confidence"] >= _SURE][:_MAX_TAGS]
    unsure = [] if sure else known[:_MAX_TAGS]
    named = {tag["tag"] for tag in (*sure, *unsure)}
    mentioned = [tag for tag in _mentioned(film, vocabulary) if tag not in named]
    return FilmReadingDraft(
        movie_id=film["movie_id"],
        note=" ".join(_sentences(film, sure, unsure, mentioned)),
        visual_language=_UNKNOWN,
        narrative_pacing=_UNKNOWN,
        thematic_depth=_UNKNOWN,
        emotional_tone=_UNKNOWN,
        emotional_arc=_UNKNOWN,
        character_complexity=_UNKNOWN,
        tags=[*(tag["tag"] for tag in sure), *mentioned],
    )


def _sentences(
    film: dict[str, Any],
    sure: list[dict[str, Any]],
    unsure: list[dict[str, Any]],
    mentioned: list[str],
) -> list[str]:
    subject = capitalise(f"a {film_kind(film['genres'])}")
    if subject[2] in "aeio":
        subject = f"An{subject[1:]}"
    sentences = [f"{subject} filed with {quoted_label(film['theme'])}."]
    if sure:
        sentences = [f"{subject} tagged {_words(sure)}, going by {_who(sure)}."]
    elif unsure:
        sentences = [f"{subject}, perhaps {_words(unsure)}: a guess from {_who(unsure)}."]
    if mentioned:
        sentences.append(f"Its synopsis mentions {join([_spelt(tag) for tag in mentioned])}.")
    if not (sure or unsure or mentioned):
        sentences.append("How it looks and moves is not known here.")
    return sentences


def _mentioned(film: dict[str, Any], vocabulary: Sequence[str]) -> list[str]:
    """Tags whose words stand in the synopsis, in order of the vocabulary.

    Nothing else is taken from a synopsis: whatever it says, it cannot make up a sentence.
    """
    words = f" {fold(film.get('synopsis', ''))} "
    found = [tag for tag in vocabulary if f" {fold(_spelt(tag))} " in words]
    return found[:_MAX_MENTIONED]


def _words(tags: list[dict[str, Any]]) -> str:
    return join([_spelt(str(tag["tag"])) for tag in tags])


def _who(tags: list[dict[str, Any]]) -> str:
    return join(sorted({_WHO[tag["source"]] for tag in tags}))


def _spelt(tag: str) -> str:
    return tag.replace("-", " ")
