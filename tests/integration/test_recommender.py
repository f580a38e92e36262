import numpy as np
import pytest

from retrieval.build import build_retrieval
from retrieval.domain.errors import BadInput, UnknownEvent, UnknownMovie, UnknownViewer
from retrieval.domain.recommendation import Filters
from retrieval.settings import RetrievalSettings
from tests.support.tiny_bundle import MOVIES, VIEWERS, write_tiny_bundle

HEAT, BLADE_RUNNER, EX_MACHINA, TOY_STORY = 6, 541, 115713, 1
THEME_OF = {movie[0]: movie[4] for movie in MOVIES}


def ids(ranking):
    return [r.movie_id for r in ranking.recommendations]


def test_seen_movies_never_come_back_and_the_whole_rest_does(retrieval):
    for user_id, history in VIEWERS.items():
        ranking = retrieval.recommender.recommend(f"ml:{user_id}", n=500)
        seen = {movie_id for movie_id, _ in history}
        assert set(ids(ranking)) == set(THEME_OF) - seen


def test_lists_follow_the_liked_themes(retrieval):
    crime = ids(retrieval.recommender.recommend("ml:1", n=3))
    animation = ids(retrieval.recommender.recommend("ml:3", n=2))
    assert {THEME_OF[m] for m in crime} == {0}
    assert {THEME_OF[m] for m in animation} == {4}


@pytest.mark.parametrize("recipe", ["whylens", "paper"])
def test_scores_are_the_bundles_inner_products_and_split_exactly(tmp_path, recipe):
    write_tiny_bundle(tmp_path, recipe=recipe)
    room = build_retrieval(RetrievalSettings(home=tmp_path))
    vectors = np.load(room.bundle.path / "item_vectors.npy").astype(np.float64)
    for viewer in ("demo", "ml:1", "ml:2", "ml:3"):
        ranking = room.recommender.recommend(viewer, n=10)
        user_vector = ranking.viewer.user_vector.total
        scores = [r.score for r in ranking.recommendations]
        assert scores == sorted(scores, reverse=True)
        for r in ranking.recommendations:
            total = sum(c.value for c in r.contributions)
            taste = user_vector @ vectors[room.bundle.row(r.movie_id)]
            assert r.score - r.parts.style == pytest.approx(taste)
            assert 0.0 <= r.parts.style <= room.bundle.recipe.style_strength + 1e-12
            assert abs(r.score - total - r.residual) < 1e-9
            assert abs(r.residual) < 1e-9
            parts = r.parts.base + r.parts.recent + r.parts.style
            assert parts == pytest.approx(r.score, abs=1e-12)
            assert sum(c.share for c in r.contributions) == pytest.approx(1.0)
            n_tags = sum(c.source == "style" for c in r.contributions)
            assert len(r.contributions) == len(ranking.viewer.events) + 1 + n_tags


def test_a_five_star_rating_raises_its_kin(retrieval):
    recommender = retrieval.recommender
    before = recommender.snapshot("ml:1")
    after = recommender.with_rating(before, EX_MACHINA, 5.0)
    for movie_id, theme in THEME_OF.items():
        if theme == 2 and movie_id not in (EX_MACHINA, BLADE_RUNNER):
            assert (
                recommender.place(after, movie_id).rank <= recommender.place(before, movie_id).rank
            )


def test_a_dislike_lowers_the_movie_and_its_kin(retrieval):
    before = retrieval.recommender.snapshot("demo")
    scores_before = {m: retrieval.recommender.place(before, m).score for m in THEME_OF}
    retrieval.profiles.record("demo", movie_id=TOY_STORY, kind="less_like_this")
    after = retrieval.recommender.snapshot("demo", as_of_ms=before.as_of_ms)
    kin = [m for m, theme in THEME_OF.items() if theme == 4]
    changes = [retrieval.recommender.place(after, m).score - scores_before[m] for m in kin]
    assert max(changes) < 0
    assert TOY_STORY not in ids(retrieval.recommender.recommend("demo", n=500))


def test_a_counterfactual_is_what_deleting_the_event_gives(retrieval):
    recommender = retrieval.recommender
    ranking = recommender.recommend("demo", n=10)
    event = next(e for e in ranking.viewer.events if e.movie_id == BLADE_RUNNER)
    evidence = retrieval.evidence.forget(ranking, [event.event_id])
    promised = {e.data.movie_id: e.data.rank_after for e in evidence if e.kind == "counterfactual"}
    assert promised
    retrieval.profiles.forget("demo", event.event_id)
    again = recommender.snapshot("demo", as_of_ms=ranking.viewer.as_of_ms)
    for movie_id, rank in promised.items():
        assert recommender.place(again, movie_id).rank == rank


