"""Each kind of damage to a dataset gives one clear error, or is counted and reported."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.support.movielens_files import write_movielens
from training.dataset_source import Dataset, resolve_dataset
from training.errors import DatasetError
from training.layouts import check_files
from training.movielens import note_files, read_movies, read_tags
from training.ratings import load_ratings
from training.report import DataReport

NOW_S = 1.8e9
NOT_A_NUMBER = "is not a positive whole number"


@pytest.fixture
def films(tmp_path: Path) -> Path:
    return write_movielens(tmp_path / "films", n_users=12, n_movies=30)


def read_small_files(path: Path, work: Path, report: DataReport) -> tuple[Dataset, list[int]]:
    """What a training run does before it starts Spark."""
    dataset = resolve_dataset(
        str(path), data_dir=work / "data", work_dir=work / "work", base_url="http://127.0.0.1:9/"
    )
    check_files(dataset.folder, dataset.layout)
    movies = read_movies(dataset.folder, dataset.layout, report)
    known = [movie.movie_id for movie in movies]
    read_tags(dataset.folder, dataset.layout, report, known=set(known))
    note_files(dataset.folder, dataset.layout, report)
    return dataset, known


def edit(path: Path, old: str, new: str, *, count: int = -1) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, count), encoding="utf-8")


def append(path: Path, *rows: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def recode(path: Path, encoding: str) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))


def cut_column(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n", encoding="utf-8")


def add_column(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(f"{line},x" for line in lines) + "\n", encoding="utf-8")


def in_milliseconds(films: Path) -> None:
    header, *rows = (films / "ratings.csv").read_text(encoding="utf-8").split()
    (films / "ratings.csv").write_text("\n".join([header, *(f"{row}000" for row in rows)]) + "\n")


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


REFUSED = {
    "empty ratings": (
        lambda f: (f / "ratings.csv").write_text(""),
        r"ratings\.csv is empty",
    ),
    "empty movies": (
        lambda f: (f / "movies.csv").write_text(" \n"),
        r"movies\.csv is empty",
    ),
    "movies with a header only": (
        lambda f: (f / "movies.csv").write_text("movieId,title,genres\n"),
        r"movies\.csv holds no usable movie \(no rows\)",
    ),
    "ratings without a header": (
        lambda f: edit(f / "ratings.csv", "userId,movieId,rating,timestamp\n", ""),
        r"should start with the header userId,movieId,rating,timestamp",
    ),
    "another header": (
        lambda f: edit(f / "ratings.csv", "userId,movieId", "user,item"),
        r"starts with 'user,item,rating,timestamp': userId, movieId is missing",
    ),
    "semicolons": (
        lambda f: edit(f / "ratings.csv", ",", ";"),
        r"starts with 'userId;movieId;rating;timestamp'",
    ),
    "a column too few": (
        lambda f: cut_column(f / "ratings.csv"),
        r"starts with 'userId,movieId,rating': timestamp is missing",
    ),
    "a column too many": (
        lambda f: add_column(f / "ratings.csv"),
        r"remove the column x",
    ),
    "columns in another order": (
        lambda f: edit(f / "ratings.csv", "userId,movieId", "movieId,userId"),
        r"put the columns in this order",
    ),
    "ratings in UTF-16": (
        lambda f: recode(f / "ratings.csv", "utf-16"),
        r"ratings\.csv is UTF-16 text; convert it with: iconv -f UTF-16",
    ),
    "movies in UTF-16 without a mark": (
        lambda f: recode(f / "movies.csv", "utf-16-le"),
        r"movies\.csv is UTF-16 text",
    ),
    "movies in Latin-1": (
        lambda f: (
            append(f / "movies.csv", "99,Amélie (2001),Comedy"),
            recode(f / "movies.csv", "latin-1"),
        ),
        r"movies\.csv is not UTF-8 text; convert it.*iconv -f LATIN1",
    ),
    "binary": (
        lambda f: (f / "movies.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100)),
        r"movies\.csv is not UTF-8 text",
    ),
    "every movie id damaged": (
        lambda f: (f / "movies.csv").write_text("movieId,title,genres\ntt1,Heat,Crime\n"),
        r"no usable movie \(1 x movieId is not a positive whole number\)",
    ),
    "a folder in place of a file": (
        lambda f: make_folder(f / "ratings.csv"),
        r"ratings\.csv is a folder where a file should be",
    ),
    "no movies": (
        lambda f: (f / "movies.csv").unlink(),
        r"has ratings\.csv but movies\.csv is missing",
    ),
    "a folder of something else": (
        lambda f: [path.unlink() for path in f.iterdir() if path.name != "links.csv"],
        r"holds no MovieLens dataset \(it holds links\.csv\)",
    ),
    "tags with another header": (
        lambda f: edit(f / "tags.csv", "userId,movieId,tag,timestamp", "user,movie,tag"),
        r"tags\.csv should start with the header",
    ),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_a_file_that_cannot_be_used_is_one_error_that_says_what_to_do(films, tmp_path, damage):
    spoil, message = REFUSED[damage]
    spoil(films)
    with pytest.raises(DatasetError, match=message) as caught:
        read_small_files(films, tmp_path, DataReport())
    assert "\n" not in str(caught.value)


def zipped(films: Path, tmp_path: Path, *, leave_out: str = "", folder: str = "ml/") -> Path:
    archive = tmp_path / "films.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(films.iterdir()):
            if path.name != leave_out:
                file.write(path, folder + path.name)
    return archive


def test_a_zip_without_ratings_says_what_is_missing(films, tmp_path):
    archive = zipped(films, tmp_path, leave_out="ratings.csv")
    with pytest.raises(DatasetError, match=r"films\.zip has movies\.csv but ratings\.csv is miss"):
        read_small_files(archive, tmp_path, DataReport())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_zip_is_refused(films, tmp_path, share):
    archive = zipped(films, tmp_path)
    archive.write_bytes(archive.read_bytes()[: int(share * archive.stat().st_size)])
    with pytest.raises(DatasetError, match=r"films\.zip is not a readable zip archive"):
        read_small_files(archive, tmp_path, DataReport())


@pytest.mark.parametrize("position", [0.1, 0.5])
def test_a_zip_with_flipped_bytes_is_refused(films, tmp_path, position):
    archive = zipped(films, tmp_path)
    data = bytearray(archive.read_bytes())
    start = int(position * len(data))
    data[start : start + 40] = bytes(255 - value for value in data[start : start + 40])
    archive.write_bytes(bytes(data))
    with pytest.raises(DatasetError, match="not a readable zip archive"):
        read_small_files(archive, tmp_path, DataReport())


def test_a_zip_cannot_write_outside_its_folder(films, tmp_path):
    archive = zipped(films, tmp_path, folder="../../../../escaped/")
    dataset, known = read_small_files(archive, tmp_path, DataReport())
    assert dataset.folder == tmp_path / "work" / "dataset"
    assert len(known) == 30
    assert not list(tmp_path.rglob("escaped"))


REPORTED = {
    "a byte order mark and Windows lines": (
        lambda f: [recode(f / name, "utf-8-sig") for name in ("ratings.csv", "movies.csv")],
        300,
        [],
    ),
    "cut off within a line": (
        lambda f: (f / "ratings.csv").write_bytes((f / "ratings.csv").read_bytes()[:-14]),
        299,
        [
            "dropped 1 of ratings.csv: wrong number of fields",
            "ratings.csv ends in the middle of a line: it may have been cut off",
        ],
    ),
    "NaN": (
        lambda f: append(f / "ratings.csv", "1,1,NaN,1000000000"),
        300,
        ["dropped 1 of ratings.csv: the rating is not a number"],
    ),
    "repeated rows": (
        lambda f: append(f / "ratings.csv", *(f / "ratings.csv").read_text().split()[1:11]),
        300,
        ["dropped 10 of ratings.csv: the same movie by the same user again (the latest counts)"],
    ),
    "ids that are negative or no number": (
        lambda f: append(f / "ratings.csv", "-1,1,4.0,1000000000", "abc,1,4.0,1000000000"),
        300,
        [f"dropped 2 of ratings.csv: userId or movieId {NOT_A_NUMBER}"],
    ),
    "a rating of an unknown movie": (
        lambda f: append(f / "ratings.csv", "1,4711,4.0,1000000000"),
        300,
        ["dropped 1 of ratings.csv: the movie is not in the catalogue"],
    ),
    "ratings out of range": (
        lambda f: append(f / "ratings.csv", "1,30,11,1000000000", "1,30,-1,1000000000"),
        300,
        ["dropped 2 of ratings.csv: the rating is outside 0.5 to 5"],
    ),
    "a time in the future": (
        lambda f: append(f / "ratings.csv", "1,30,4.0,2000000000"),
        300,
        ["dropped 1 of ratings.csv: the timestamp is in the future"],
    ),
    "a time in milliseconds": (
        lambda f: append(f / "ratings.csv", "1,30,4.0,1000000000000"),
        300,
        ["dropped 1 of ratings.csv: the timestamp is in milliseconds, not in seconds"],
    ),
    "quoted commas and stray quotation marks": (
        lambda f: (
            append(f / "ratings.csv", '1,"30,4.0,1000000000', '1,30,"4,0",1000000000'),
            append(f / "movies.csv", '99,"Heat (1995),Crime', '98,He"at (1995),Crime,Drama'),
        ),
        300,
        [
            "dropped 2 of movies.csv: wrong number of fields or a stray quotation mark",
            "dropped 1 of ratings.csv: wrong number of fields",
            "dropped 1 of ratings.csv: the rating is not a number",
        ],
    ),
    "a movie id twice": (
        lambda f: append(f / "movies.csv", "1,Another (1999),Drama"),
        300,
        ["dropped 1 of movies.csv: movieId twice (the first counts)"],
    ),
    "no tags and no links": (
        lambda f: [(f / name).unlink() for name in ("tags.csv", "links.csv")],
        300,
        [
            "there is no tags.csv: style tags come from the film notes alone",
            "there is no links.csv: movies have no IMDb id",
        ],
    ),
    "malformed tags and links": (
        lambda f: (
            append(f / "tags.csv", "1,1,too,many,fields", "1,4711,noir,1", "x,1,noir,1"),
            append(f / "links.csv", "30,tt0113277,949"),
        ),
        300,
        [
            "dropped 1 of tags.csv: wrong number of fields or a stray quotation mark",
            "dropped 1 of tags.csv: the movie is not in the catalogue",
            "dropped 1 of tags.csv: no ids or no tag",
            "dropped 1 of links.csv: no movieId or imdbId",
        ],
    ),
}


@pytest.mark.spark
@pytest.mark.parametrize("damage", REPORTED)
def test_bad_rows_are_counted_and_the_rest_is_kept(spark, films, tmp_path, damage):
    spoil, n_kept, sentences = REPORTED[damage]
    spoil(films)
    report = DataReport()
    load(spark, films, tmp_path, report)
    assert report.n_ratings == n_kept
    assert sorted(report.sentences()[1:]) == sorted(sentences)


def load(spark, films: Path, work: Path, report: DataReport) -> None:
    dataset, known = read_small_files(films, work, report)
    load_ratings(
        spark,
        str(dataset.ratings_path),
        layout=dataset.layout,
        movie_ids=known,
        target=work / "ratings.parquet",
        report=report,
        now_s=NOW_S,
    )


@pytest.mark.spark
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda f: (f / "ratings.csv").write_text("userId,movieId,rating,timestamp\n"),
            r"ratings\.csv holds no usable rating \(no rows\)",
        ),
        (
            in_milliseconds,
            r"no usable rating \(300 x the timestamp is in milliseconds, not in seconds\)",
        ),
    ],
)
def test_ratings_of_which_nothing_is_left_are_an_error_with_the_reason(
    spark, films, tmp_path, spoil, message
):
    spoil(films)
    with pytest.raises(DatasetError, match=message):
        load(spark, films, tmp_path, DataReport())


@pytest.mark.spark
@pytest.mark.parametrize("names", [("u.data", "u.item", "\t"), ("ratings.dat", "movies.dat", "::")])
def test_the_old_editions_are_read_and_checked_alike(spark, tmp_path, names):
    ratings, movies, separator = names
    rows = ["1,1,4,900000000", "1,2,5,900000001", "2,2,9,900000002", "2,1,3", "2,3,3,900000003"]
    (tmp_path / ratings).write_text("".join(row.replace(",", separator) + "\n" for row in rows))
    titles = ["1|Amélie (2001)", "2|Heat (1995)"]
    flags = "|".join("010" + "0" * 16)
    table = {
        "u.item": "".join(f"{title}|01-Jan-2001||url|{flags}\n" for title in titles),
        "movies.dat": "".join(f"{title}::Action\n".replace("|", "::", 1) for title in titles),
    }
    (tmp_path / movies).write_bytes(table[movies].encode("latin-1"))
    report = DataReport()
    load(spark, tmp_path, tmp_path / "work", report)
    assert (report.n_ratings, report.n_users, report.n_movies) == (2, 1, 2)
    assert report.dropped == {
        f"{ratings}: the rating is outside 0.5 to 5": 1,
        f"{ratings}: wrong number of fields": 1,
        f"{ratings}: the movie is not in the catalogue": 1,
    }


def test_a_dataset_that_cannot_be_read_is_one_error(films, tmp_path):
    shutil.rmtree(films)
    with pytest.raises(DatasetError, match=r"there is no dataset .*ml-latest-small"):
        read_small_files(films, tmp_path, DataReport())
