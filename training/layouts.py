"""How MovieLens lays out its files: names, separators, encodings, and a line taken apart.

Three layouts cover every edition: CSV with a header (latest, 20m, 25m, 32m), ``::`` without one
(1m, 10m), and the tab and pipe files of 100k. Knows text, not what the fields mean.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

from training.errors import DatasetError

__all__ = [
    "LAYOUTS",
    "Layout",
    "Table",
    "check_files",
    "check_start",
    "detect_layout",
    "wanted_files",
]

Table = Literal["ratings", "movies", "tags", "links"]

_COLUMNS: Final[dict[Table, list[str]]] = {
    "ratings": ["userId", "movieId", "rating", "timestamp"],
    "movies": ["movieId", "title", "genres"],
    "tags": ["userId", "movieId", "tag", "timestamp"],
    "links": ["movieId", "imdbId", "tmdbId"],
}
_FREE_TEXT: Final[dict[Table, int]] = {"movies": 1, "tags": 2}
"""Column that may hold the separator itself in a layout that does not quote."""
_GENRES_100K: Final = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|"
    "Film-Noir|Horror|Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western"
).split("|")
_FLAGS_START_100K: Final = 5
_FIRST_LINE_BYTES: Final = 1 << 16
_SHOWN: Final = 80


class Layout(NamedTuple):
    """One way in which MovieLens writes its tables."""

    name: str
    """For people."""
    files: dict[Table, str]
    separator: str
    has_header: bool
    """Layouts with a header are UTF-8 and quote; the others are UTF-8 or Latin-1 and do not."""

    def rows(self, folder: Path, table: Table) -> Iterator[list[str] | None]:
        """The rows of a table, one list of fields each; nothing when there is no file.

        Yields:
            As many fields as the table has columns, or None for a line that has not.

        Raises:
            DatasetError: The file cannot be read, or its encoding is not the layout's.
        """
        path = folder / self.files.get(table, "")
        if not path.is_file():
            return
        try:
            with path.open(encoding=self._encoding(path), newline=None) as file:
                if self.has_header:
                    next(file, None)
                yield from (self.fields(table, line) for line in file if line.strip())
        except UnicodeDecodeError as error:
            raise _not_utf8(path) from error
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}") from error

    def _encoding(self, path: Path) -> str:
        if self.has_header:
            return "utf-8-sig"
        try:
            with path.open(encoding="utf-8") as file:
                for _ in file:
                    pass
        except UnicodeDecodeError:
            return "latin-1"  # ml-100k and ml-1m, which are older than UTF-8's victory
        return "utf-8-sig"

    def fields(self, table: Table, line: str) -> list[str] | None:
        """The fields of one line, or None when it has not one for each column."""
        line = line.rstrip("\n").replace("\0", "?")
        if self.files[table] == "u.item":
            return _u_item(line)
        fields = _csv_fields(line) if self.has_header else line.split(self.separator)
        width, text = len(_COLUMNS[table]), _FREE_TEXT.get(table)
        if not self.has_header and text is not None and len(fields) > width:
            end = len(fields) - (width - text - 1)
            fields = [*fields[:text], self.separator.join(fields[text:end]), *fields[end:]]
        return fields if len(fields) == width else None


CSV: Final = Layout(
    "CSV",
    {
        "ratings": "ratings.csv",
        "movies": "movies.csv",
        "tags": "tags.csv",
        "links": "links.csv",
    },
    ",",
    has_header=True,
)
DAT: Final = Layout(
    "'::'",
    {"ratings": "ratings.dat", "movies": "movies.dat", "tags": "tags.dat"},
    "::",
    has_header=False,
)
U_DATA: Final = Layout("ml-100k", {"ratings": "u.data", "movies": "u.item"}, "\t", has_header=False)
LAYOUTS: Final = (CSV, DAT, U_DATA)


def wanted_files() -> frozenset[str]:
    """Names of all files that some layout reads."""
    return frozenset(name for layout in LAYOUTS for name in layout.files.values())


def detect_layout(names: Collection[str], *, where: str) -> Layout:
    """Tell the layout from the names of the files that are there.

    Args:
        names: File names, without folders.
        where: Folder, archive or address, for the message.

    Raises:
        DatasetError: Ratings or movies are missing; says which, and what is there instead.
    """
    for layout in LAYOUTS:
        if layout.files["ratings"] in names and layout.files["movies"] in names:
            return layout
    for layout in LAYOUTS:
        both = {layout.files["ratings"], layout.files["movies"]}
        missing = both.difference(names)
        if len(missing) == 1:
            raise DatasetError(
                f"{where} has {', '.join(both - missing)} but {', '.join(missing)} is missing"
            )
    there = ", ".join(sorted(names)[:6]) or "nothing"
    raise DatasetError(
        f"{where} holds no MovieLens dataset (it holds {there}): expected are ratings.csv and "
        "movies.csv, or ratings.dat and movies.dat, or u.data and u.item"
    )


def check_files(folder: Path, layout: Layout) -> None:
    """See that every file of a layout that is there is text and starts as it should.

    Raises:
        DatasetError: The first file that does not fit, and what to do about it.
    """
    for table, name in layout.files.items():
        path = folder / name
        if path.is_dir():
            raise DatasetError(f"{path} is a folder where a file should be")
        if path.exists():
            try:
                with path.open("rb") as file:
                    start = file.read(_FIRST_LINE_BYTES)
            except OSError as error:
                raise DatasetError(f"{path} cannot be read: {error.strerror}") from error
            check_start(path, start, layout, table)


def check_start(path: Path | str, start: bytes, layout: Layout, table: Table) -> None:
    """See that the first bytes of a table are text and its first line has the right columns.

    Args:
        path: Where the bytes are from, a path or address, for the message.
        start: Some kilobytes, the whole file when it is shorter.
        layout: Layout that the names of the files suggest.
        table: Which table it is.

    Raises:
        DatasetError: What is wrong, and what to do about it.
    """
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:4]:
        raise DatasetError(f"{path} is UTF-16 text; convert it with: iconv -f UTF-16 -t UTF-8")
    line = start.partition(b"\n")[0]
    try:
        text = line.decode("utf-8-sig" if layout.has_header else "latin-1").rstrip("\r")
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error
    if not start.strip():
        raise DatasetError(f"{path} is empty")
    if layout.has_header:
        _check_header(path, _csv_fields(text) or [text], _COLUMNS[table])
    elif layout.fields(table, text) is None:
        raise DatasetError(
            f"{path} should have {len(_COLUMNS[table])} fields between {layout.separator!r} "
            f"in each line, but starts with {text[:_SHOWN]!r}"
        )


def _check_header(path: Path | str, found: Sequence[str], expected: Sequence[str]) -> None:
    if list(found) == list(expected):
        return
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if missing:
        hint = f"{', '.join(missing)} is missing"
    elif extra:
        hint = f"remove the column {', '.join(extra)[:_SHOWN]}"
    else:
        hint = "put the columns in this order"
    raise DatasetError(
        f"{path} should start with the header {','.join(expected)}, "
        f"but starts with {','.join(found)[:_SHOWN]!r}: {hint}"
    )


def _csv_fields(line: str) -> list[str]:
    """Fields of one line; none when its quotation marks do not match.

    No row of MovieLens spans lines, so a stray quotation mark costs one row and not the rest of
    the file.
    """
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []


def _u_item(line: str) -> list[str] | None:
    """Id, title and genres of a line of u.item."""
    fields = line.split("|")
    flags = fields[_FLAGS_START_100K:]
    if len(flags) != len(_GENRES_100K):
        return None
    genres = [genre for genre, flag in zip(_GENRES_100K, flags, strict=True) if flag == "1"]
    return [fields[0], fields[1].removesuffix(" (V)"), "|".join(genres)]


def _not_utf8(path: Path | str) -> DatasetError:
    return DatasetError(
        f"{path} is not UTF-8 text; convert it, for instance from Latin-1 "
        "with: iconv -f LATIN1 -t UTF-8"
    )
