from pathlib import Path

import pytest

from training.errors import DatasetError
from training.layouts import CSV, DAT, LAYOUTS, U_DATA, Layout, check_files, detect_layout
from training.movielens import note_files, read_movies, read_tags
from training.report import DataReport

FLAGS = "0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0"
"""Action and Adventure."""

EDITIONS = {
    "ml-latest and 20m to 32m": (
        CSV,
        {
            "ratings.csv": "userId,movieId,rating,timestamp\n1,1,4.0,100\n",
            "movies.csv": 'movieId,title,genres\n1,"Amélie, The (2001)",Action|Adventure\n',
            "tags.csv": "userId,movieId,tag,timestamp\n1,1,slow burn,100\n",
        },
        "utf-8",
    ),
    "ml-10m": (
        DAT,
        {
            "ratings.dat": "1::1::4.5::100\n",
            "movies.dat": "1::Amélie, The (2001)::Action|Adventure\n",
            "tags.dat": "1::1::Slow  Burn::100\n",
        },
        "utf-8",
    ),
    "ml-1m": (
        DAT,
        {
            "ratings.dat": "1::1::4::100\n",
            "movies.dat": "1::Amélie, The (2001)::Action|Adventure\n",
        },
        "latin-1",
    ),
    "ml-100k": (
        U_DATA,
        {
            "u.data": "1\t1\t4\t100\n",
            "u.item": f"1|Amélie, The (2001)|01-Jan-2001||http://example.org/|{FLAGS}\n",
        },
        "latin-1",
    ),
}


def write(folder: Path, files: dict[str, str], encoding: str) -> Path:
    for name, text in files.items():
        (folder / name).write_bytes(text.encode(encoding))
    return folder


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_is_told_by_its_files_and_gives_the_same_movie(tmp_path, edition):
    layout, files, encoding = EDITIONS[edition]
    write(tmp_path, files, encoding)
    assert detect_layout(files, where="here") is layout
    check_files(tmp_path, layout)
    report = DataReport()
    (movie,) = read_movies(tmp_path, layout, report)
    assert (movie.parsed.title, movie.parsed.year) == ("The Amélie", 2001)
    assert movie.genres == ("Action", "Adventure")
    assert not report.dropped
    tags = read_tags(tmp_path, layout, report, known={1})
    assert [tag.tag for tag in tags] == (["slow burn"] if len(files) == 3 else [])


def test_a_separator_in_a_title_or_tag_belongs_to_it(tmp_path):
    write(
        tmp_path,
        {"movies.dat": "7::Alien::Resurrection (1997)::Horror\n", "tags.dat": "1::7::a::b::5\n"},
        "utf-8",
    )
    report = DataReport()
    (movie,) = read_movies(tmp_path, DAT, report)
    assert movie.parsed.title == "Alien::Resurrection"
    assert read_tags(tmp_path, DAT, report, known={7})[0].tag == "a::b"


def test_old_genre_names_are_the_new_ones(tmp_path):
    write(tmp_path, {"movies.dat": "1::Bambi (1942)::Animation|Children's\n"}, "utf-8")
    assert read_movies(tmp_path, DAT, DataReport())[0].genres == ("Animation", "Children")


def test_a_stray_quotation_mark_costs_one_row(tmp_path):
    rows = '1,"Heat (1995),Action\n2,Ronin (1998),Action\n3,"Broken" quotes (1990),Drama\n'
    write(tmp_path, {"movies.csv": f"movieId,title,genres\n{rows}4,Up (2009),Drama\n"}, "utf-8")
    report = DataReport()
    assert [movie.movie_id for movie in read_movies(tmp_path, CSV, report)] == [2, 4]
    assert report.dropped == {"movies.csv: wrong number of fields or a stray quotation mark": 2}


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.name for layout in LAYOUTS])
@pytest.mark.parametrize("table", ["ratings", "movies"])
def test_one_of_the_two_files_that_must_be_there_is_asked_for(layout: Layout, table):
    missing = layout.files[table]
    there = {name for name in layout.files.values() if name != missing}
    with pytest.raises(DatasetError, match=f"{missing} is missing"):
        detect_layout(there, where="the folder films")


def test_no_dataset_at_all_says_what_is_there_and_what_should_be():
    with pytest.raises(DatasetError, match=r"it holds notes\.txt.*ratings\.csv and movies\.csv"):
        detect_layout(["notes.txt"], where="films")


def test_what_is_not_there_and_what_it_means_is_said(tmp_path):
    write(tmp_path, {"ratings.csv": "userId,movieId,rating,timestamp\n1,1,4.0,10"}, "utf-8")
    report = DataReport()
    note_files(tmp_path, CSV, report)
    assert report.remarks == [
        "there is no tags.csv: style tags come from the film notes alone",
        "there is no links.csv: movies have no IMDb id",
        "ratings.csv ends in the middle of a line: it may have been cut off",
    ]
