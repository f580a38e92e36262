import pytest

from agents.synopses import MAX_SYNOPSIS_CHARS, read_synopses
from retrieval.domain.errors import BadInput


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "synopses.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_rows_are_read_whatever_else_the_file_has(write):
    path = write('﻿title,movieId,text\nHeat,6,"A thief,\n a   cop."\nToy Story,1,Toys.\n')
    assert read_synopses(path) == {6: "A thief, a cop.", 1: "Toys."}


def test_a_long_synopsis_ends_with_a_sentence(write):
    text = "One sentence of some length. " * 100
    found = read_synopses(write(f"movieId,text\n6,{text}\n"))[6]
    assert len(found) <= MAX_SYNOPSIS_CHARS
    assert found.endswith("length.")


def test_a_long_synopsis_without_sentences_is_cut(write):
    assert len(read_synopses(write(f"movieId,text\n6,{'x' * 5000}\n"))[6]) == MAX_SYNOPSIS_CHARS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column movieId and text"),
        ("id,text\n6,x\n", "no column movieId"),
        ("movieId,text\n", "no rows"),
        ("movieId,text\n6,Fine.\nsix,Not.\n", "line 3: movieId 'six'"),
        ("movieId,text\n-6,Not.\n", "movieId '-6'"),
        ("movieId,text\n6,  \n", "line 2: movie 6 has no text"),
        ("movieId,text\n6\n", "movie 6 has no text"),
        ("movieId,text\n6,a\n7,b\n6,c\n", "line 4: movie 6 has a synopsis already"),
        (b"movieId,text\n6,caf\xe9\n", "UTF-8 CSV"),
        (b"PK\x03\x04\x00\x00\xff", "UTF-8 CSV"),
        (f"movieId,text\n6,{'x' * 200_000}\n", "UTF-8 CSV"),
    ],
)
def test_faults_are_told_with_the_line_and_the_form(write, content, said):
    with pytest.raises(BadInput, match="synopses") as caught:
        read_synopses(write(content))
    assert said in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        read_synopses(tmp_path / "none.csv")
