"""Film notes: machine-written readings of how films feel and work, one a line.

The file ships with the product. How it was written and checked, what is weak about it and how to
correct a note stands in ``data/FILM_NOTES.md``.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from retrieval.domain.models import FilmReading
from retrieval.domain.style import load_style_vocabulary
from training.errors import DatasetError
from training.movielens import CatalogueMovie

__all__ = ["NOTES_VERSION", "FilmNote", "load_film_notes", "match_notes", "shipped_notes_path"]

NOTES_VERSION = "1.2"
"""Version of the shipped notes: the minor part rises with each correction, the major one when
notes are written anew."""


def _words_between(low: int, high: int) -> AfterValidator:
    def check(text: str) -> str:
        count = len(text.split())
        if not low <= count <= high:
            raise ValueError(f"has {count} words instead of {low} to {high}")
        return text

    return AfterValidator(check)


Phrase = Annotated[str, _words_between(2, 8)]


class FilmNote(BaseModel):
    """One film's note, as a line of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    imdb_id: str = Field(pattern=r"^\d{7,9}$")
    movie_id: int
    title: str
    """Article in front, without the year, as the bundle shows it."""
    year: int
    note: Annotated[str, _words_between(30, 60)]
    """Two or three sentences."""
    visual_language: Phrase
    narrative_pacing: Phrase
    thematic_depth: Phrase
    emotional_tone: Phrase
    emotional_arc: Phrase
    character_complexity: Phrase
    premise: Annotated[str, _words_between(8, 36)]
    """What happens, without how it ends: what people remember of a film years later."""
    people: tuple[str, ...] = Field(max_length=7)
    """Who made it, then leading actors, where they are known for certain."""
    remembered: str = ""
    """Words with which people look for a well-known film; for searching alone, twists included."""
    tags: tuple[str, ...] = Field(min_length=4, max_length=7)
    """Names in the style vocabulary, most telling first."""

    @model_validator(mode="after")
    def _check_tags(self) -> Self:
        vocabulary = load_style_vocabulary()
        unknown = [tag for tag in self.tags if vocabulary.get(tag) is None]
        if unknown:
            raise ValueError(f"tags not in the style vocabulary: {', '.join(unknown)}")
        if len(set(self.tags)) != len(self.tags):
            raise ValueError("a tag stands twice")
        return self

    def reading(self) -> FilmReading:
        """What the bundle carries of it."""
        return FilmReading.model_validate(self.model_dump() | {"version": NOTES_VERSION})


def shipped_notes_path() -> Path:
    """Path of the notes that ship with the product."""
    return Path(str(files("training"))) / "data" / "film_notes.jsonl"


def load_film_notes(path: Path | None = None) -> list[FilmNote]:
    """Read and check a notes file; the shipped one by default.

    Raises:
        DatasetError: The file cannot be read, or a line is not a valid note; names the line.
    """
    source = path or shipped_notes_path()
    if path is None and not source.exists():
        return []
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DatasetError(f"cannot read {source}: {error.strerror}") from error
    notes = []
    for number, line in enumerate(lines, start=1):
        try:
            notes.append(FilmNote.model_validate_json(line))
        except ValidationError as error:
            detail = error.errors()[0]
            where = ".".join(map(str, detail["loc"])) or "the note"
            raise DatasetError(f"{source}, line {number}: {where} {detail['msg']}") from error
    return notes


def match_notes(
    notes: Iterable[FilmNote], movies: Sequence[CatalogueMovie]
) -> dict[int, FilmReading]:
    """Find the notes of a catalogue's movies, by movie id.

    A movie matches on its IMDb id; where the catalogue has no links, on title and year. Movie ids
    alone prove nothing: another catalogue may count differently.
    """
    notes = list(notes)
    by_imdb = {note.imdb_id: note for note in notes}
    by_name = {(note.title.casefold(), note.year): note for note in notes}
    found: dict[int, FilmReading] = {}
    for movie in movies:
        if movie.imdb_id is not None:
            note = by_imdb.get(movie.imdb_id)
        else:
            key = (movie.parsed.title.casefold(), movie.parsed.year or 0)
            note = by_name.get(key)
        if note is not None:
            found[movie.movie_id] = note.reading()
    return found
