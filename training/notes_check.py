"""Checks on film notes as text: what the schema of one note cannot see.

It knows wording, repetition, tag usage and reading grade. It does not know whether a note is true
of its film; that takes a reader.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from retrieval.domain.style import load_style_vocabulary
from training.errors import DatasetError
from training.film_notes import FilmNote

__all__ = [
    "MIN_NOTES",
    "CheckedFile",
    "NotesFigures",
    "check_file",
    "check_together",
    "measure_notes",
    "reading_grade",
]

MIN_NOTES = 1400

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
    "overblown",
    "perfectly",
    "prophetic",
    "riveting",
    "seminal",
    "steal(?:s|ing)? (?:every scene|scenes|the show)",
    "stunning(?:ly)?",
    "superb(?:ly)?",
    "syrupy",
    "tacky",
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


class NotesFigures(NamedTuple):
    """How a file of notes reads, in numbers."""

    notes: int
    words_a_note: float
    tags_a_note: float
    tag_uses: dict[str, int]
    """Notes that carry each tag of the vocabulary, most used first."""
    most_used_opening: str
    same_opening: int
    """Notes that begin with it."""
    reading_grade: float


def check_file(path: Path) -> CheckedFile:
    """Check each line of a notes file on its own.

    Args:
        path: JSON lines; a blank line is ignored.

    Returns:
        The valid notes and every violation; a line that breaks only a rule of wording is in both.

    Raises:
        DatasetError: The file cannot be read.
    """
    notes: list[FilmNote] = []
    violations: list[str] = []
    for number, line in enumerate(_read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            note = FilmNote.model_validate_json(line)
        except ValidationError as error:
            violations.extend(f"line {number}: {text}" for text in _schema_findings(error))
            continue
        violations.extend(f"line {number}, {note.title}: {t}" for t in _wording_findings(note))
        notes.append(note)
    return CheckedFile(path, tuple(notes), tuple(violations))


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 text; convert it, e.g. with iconv") from error


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


def check_together(notes: Sequence[FilmNote]) -> list[str]:
    """Check notes against each other: duplicates, repetition, tag usage, reading grade."""
    findings = [
        *_disorder(notes),
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


def _disorder(notes: Sequence[FilmNote]) -> Iterator[str]:
    titles = {note.movie_id: note.title for note in notes}
    for movie_id, count in Counter(note.movie_id for note in notes).items():
        if count > 1:
            yield f"{titles[movie_id]} has {count} notes"
    for first, second in pairwise(notes):
        if int(first.imdb_id) >= int(second.imdb_id):
            yield f"{second.title} stands after {first.title}: lines go by IMDb id, each once"


def _shared_openings(notes: Iterable[FilmNote]) -> Iterator[str]:
    for opening, count in _count_openings(notes).most_common():
        if count > MAX_SAME_OPENING:
            yield f"{count} notes open with '{opening}'"


def _count_openings(notes: Iterable[FilmNote]) -> Counter[str]:
    return Counter(" ".join(_words(note.note)[:OPENING_WORDS]) for note in notes)


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


def measure_notes(notes: Sequence[FilmNote]) -> NotesFigures:
    """Count what the rules are about; at least one note."""
    uses = Counter(tag for note in notes for tag in note.tags)
    every = {tag.name: uses[tag.name] for tag in load_style_vocabulary().tags}
    opening, count = _count_openings(notes).most_common(1)[0]
    return NotesFigures(
        notes=len(notes),
        words_a_note=sum(len(note.note.split()) for note in notes) / len(notes),
        tags_a_note=uses.total() / len(notes),
        tag_uses=dict(sorted(every.items(), key=lambda item: (-item[1], item[0]))),
        most_used_opening=opening,
        same_opening=count,
        reading_grade=reading_grade(note.note for note in notes),
    )


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
