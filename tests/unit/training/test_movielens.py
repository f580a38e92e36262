from pathlib import Path

import pytest

from training.errors import DatasetError
from training.layouts import CSV, check_files
from training.movielens import read_movies, read_tags
from training.report import DataReport

RATINGS = "userId,movieId,rating,timestamp\n1,1,4.0,100\n"
MOVIES = "movieId,title,genres\n1,Heat (1995),Action|Crime\n"


def dataset(folder: Path, **files: str | bytes) -> Path:
    for name, content in ({"ratings": RATINGS, "movies": MOVIES} | files).items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def test_tags_links_byte_order_mark_and_windows_line_ends_are_optional(tmp_path):
    windows = b"\xef\xbb\xbf" + RATINGS.replace("\n", "\r\n").encode()
    check_files(dataset(tmp_path, ratings=windows), CSV)


def test_movies_are_read_with_their_links_in_order_of_id(tmp_path):
    dataset(
        tmp_path,
        movies="movieId,title,genres\n"
        '3,"Matrix, The (1999)",Action|Sci-Fi\n'
        "2,Nobody Knows,(no genres listed)\n",
        links="movieId,imdbId,tmdbId\n3,133093,603\n2,,\n",
    )
    report = DataReport()
    nobody, matrix = read_movies(tmp_path, CSV, report)
    assert (matrix.parsed.title, matrix.imdb_id) == ("The Matrix", "0133093")
    assert matrix.genres == ("Action", "Sci-Fi")
    assert (nobody.genres, nobody.imdb_id, nobody.parsed.year) == ((), None, None)
    assert report.n_movies == 2


def test_bad_movie_rows_are_counted_and_dropped(tmp_path):
    dataset(
        tmp_path,
        movies=MOVIES
        + "1,Heat again (1995),Action\nx,No id (2000),Drama\n-4,Negative (2000),Drama\n"
        + "5,,Drama\n6,Too few\n7,Seven (1995),Crime\n",
    )
    report = DataReport()
    assert [movie.movie_id for movie in read_movies(tmp_path, CSV, report)] == [1, 7]
    assert dict(report.dropped) == {
        "movies.csv: movieId twice (the first counts)": 1,
        "movies.csv: movieId is not a positive whole number": 2,
        "movies.csv: no title": 1,
        "movies.csv: wrong number of fields or a stray quotation mark": 1,
    }
    assert report.sentences()[1] == (
        "dropped 2 of movies.csv: movieId is not a positive whole number"
    )


@pytest.mark.parametrize("body", ["", "x,y,z\n"])
def test_a_catalogue_without_movies_is_an_error(tmp_path, body):
    dataset(tmp_path, movies="movieId,title,genres\n" + body)
    with pytest.raises(DatasetError, match="no usable movie"):
        read_movies(tmp_path, CSV, DataReport())


def test_latin_1_in_the_middle_of_a_file_is_an_error(tmp_path):
    dataset(tmp_path, movies=MOVIES.encode() + "2,Amélie (2001),Comedy\n".encode("latin-1"))
    with pytest.raises(DatasetError, match="not UTF-8"):
        read_movies(tmp_path, CSV, DataReport())


def test_tags_are_folded_and_strangers_dropped(tmp_path):
    dataset(
        tmp_path,
        tags="userId,movieId,tag,timestamp\n1,1,  Slow  BURN ,5\n1,99,noir,5\nx,1,noir,5\n1,1,,5\n",
    )
    report = DataReport()
    assert read_tags(tmp_path, CSV, report, known={1}) == [(1, 1, "slow burn")]
    assert sum(report.dropped.values()) == 3
