"""Checks on film notes as text: what the schema of one note cannot see.

It knows wording, repetition, tag usage and reading grade. It does not know whether a note is true
of its film; that takes a reader.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from retrieval.domain.style import load_style_vocabulary
from training.film_notes import FilmNote

__all__ = ["CheckedFile", "check_file", "check_together", "main", "reading_grade"]

FACETS = (
    "visual_language",
    "narrative_pacing",
    "thematic_depth",
    "emotional_tone",
    "emotional_arc",
    "character_complexity",
)
MAX_SAME_OPENING = 12
OPENING_WORDS = 4
RUN_WORDS = 8
MIN_TAG_USES = 8
MAX_TAG_SHARE = 0.25
GRADE_RANGE = (7.0, 12.0)
WHOLE_FILE = 1000
"""From this many notes on, a rarely used tag is a finding and not a matter of the sample."""
SMALLEST_SAMPLE = 100
"""From this many notes on, a tag's share means something."""

_BANNED = (
    # praise and verdicts
    "award-winning",
    "beautifully",
    "breathtaking",
    "brilliant(?:ly)?",
    "classics?",
    "compelling(?:ly)?",
    "flawless(?:ly)?",
    "gripping(?:ly)?",
    "groundbreaking",
    "hilarious(?:ly)?",
    "iconic",
    "masterful(?:ly)?",
    "masterpieces?",
    "must[- ]see",
    "perfectly",
    "riveting",
    "seminal",
    "stunning(?:ly)?",
    "superb(?:ly)?",
    "timeless",
    "unforgettable",
    # stock phrases of blurbs and of language models
    "an? (?:tale|story|journey|exploration|meditation) (?:of|on)",
    "at its (?:core|heart)",
    "boasts?",
    "delv(?:e|es|ing)",
    "explor(?:e|es|ing)",
    "journey of",
    "navigat(?:e|es|ing)",
    "nuanced?",
    "roller-?coaster",
    "showcas(?:e|es|ing)",
    "tapestry",
    "testament",
    "(?:the|this) (?:film|movie)",
)
_BANNED_PHRASE = re.compile(rf"\b(?:{'|'.join(_BANNED)})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s+[^a-z\s]|\s*$)")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Lt|Sgt|Capt|vs|Mt|[A-Z])\.(?=\s)")
_VOWELS = re.compile(r"[aeiouyáéíóúäëïöüàèìòùâêîôû]+")


class CheckedFile(NamedTuple):
    """One file, read line by line."""

    path: Path
    notes: tuple[FilmNote, ...]
    """The valid ones."""
    violations: tuple[str, ...]
    """Each names its line."""


def check_file(path: Path, films: Mapping[int, Mapping[str, Any]] | None = None) -> CheckedFile:
    """Check each line of a notes file on its own.

    Args:
        path: JSON lines; a blank line is ignored.
        films: ``imdb_id``, ``title`` and ``year`` by movie id. A draft may leave these three out,
            and what it says of them must agree.

    Returns:
        The valid notes and every violation; a line that breaks only a rule of wording is in both.
    """
    notes: list[FilmNote] = []
    violations: list[str] = []
    seen: set[int] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            note = FilmNote.model_validate(_complete(json.loads(line), films))
        except json.JSONDecodeError as error:
            violations.append(f"line {number}: not JSON: {error.msg} at column {error.colno}")
            continue
        except ValidationError as error:
            violations.extend(f"line {number}: {text}" for text in _schema_findings(error))
            continue
        findings = list(_wording_findings(note))
        if note.movie_id in seen:
            findings.append("this movie_id has a note already")
        if films is not None:
            findings.extend(_identity_findings(note, films))
        seen.add(note.movie_id)
        violations.extend(f"line {number}, {note.title}: {text}" for text in findings)
        notes.append(note)
    return CheckedFile(path, tuple(notes), tuple(violations))


def _complete(row: Any, films: Mapping[int, Mapping[str, Any]] | None) -> Any:
    movie_id = row.get("movie_id") if isinstance(row, dict) else None
    if films is None or not isinstance(movie_id, int) or movie_id not in films:
        return row
    return {key: films[movie_id][key] for key in ("imdb_id", "title", "year")} | row


