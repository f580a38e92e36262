"""The catalogue of a bundle, with the index that training leaves beside it and without."""

import json
from pathlib import Path

import numpy as np
import pytest

from retrieval.catalogue import read_catalogue, write_catalogue_index
from retrieval.domain.errors import BundleInvalid
from tests.support.tiny_bundle import MOVIES, write_tiny_bundle


@pytest.fixture(params=["compact", "indented"])
def bundle_dir(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A bundle without an index, its movies written in two ways."""
    path = write_tiny_bundle(tmp_path)
    movies = json.loads((path / "movies.json").read_text(encoding="utf-8"))
    layout = {"separators": (",", ":")} if request.param == "compact" else {"indent": 2}
    text = json.dumps(movies, ensure_ascii=False, **layout) + "\n"
    (path / "movies.json").write_text(text, encoding="utf-8")
    return path


def test_movies_are_the_same_with_an_index_and_without(bundle_dir):
    whole = read_catalogue(bundle_dir)
    write_catalogue_index(bundle_dir)
    indexed = read_catalogue(bundle_dir)
    assert len(indexed) == len(whole) == len(MOVIES)
    # One by one from the end, among them titles that are not ASCII, before all at once.
    assert [indexed[-row] for row in range(1, len(indexed) + 1)] == list(whole)[::-1]
    assert list(read_catalogue(bundle_dir)) == list(whole)
    assert indexed[2:4] == list(whole)[2:4]
    assert indexed.ids.tolist() == whole.ids.tolist() == sorted(movie[0] for movie in MOVIES)
    assert indexed.theme_ids.tolist() == whole.theme_ids.tolist()
    for ours, theirs in zip(indexed.taggings, whole.taggings, strict=True):
        assert np.array_equal(ours, theirs)


def test_a_row_that_is_not_there_is_none(bundle_dir):
    catalogue = read_catalogue(bundle_dir)
    with pytest.raises(IndexError):
        catalogue[len(MOVIES)]


def _edit(path: Path, change) -> None:
    movies = json.loads((path / "movies.json").read_text(encoding="utf-8"))
    change(movies)
    text = json.dumps(movies, ensure_ascii=False, separators=(",", ":"))
    (path / "movies.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_damaged_movie_is_found_when_it_is_made(tmp_path, is_indexed):
    path = write_tiny_bundle(tmp_path)
    _edit(path, lambda movies: movies[3].update(title=None))
    if is_indexed:
        write_catalogue_index(path)
    catalogue = read_catalogue(path)
    assert catalogue[2].movie_id
    with pytest.raises(BundleInvalid, match=r"movies\.json is damaged"):
        catalogue[3]
    with pytest.raises(BundleInvalid, match=r"movies\.json is damaged"):
        list(catalogue)


@pytest.mark.parametrize(
    "change",
    [
        lambda movies: movies[0].update(movie_id="1"),
        lambda movies: movies[0].update(theme_id=True),
        lambda movies: movies[0].pop("theme_id"),
        lambda movies: movies[0].update(style_tags=[{"tag": "slow-burn"}]),
        lambda movies: movies.insert(0, 7),
    ],
)
def test_what_is_asked_of_all_movies_is_checked_at_once(tmp_path, change):
    path = write_tiny_bundle(tmp_path)
    _edit(path, change)
    with pytest.raises(BundleInvalid, match=r"movies\.json is damaged"):
        read_catalogue(path)


def test_an_index_of_other_movies_is_refused(tmp_path):
    path = write_tiny_bundle(tmp_path)
    write_catalogue_index(path)
    _edit(path, lambda movies: movies.pop())
    with pytest.raises(BundleInvalid, match="does not end where its index says"):
        read_catalogue(path)


def test_movies_that_changed_places_are_refused(tmp_path):
    path = write_tiny_bundle(tmp_path)
    _edit(path, lambda movies: None)
    write_catalogue_index(path)
    ids = np.load(path / "catalogue" / "movie_ids.npy")
    np.save(path / "catalogue" / "movie_ids.npy", ids + 1)
    catalogue = read_catalogue(path)
    for make in (lambda: catalogue[0], lambda: list(catalogue)):
        with pytest.raises(BundleInvalid, match="do not fit"):
            make()


@pytest.mark.parametrize("name", ["spans.npy", "tags.json"])
def test_a_damaged_index_is_named(tmp_path, name):
    path = write_tiny_bundle(tmp_path)
    write_catalogue_index(path)
    (path / "catalogue" / name).write_bytes(b"")
    with pytest.raises(BundleInvalid, match=name):
        read_catalogue(path)
