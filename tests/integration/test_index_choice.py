"""Which index serves, and whether an index finds what a scan finds."""

import sys

import numpy as np
import pytest

from retrieval.batch import dataset_viewers
from retrieval.build import build_index, build_retrieval
from retrieval.chroma_index import ChromaMovieIndex
from retrieval.domain.errors import BundleInvalid
from retrieval.index_recall import measure_recall
from retrieval.numpy_index import NumpyMovieIndex
from retrieval.settings import RetrievalSettings


class ForgetfulIndex:
    """A `MovieIndex` that never finds the movie of one row."""

    def __init__(self, lost: int) -> None:
        self._lost = lost

    def search(self, query, allowed, *, n, slack=0.0):
        rows = np.flatnonzero(allowed)
        return rows[rows != self._lost].astype(np.int64)


@pytest.fixture
def home_settings(tiny_home_template):
    return RetrievalSettings(home=tiny_home_template)


def test_small_catalogues_are_scanned_and_large_ones_ask_chroma(home_settings):
    bundle = build_retrieval(home_settings).bundle
    n_movies = len(bundle.movies)

    def chosen(**changes):
        return type(build_index(bundle, home_settings.model_copy(update=changes)))

    assert home_settings.index == "auto"
    assert chosen() is NumpyMovieIndex
    assert chosen(exact_up_to=n_movies) is NumpyMovieIndex
    assert chosen(exact_up_to=n_movies - 1) is ChromaMovieIndex
    assert chosen(exact_up_to=0, index="exact") is NumpyMovieIndex
    assert chosen(index="chroma") is ChromaMovieIndex


def test_without_chroma_every_list_scans_and_the_log_says_so(home_settings, monkeypatch, caplog):
    bundle = build_retrieval(home_settings).bundle
    large = home_settings.model_copy(update={"exact_up_to": 0})
    monkeypatch.delitem(sys.modules, "retrieval.chroma_index")
    monkeypatch.setitem(sys.modules, "chromadb", None)
    assert type(build_index(bundle, large)) is NumpyMovieIndex
    assert "scan all" in caplog.text
    with pytest.raises(ImportError):
        build_index(bundle, large.model_copy(update={"index": "chroma"}))


def test_without_a_collection_every_list_scans_and_the_log_says_so(tiny_home, caplog):
    settings = RetrievalSettings(home=tiny_home, exact_up_to=0)
    bundle = build_retrieval(settings).bundle
    assert type(build_index(bundle, settings)) is NumpyMovieIndex
    assert "chroma is missing" in caplog.text
    (bundle.path / "chroma").mkdir()
    with pytest.raises(BundleInvalid):
        build_index(bundle, settings.model_copy(update={"index": "chroma"}))


def test_chroma_finds_what_a_scan_finds(home_settings):
    retrieval = build_retrieval(home_settings)
    index = build_index(retrieval.bundle, home_settings.model_copy(update={"index": "chroma"}))
    viewers = dataset_viewers(retrieval.bundle)
    for recall in measure_recall(retrieval, index, viewers, ks=(5, 100)):
        assert (recall.mean, recall.worst) == (1.0, 1.0)
        assert recall.n_identical == recall.n_viewers == len(viewers)


def test_recall_counts_what_an_index_misses(home_settings):
    retrieval = build_retrieval(home_settings)
    best = retrieval.recommender.recommend("ml:1", n=1).recommendations[0].movie_id
    index = ForgetfulIndex(retrieval.bundle.row(best))
    (recall,) = measure_recall(retrieval, index, ["ml:1", "ml:1"], ks=(4,))
    assert recall.mean == recall.worst == 0.75
    assert (recall.n_viewers, recall.n_identical) == (2, 0)
