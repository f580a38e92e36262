from pathlib import Path

import pytest

from training.errors import DatasetError
from training.movielens import check_files, read_movies, read_tags
from training.report import DataReport

RATINGS = "userId,movieId,rating,timestamp\n1,1,4.0,100\n"
MOVIES = "movieId,title,genres\n1,Heat (1995),Action|Crime\n"


def dataset(folder: Path, **files: str | bytes) -> Path:
    for name, content in ({"ratings": RATINGS, "movies": MOVIES} | files).items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"ratings": ""}, r"ratings\.csv is empty"),
        ({"ratings": "  \n"}, r"ratings\.csv is empty"),
        ({"ratings": "1,1,4.0,100\n"}, r"ratings\.csv should start with the header userId"),
        ({"ratings": "user,item,stars,time\n"}, r"should start with the header"),
        ({"ratings": "userId;movieId;rating;timestamp\n"}, r"should start with the header"),
        ({"ratings": RATINGS.encode("utf-16")}, r"ratings\.csv is not UTF-8"),
        ({"movies": "movieId,title\n1,Heat\n"}, r"movies\.csv should start with the header"),
        ({"movies": b"\x80\x81\n"}, r"movies\.csv is not UTF-8"),
        ({"tags": "a,b\n"}, r"tags\.csv should start with the header"),
        ({"links": ""}, r"links\.csv is empty"),
    ],
)
def test_a_file_that_is_not_movielens_is_named(tmp_path, files, message):
    with pytest.raises(DatasetError, match=message):
        check_files(dataset(tmp_path, **files))


@pytest.mark.parametrize("missing", ["ratings.csv", "movies.csv"])
def test_a_missing_file_is_named(tmp_path, missing):
    dataset(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(DatasetError, match=f"{missing} is missing"):
        check_files(tmp_path)


def test_tags_links_byte_order_mark_and_windows_line_ends_are_optional(tmp_path):
    windows = b"\xef\xbb\xbf" + RATINGS.replace("\n", "\r\n").encode()
    check_files(dataset(tmp_path, ratings=windows))


def test_movies_are_read_with_their_links_in_order_of_id(tmp_path):
    dataset(
        tmp_path,
        movies="movieId,title,genres\n"
        '3,"Matrix, The (1999)",Action|Sci-Fi\n'
        "2,Nobody Knows,(no genres listed)\n",
        links="movieId,imdbId,tmdbId\n3,133093,603\n2,,\n",
    )
    report = DataReport()
    nobody, matrix = read_movies(tmp_path, report)
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
    assert [movie.movie_id for movie in read_movies(tmp_path, report)] == [1, 7]
    assert dict(report.dropped) == {
        "movies.csv: movieId twice (the first counts)": 1,
        "movies.csv: movieId is not a positive whole number": 2,
        "movies.csv: no title": 1,
        "movies.csv: wrong number of fields": 1,
    }
    assert report.sentences()[1] == (
        "dropped 2 of movies.csv: movieId is not a positive whole number"
    )


@pytest.mark.parametrize("body", ["", "x,y,z\n"])
def test_a_catalogue_without_movies_is_an_error(tmp_path, body):
    dataset(tmp_path, movies="movieId,title,genres\n" + body)
    with pytest.raises(DatasetError, match="no usable movie"):
        read_movies(tmp_path, DataReport())


def test_latin_1_in_the_middle_of_a_file_is_an_error(tmp_path):
    dataset(tmp_path, movies=MOVIES.encode() + "2,Amélie (2001),Comedy\n".encode("latin-1"))
    with pytest.raises(DatasetError, match="not UTF-8"):
        read_movies(tmp_path, DataReport())


def test_an_unclosed_quote_swallows_no_more_than_it_must(tmp_path):
    dataset(tmp_path, movies=MOVIES + '2,"Open (2000),Drama\n3,Later (2001),Drama\n')
    report = DataReport()
    assert [movie.movie_id for movie in read_movies(tmp_path, report)] == [1]
    assert report.dropped["movies.csv: wrong number of fields"] == 1


def test_tags_are_folded_and_strangers_dropped(tmp_path):
    dataset(
        tmp_path,
        tags="userId,movieId,tag,timestamp\n1,1,  Slow  BURN ,5\n1,99,noir,5\nx,1,noir,5\n1,1,,5\n",
    )
    report = DataReport()
    assert read_tags(tmp_path, report, known={1}) == [(1, 1, "slow burn")]
    assert sum(report.dropped.values()) == 3
