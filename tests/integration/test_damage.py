"""Damaged files give one clear error, and nothing is made worse."""

import json
import threading

import numpy as np
import pytest

from retrieval.build import build_retrieval
from retrieval.bundle import load_bundle
from retrieval.domain.errors import (
    BundleInvalid,
    BundleNotFound,
    InvalidInteraction,
    ReadOnlyViewer,
)
from retrieval.settings import RetrievalSettings
from tests.support.tiny_bundle import VERSION


def test_an_empty_home_says_how_to_train(tmp_path):
    with pytest.raises(BundleNotFound, match="whylens train"):
        load_bundle(tmp_path / "bundles")


def _no_bytes(path):
    path.write_bytes(b"")


def _half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [_no_bytes, _half, lambda path: path.unlink()])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "movies.json",
        "themes.json",
        "item_vectors.npy",
        "average_user_vector.npy",
    ],
)
def test_a_damaged_bundle_file_is_named(tiny_home, name, damage):
    damage(tiny_home / "bundles" / VERSION / name)
    with pytest.raises(BundleInvalid, match=name):
        load_bundle(tiny_home / "bundles")


def test_vectors_that_are_not_finite_are_refused(tiny_home):
    path = tiny_home / "bundles" / VERSION / "item_vectors.npy"
    vectors = np.load(path)
    vectors[3, 2] = np.nan
    np.save(path, vectors)
    with pytest.raises(BundleInvalid, match="finite"):
        load_bundle(tiny_home / "bundles")


def test_a_bundle_of_another_format_is_refused(tiny_home):
    path = tiny_home / "bundles" / VERSION / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"format_version": 99}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BundleInvalid, match="format"):
        load_bundle(tiny_home / "bundles")


def test_threads_that_write_at_once_lose_no_event(tiny_home):
    room = build_retrieval(RetrievalSettings(home=tiny_home, write_attempts=200))
    room.recommender.recommend("demo")
    movies = [6, 924, 8638, 7361, 2571, 915, 7, 1080]

    def write(movie_id):
        for _ in range(5):
            room.profiles.record("demo", movie_id=movie_id, kind="watch")

    threads = [threading.Thread(target=write, args=(movie_id,)) for movie_id in movies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = room.profiles.history("demo")
    assert sum(event.kind == "watch" for event in history.events) == 40
    replayed = room.profiles.replay_events(list(history.events)).state
    assert history.state.weighted_sum.tobytes() == replayed.weighted_sum.tobytes()


def test_dataset_viewers_cannot_be_written(retrieval):
    with pytest.raises(ReadOnlyViewer, match="demo"):
        retrieval.profiles.record("ml:1", movie_id=6, kind="watch")
    with pytest.raises(ReadOnlyViewer):
        retrieval.profiles.forget("ml:1", "ml:1:858")


@pytest.mark.parametrize(
    ("kind", "rating", "timestamp_ms"),
    [
        ("rating", None, None),
        ("rating", 5.5, None),
        ("rating", 3.3, None),
        ("watch", 4.0, None),
        ("watch", None, 9_999_999_999_999),
        ("watch", None, -1),
    ],
)
def test_impossible_interactions_are_refused(retrieval, kind, rating, timestamp_ms):
    with pytest.raises(InvalidInteraction):
        retrieval.profiles.record(
            "demo", movie_id=6, kind=kind, rating=rating, timestamp_ms=timestamp_ms
        )


def test_the_same_event_id_twice_is_recorded_once(retrieval):
    first = retrieval.profiles.record("demo", movie_id=6, kind="watch", event_id="k1")[1]
    again = retrieval.profiles.record("demo", movie_id=6, kind="watch", event_id="k1")[1]
    assert (first.duplicate, again.duplicate) == (False, True)
    with pytest.raises(InvalidInteraction, match="k1"):
        retrieval.profiles.record("demo", movie_id=924, kind="watch", event_id="k1")
