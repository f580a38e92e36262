"""Synopses from a file of the operator's: grounding for the Script Analyzer.

A synopsis is data. It reaches a model inside the evidence block, where an instruction in it is
text like any other; offline, only words of the style vocabulary are taken from it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from retrieval.domain.errors import BadInput
from retrieval.domain.models import MovieId

__all__ = ["MAX_SYNOPSIS_CHARS", "read_synopses"]

MAX_SYNOPSIS_CHARS: Final = 1_200
"""What a model is shown of one; the rest is cut at the end of a sentence if there is one."""
_COLUMNS: Final = ("movieId", "text")
_FORM: Final = "a UTF-8 CSV file with the columns movieId,text"


def read_synopses(path: Path) -> dict[MovieId, str]:
    """Read a CSV file with the columns ``movieId,text``; other columns are passed over.

    Returns:
        Synopses by movie, white space tidied, at most `MAX_SYNOPSIS_CHARS` characters each.

    Raises:
        BadInput: The file is missing or of another form, or a row has no number, no text, or the
            number of an earlier row; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _read(stream, path)
    except OSError as error:
        raise BadInput(f"synopses {path}: {error.strerror}; expected {_FORM}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"synopses {path}: {error}; expected {_FORM}") from error


def _read(stream: TextIO, path: Path) -> dict[MovieId, str]:
    synopses: dict[MovieId, str] = {}
    for line, number, text in _rows(stream, path):
        where = f"synopses {path}, line {line}"
        if not number.strip().isdecimal():
            raise BadInput(f"{where}: movieId '{number}' is not a whole number")
        movie_id = MovieId(int(number))
        if movie_id in synopses:
            raise BadInput(f"{where}: movie {movie_id} has a synopsis already; keep one of them")
        if not text.strip():
            raise BadInput(f"{where}: movie {movie_id} has no text; leave its row out")
        synopses[movie_id] = _shortened(" ".join(text.split()))
    if not synopses:
        raise BadInput(f"synopses {path}: there are no rows; expected {_FORM}")
    return synopses


def _rows(stream: TextIO, path: Path) -> Iterator[tuple[int, str, str]]:
    reader = csv.DictReader(stream)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"synopses {path}: no column {' and '.join(missing)}; expected {_FORM}")
    for row in reader:
        yield reader.line_num, row["movieId"] or "", row["text"] or ""


def _shortened(text: str) -> str:
    if len(text) <= MAX_SYNOPSIS_CHARS:
        return text
    cut = text[:MAX_SYNOPSIS_CHARS]
    end = cut.rfind(". ")
    return cut[: end + 1] if end > 0 else cut