def _schema_findings(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        where = ".".join(map(str, detail["loc"])) or "note"
        yield f"{where}: {detail['msg'].removeprefix('Value error, ')}"


def _wording_findings(note: FilmNote) -> Iterator[str]:
    sentences = _count_sentences(note.note)
    if sentences not in (2, 3):
        yield f"note has {sentences} sentences instead of 2 or 3"
    for field in ("note", *FACETS):
        for match in _BANNED_PHRASE.finditer(getattr(note, field)):
            yield f"{field} says '{match.group()}'"


def _identity_findings(note: FilmNote, films: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    film = films.get(note.movie_id)
    if film is None:
        yield f"movie_id {note.movie_id} is not among the films"
        return
    for field in ("imdb_id", "title", "year"):
        if getattr(note, field) != film[field]:
            yield f"{field} is {getattr(note, field)!r}; the catalogue says {film[field]!r}"


def check_together(notes: Sequence[FilmNote]) -> list[str]:
    """Check notes against each other: duplicates, repetition, tag usage, reading grade."""
    findings = [
        *_duplicates(notes),
        *_shared_openings(notes),
        *_shared_runs(notes),
        *_tag_usage(notes),
    ]
    if notes:
        grade = reading_grade(note.note for note in notes)
        low, high = GRADE_RANGE
        if not low <= grade <= high:
            findings.append(f"reading grade {grade:.1f} lies outside {low:.0f} to {high:.0f}")
    return findings


def _duplicates(notes: Iterable[FilmNote]) -> Iterator[str]:
    titles = {note.movie_id: note.title for note in notes}
    for movie_id, count in Counter(note.movie_id for note in notes).items():
        if count > 1:
            yield f"{titles[movie_id]} has {count} notes"


def _shared_openings(notes: Iterable[FilmNote]) -> Iterator[str]:
    openings = Counter(" ".join(_words(note.note)[:OPENING_WORDS]) for note in notes)
    for opening, count in openings.most_common():
        if count > MAX_SAME_OPENING:
            yield f"{count} notes open with '{opening}'"


def _shared_runs(notes: Iterable[FilmNote]) -> Iterator[str]:
    holders: dict[tuple[str, ...], dict[int, str]] = defaultdict(dict)
    for note in notes:
        words = _words(note.note)
        for start in range(len(words) - RUN_WORDS + 1):
            holders[tuple(words[start : start + RUN_WORDS])][note.movie_id] = note.title
    reported: set[tuple[int, ...]] = set()
    for run, titles in holders.items():
        pair = tuple(sorted(titles))
        # A longer shared run is many runs of eight; the first one says enough.
        if len(titles) > 1 and pair not in reported:
            reported.add(pair)
            yield f"{' and '.join(titles.values())} share '{' '.join(run)}'"


def _tag_usage(notes: Sequence[FilmNote]) -> Iterator[str]:
    uses = Counter(tag for note in notes for tag in note.tags)
    if len(notes) >= SMALLEST_SAMPLE:
        for tag, count in uses.most_common():
            if count > MAX_TAG_SHARE * len(notes):
                yield f"tag {tag} is on {count} of {len(notes)} notes, more than a quarter"
    if len(notes) >= WHOLE_FILE:
        for style in load_style_vocabulary().tags:
            if uses[style.name] < MIN_TAG_USES:
                yield f"tag {style.name} is on {uses[style.name]} notes, fewer than {MIN_TAG_USES}"


def reading_grade(texts: Iterable[str]) -> float:
    """Flesch-Kincaid grade of texts taken as one.

    ``0.39 words/sentences + 11.8 syllables/words - 15.59``

    Syllables are vowel groups, without a silent final e; on names and compounds the count is off
    by one now and then, which averages out over many notes.

    Returns:
        School years; NaN when there is no word.

    Source: Kincaid, Fishburne, Rogers and Chissom, 1975, Research Branch Report 8-75.
    """
    words = sentences = syllables = 0
    for text in texts:
        found = _words(text)
        words += len(found)
        sentences += _count_sentences(text)
        syllables += sum(_count_syllables(word) for word in found)
    if words == 0:
        return float("nan")
    return 0.39 * words / max(sentences, 1) + 11.8 * syllables / words - 15.59


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


def _count_sentences(text: str) -> int:
    return len(_SENTENCE_END.findall(_ABBREVIATION.sub("", text)))


def _count_syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent_e = word.endswith("e") and not word.endswith(("le", "ee", "ye"))
    silent_ed = re.search(r"[^aeiouydt]ed$", word) is not None
    return max(1, groups - (silent_e or silent_ed))


def _read_films(paths: Iterable[Path]) -> dict[int, dict[str, Any]]:
    rows = (json.loads(line) for path in paths for line in path.open(encoding="utf-8"))
    return {row["movie_id"]: row for row in rows}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check notes files, print per file what is valid and every violation; 1 when there is any."""
    parser = argparse.ArgumentParser(prog="python -m training.film_notes", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.jsonl")
    parser.add_argument(
        "--films",
        type=Path,
        nargs="+",
        metavar="CHUNK.jsonl",
        help="the films to write about: fills in imdb_id, title and year; lists what is missing",
    )
    options = parser.parse_args(arguments)
    films = _read_films(options.films) if options.films else None
    checked = [check_file(path, films) for path in options.files]
    notes = [note for file in checked for note in file.notes]
    together = check_together(notes)
    lines: list[str] = []
    for file in checked:
        lines.append(f"{file.path}: {len(file.notes)} valid, {len(file.violations)} violations")
        lines.extend(f"  {text}" for text in file.violations)
    lines.append(f"together: {len(notes)} valid notes, {len(together)} violations")
    lines.extend(f"  {text}" for text in together)
    lines.extend(_figures(notes))
    if films is not None:
        lines.append(_missing(notes, films))
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if together or any(file.violations for file in checked) else 0


def _figures(notes: Sequence[FilmNote]) -> Iterator[str]:
    if not notes:
        return
    uses = Counter(tag for note in notes for tag in note.tags)
    unused = [tag.name for tag in load_style_vocabulary().tags if tag.name not in uses]
    common = ", ".join(f"{tag} {count / len(notes):.0%}" for tag, count in uses.most_common(8))
    openings = Counter(" ".join(_words(note.note)[:OPENING_WORDS]) for note in notes)
    opening, count = openings.most_common(1)[0]
    yield f"reading grade {reading_grade(note.note for note in notes):.1f}"
    yield f"words a note {sum(len(note.note.split()) for note in notes) / len(notes):.1f}"
    yield f"tags a note {uses.total() / len(notes):.1f}; most used: {common}"
    yield f"tags not used yet ({len(unused)}): {', '.join(unused) or 'none'}"
    yield f"most used opening: '{opening}' ({count})"


def _missing(notes: Iterable[FilmNote], films: Mapping[int, Mapping[str, Any]]) -> str:
    absent = sorted(films.keys() - {note.movie_id for note in notes})
    shown = ", ".join(f"{films[i]['title']} ({films[i]['year']})" for i in absent[:20])
    return f"films without a note: {len(absent)}{': ' + shown if shown else ''}"
