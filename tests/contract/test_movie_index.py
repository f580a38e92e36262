import numpy as np
import pytest

from retrieval.build import build_retrieval
from retrieval.chroma_index import ChromaMovieIndex, build_chroma
from retrieval.domain.errors import BundleInvalid
from retrieval.domain.models import Movie, MovieId, ThemeId
from retrieval.domain.ranking import top_rows
from retrieval.numpy_index import NumpyMovieIndex
from retrieval.settings import RetrievalSettings

N_MOVIES, N_FACTORS = 600, 12


@pytest.fixture(scope="module")
def vectors():
    rng = np.random.default_rng(5)
    lengths = rng.gamma(2.0, size=(N_MOVIES, 1))  # uneven lengths: the hard case for HNSW
    return (rng.normal(size=(N_MOVIES, N_FACTORS)) * lengths).astype(np.float32)


@pytest.fixture(scope="module", params=["exact", "chroma"])
def index(request, vectors, tmp_path_factory):
    if request.param == "exact":
        return NumpyMovieIndex(vectors)
    path = tmp_path_factory.mktemp("index") / "chroma"
    movies = [
        Movie(movie_id=MovieId(10 * i), title=f"Film {i}", theme_id=ThemeId(0), genres=("Drama",))
        for i in range(N_MOVIES)
    ]
    build_chroma(path, movies, vectors)
    ids = np.array([movie.movie_id for movie in movies], dtype=np.int64)
    return ChromaMovieIndex(path, ids, oversampling=10)


def best(vectors, query, allowed, n):
    return set(top_rows(vectors.astype(np.float64) @ query, allowed, n=n).tolist())


def test_candidates_contain_the_exact_best(index, vectors):
    rng = np.random.default_rng(8)
    everything = np.ones(N_MOVIES, dtype=np.bool_)
    for _ in range(25):
        query = rng.normal(size=N_FACTORS)
        found = set(index.search(query, everything, n=10).tolist())
        assert best(vectors, query, everything, 10) <= found


def test_only_allowed_rows_come_back_even_when_few_are(index, vectors):
    query = np.random.default_rng(9).normal(size=N_FACTORS)
    allowed = np.zeros(N_MOVIES, dtype=np.bool_)
    allowed[[3, 77, 401]] = True
    assert set(index.search(query, allowed, n=10).tolist()) == {3, 77, 401}


def test_a_catalogue_seen_to_the_end_gives_nothing(index):
    nothing = np.zeros(N_MOVIES, dtype=np.bool_)
    assert index.search(np.ones(N_FACTORS), nothing, n=10).size == 0


def test_a_zero_query_still_gives_a_full_list(index):
    everything = np.ones(N_MOVIES, dtype=np.bool_)
    assert index.search(np.zeros(N_FACTORS), everything, n=10).size >= 10


def test_both_indexes_make_the_same_lists(tiny_home_template, tmp_path):
    lists = []
    for kind in ("exact", "chroma"):
        settings = RetrievalSettings(home=tiny_home_template, index=kind)
        recommender = build_retrieval(settings).recommender
        lists.append(
            [
                (r.movie_id, r.score)
                for viewer in ("ml:1", "ml:2", "ml:3")
                for r in recommender.recommend(viewer, n=10).recommendations
            ]
        )
    assert lists[0] == lists[1]


def test_a_missing_collection_is_named(tmp_path):
    with pytest.raises(BundleInvalid, match="train"):
        ChromaMovieIndex(tmp_path / "chroma", np.array([1]), oversampling=2)
