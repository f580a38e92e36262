"""The style part of scores, recomputed from the bundle's files without the code that serves."""

import json
from collections import Counter

import numpy as np
import pytest

from agents.build import build_verifier
from retrieval.build import build_retrieval
from retrieval.domain.evidence import StyleEvidence
from retrieval.domain.recommendation import Filters
from retrieval.settings import RetrievalSettings
from tests.support.tiny_bundle import write_tiny_bundle

VIEWERS = ("demo", "ml:1", "ml:2", "ml:3")


def expected_style(retrieval, snapshot):
    """Style of every movie by the formula, with dense matrices; and the pattern's tags."""
    bundle = retrieval.bundle
    movies = json.loads((bundle.path / "movies.json").read_text())
    tags = sorted({tag["tag"] for movie in movies for tag in movie["style_tags"]})
    sure = np.array(
        [
            [{t["tag"]: t["confidence"] for t in movie["style_tags"]}.get(tag, 0.0) for tag in tags]
            for movie in movies
        ]
    )
    rarity = np.log(len(movies) / (sure > 0).sum(axis=0)) / np.log(len(movies))
    styles = sure * rarity
    styles /= np.maximum(np.linalg.norm(styles, axis=1, keepdims=True), 1e-300)
    tastes = np.load(bundle.path / "item_vectors.npy").astype(float) @ snapshot.user_vector.total
    met = {event.movie_id for event in snapshot.events}
    unmet = [row for row, movie in enumerate(movies) if movie["movie_id"] not in met]
    best = sorted(unmet, key=lambda row: -tastes[row])[:10]
    counts = Counter(tag["tag"] for row in best for tag in movies[row]["style_tags"])
    shared = {tag for tag, count in counts.items() if count >= 2}
    pattern = np.array([counts[tag] if tag in shared else 0.0 for tag in tags]) * rarity
    pattern /= np.linalg.norm(pattern)
    return bundle.recipe.style_strength * styles @ pattern, shared


@pytest.mark.parametrize("viewer", VIEWERS)
def test_tags_that_the_list_by_taste_shares_add_what_the_formula_says(retrieval, viewer):
    ranking = retrieval.recommender.recommend(viewer, n=12)
    styles, shared = expected_style(retrieval, ranking.viewer)
    assert any(r.parts.style > 0.0 for r in ranking.recommendations)
    for r in ranking.recommendations:
        by_tag = {c.title: c.value for c in r.contributions if c.source == "style"}
        carried = {tagging.tag for tagging in retrieval.bundle.movie(r.movie_id).style_tags}
        assert set(by_tag) == carried & shared
        assert sum(by_tag.values()) == pytest.approx(r.parts.style, abs=1e-15)
        assert r.parts.style == pytest.approx(styles[retrieval.bundle.row(r.movie_id)], abs=1e-15)
        assert 0.0 <= r.parts.style <= ranking.viewer.recipe.style_strength + 1e-12


def test_lists_and_places_count_style_alike(retrieval):
    recommender = retrieval.recommender
    for viewer in VIEWERS:
        snapshot = recommender.snapshot(viewer)
        listed = recommender.top_movie_ids(snapshot, n=30)
        places = [recommender.place(snapshot, movie_id) for movie_id, _ in listed]
        assert [place.rank for place in places] == list(range(1, len(listed) + 1))
        assert [place.score for place in places] == [score for _, score in listed]


def test_filters_do_not_change_the_pattern(retrieval):
    plain = retrieval.recommender.recommend("ml:1", n=30)
    narrowed = retrieval.recommender.recommend("ml:1", n=30, filters=Filters(genres=("Sci-Fi",)))
    by_movie = {r.movie_id: r.score for r in plain.recommendations}
    assert narrowed.recommendations
    for r in narrowed.recommendations:
        assert by_movie[r.movie_id] == r.score


def test_a_history_without_events_has_no_style(retrieval):
    recommender = retrieval.recommender
    nothing = recommender.with_log(recommender.snapshot("demo"), [])
    assert {r.parts.style for r in recommender.rank_for(nothing).recommendations} == {0.0}


def test_the_published_recipe_has_no_style_part(tmp_path):
    write_tiny_bundle(tmp_path, recipe="paper")
    room = build_retrieval(RetrievalSettings(home=tmp_path))
    for r in room.recommender.recommend("ml:1").recommendations:
        assert r.parts.style == 0.0
        assert {c.source for c in r.contributions} == {"interaction", "profile"}


def test_forgetting_an_event_takes_its_part_of_the_pattern_along(retrieval):
    profiles, recommender = retrieval.profiles, retrieval.recommender
    before = recommender.recommend("demo", n=12)
    event = next(e for e in before.viewer.events if (e.rating or 0) >= 4)
    promised = recommender.rank_for(
        recommender.without_events(before.viewer, [event.event_id]), n=12
    )
    profiles.forget("demo", event.event_id)
    after = recommender.recommend("demo", n=12, as_of_ms=before.viewer.as_of_ms)
    assert [r.contributions for r in after.recommendations] == [
        r.contributions for r in promised.recommendations
    ]
    styles, _ = expected_style(retrieval, after.viewer)
    for r in after.recommendations:
        assert r.parts.style == pytest.approx(styles[retrieval.bundle.row(r.movie_id)], abs=1e-15)


def test_what_style_adds_is_evidence_whose_sentence_the_verifier_accepts(retrieval):
    verifier = build_verifier(retrieval.bundle)
    found = 0
    for viewer in VIEWERS:
        ranking = retrieval.recommender.recommend(viewer)
        evidence = {item.id: item for item in retrieval.evidence.for_ranking(ranking)}
        for item in evidence.values():
            if not isinstance(item, StyleEvidence):
                continue
            found += 1
            r = next(r for r in ranking.recommendations if r.movie_id == item.data.movie_id)
            assert item.data.value == pytest.approx(r.parts.style)
            assert verifier.verify(item.text, [item.id], evidence) == []
            raised = item.text.replace("make up", "make up 40 % and not")
            raised = raised.replace("makes up", "makes up 40 % and not")
            assert verifier.verify(raised, [item.id], evidence)
    assert found


def test_a_list_ends_where_a_longer_one_goes_on(retrieval):
    """Style may bring in what taste alone would leave out, at whatever place a list ends."""
    recommender = retrieval.recommender
    for viewer in VIEWERS:
        snapshot = recommender.snapshot(viewer)
        whole = recommender.top_movie_ids(snapshot, n=len(retrieval.bundle.movies))
        for n in range(10, len(whole)):
            assert recommender.top_movie_ids(snapshot, n=n) == whole[:n]