def test_an_event_added_and_forgotten_leaves_no_trace(retrieval):
    before = retrieval.profiles.history("demo")
    event, _ = retrieval.profiles.record("demo", movie_id=HEAT, kind="rating", rating=5.0)
    retrieval.profiles.forget("demo", event.event_id)
    after = retrieval.profiles.history("demo")
    assert after.events == before.events
    assert after.state.ema.tobytes() == before.state.ema.tobytes()
    assert after.state.weighted_sum.tobytes() == before.state.weighted_sum.tobytes()


def test_a_late_event_is_put_in_its_place(retrieval):
    first, _ = retrieval.profiles.record(
        "demo", movie_id=HEAT, kind="watch", timestamp_ms=1_000_000_000_000
    )
    events = retrieval.profiles.history("demo").events
    assert events[0].event_id == first.event_id
    replayed = retrieval.profiles.replay_events(list(events)).state
    assert retrieval.profiles.history("demo").state.ema.tobytes() == replayed.ema.tobytes()


def test_filters_constrain_the_list(retrieval):
    recommend = retrieval.recommender.recommend
    bundle = retrieval.bundle
    nineties = recommend("demo", n=50, filters=Filters(year_from=1990, year_to=1999))
    assert nineties.recommendations
    assert all(1990 <= (r.year or 0) <= 1999 for r in nineties.recommendations)
    war = recommend("demo", n=50, filters=Filters(genres=("war",)))
    assert {THEME_OF[m] for m in ids(war)} <= {5}
    calm = recommend("demo", n=50, filters=Filters(tags=("slow-burn",), without_genres=("War",)))
    assert all("slow-burn" in {t.tag for t in bundle.movie(m).style_tags} for m in ids(calm))
    assert recommend("demo", filters=Filters(year_from=2090)).recommendations == ()


def test_why_not_tells_rank_gap_and_a_remedy_that_works(retrieval):
    recommender = retrieval.recommender
    ranking = recommender.recommend("ml:1", n=5)
    (why_not, *_) = retrieval.evidence.why_not(ranking, TOY_STORY)
    data = why_not.data
    assert data.rank > 5
    assert data.gap == pytest.approx(ranking.recommendations[-1].score - data.score)
    assert data.remedy == "rate"
    after = ranking.viewer
    for title in data.remedy_titles:
        remedy_id = next(m.movie_id for m in retrieval.bundle.movies if m.name == title)
        after = recommender.with_rating(after, remedy_id, data.remedy_rating)
    assert recommender.place(after, TOY_STORY).rank == data.remedy_rank <= 5


def test_why_not_knows_seen_and_listed_films(retrieval):
    ranking = retrieval.recommender.recommend("ml:1", n=5)
    seen = retrieval.evidence.why_not(ranking, 858)[0]
    listed = retrieval.evidence.why_not(ranking, ids(ranking)[0])[0]
    assert "history already" in seen.text
    assert "ranks 1st" in listed.text


def test_unknowns_are_named(retrieval):
    recommender = retrieval.recommender
    ranking = recommender.recommend("ml:1")
    with pytest.raises(UnknownViewer, match="ml:99"):
        recommender.recommend("ml:99")
    with pytest.raises(UnknownViewer, match="nobody"):
        recommender.recommend("nobody")
    with pytest.raises(UnknownMovie, match="424242"):
        recommender.place(ranking.viewer, 424242)
    with pytest.raises(UnknownEvent):
        retrieval.evidence.forget(ranking, ["nothing"])
    with pytest.raises(BadInput, match="1 to"):
        recommender.recommend("ml:1", n=0)


def test_similar_films_share_the_theme_and_leave_the_film_out(retrieval):
    similar = retrieval.recommender.similar(HEAT, n=5)
    assert HEAT not in [m for m, _ in similar]
    assert {THEME_OF[m] for m, _ in similar} == {0}


def test_renaming_a_movie_changes_no_score(tmp_path):
    write_tiny_bundle(tmp_path / "a")
    path = write_tiny_bundle(tmp_path / "b")
    text = (path / "movies.json").read_text(encoding="utf-8")
    (path / "movies.json").write_text(text.replace('"Heat"', '"Hitze"'), encoding="utf-8")
    lists = [
        [
            (r.movie_id, r.score)
            for r in build_retrieval(RetrievalSettings(home=tmp_path / name))
            .recommender.recommend("ml:1")
            .recommendations
        ]
        for name in "ab"
    ]
    assert lists[0] == lists[1]


def test_evidence_ids_are_unique_and_every_sentence_is_whole(retrieval):
    ranking = retrieval.recommender.recommend("demo", n=10)
    pieces = retrieval.evidence.for_ranking(ranking)
    assert len({piece.id for piece in pieces}) == len(pieces)
    for piece in pieces:
        assert piece.text[0].isupper() or piece.text[0] in "“2"
        assert piece.text.endswith(".")
        assert "None" not in piece.text
