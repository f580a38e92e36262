"""Filters and reorderings: what they do to a list, and that it says so."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from retrieval.domain.recommendation import Filters
from tests.support.tiny_bundle import MOVIES, VIEWERS
from whylens import app

VARIED = Filters(diversity=0.6)
MIXED = Filters(genres=("Drama",), year_from=1970, surprise=0.7, diversity=0.5)
THEME_OF = {movie[0]: movie[4] for movie in MOVIES}
strengths = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def ids(ranking):
    return [r.movie_id for r in ranking.recommendations]


def test_a_plain_list_discloses_nothing(retrieval):
    ranking = retrieval.recommender.recommend("demo", n=10)
    assert ranking.adjustments == ()
    assert all(r.moves == () and r.rank_by_score == r.rank for r in ranking.recommendations)
    listed = retrieval.evidence.listing(ranking)
    assert listed.data.adjustments == ()
    movie = retrieval.evidence.movie(ranking, ranking.recommendations[0].movie_id)
    assert (movie.data.rank, movie.data.rank_by_score, movie.data.moves) == (1, None, ())


def test_variety_spreads_the_themes_and_leaves_scores_and_splits_alone(retrieval):
    plain = retrieval.recommender.recommend("ml:1", n=500)
    by_id = {r.movie_id: r for r in plain.recommendations}
    varied = retrieval.recommender.recommend("ml:1", n=4, filters=VARIED)
    assert len({THEME_OF[m] for m in ids(varied)}) > len({THEME_OF[m] for m in ids(plain)[:4]})
    for r in varied.recommendations:
        assert (r.score, r.contributions) == (
            by_id[r.movie_id].score,
            by_id[r.movie_id].contributions,
        )
        assert r.rank_by_score == by_id[r.movie_id].rank


def test_surprise_brings_less_known_films_forward(retrieval):
    known = {m.movie_id: m.n_ratings for m in retrieval.bundle.movies}
    means = []
    for surprise in (0.0, 0.5, 1.0):
        ranking = retrieval.recommender.recommend("demo", n=5, filters=Filters(surprise=surprise))
        means.append(sum(known[m] for m in ids(ranking)) / 5)
    assert means[0] > means[2]
    assert means == sorted(means, reverse=True)


@given(
    viewer=st.sampled_from(["demo", *(f"ml:{user_id}" for user_id in VIEWERS)]),
    genres=st.sampled_from([(), ("Drama",), ("Comedy",)]),
    year_from=st.sampled_from([None, 1980]),
    surprise=strengths,
    diversity=strengths,
    n=st.integers(1, 12),
)
@settings(
    max_examples=60,
    deadline=None,
    # The room is read alone, so that one serves all examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_on_the_list_keeps_its_promises(
    retrieval, viewer, genres, year_from, surprise, diversity, n
):
    recommender = retrieval.recommender
    filters = Filters(genres=genres, year_from=year_from, surprise=surprise, diversity=diversity)
    snapshot = recommender.snapshot(viewer)
    ranking = recommender.rank_for(snapshot, n=n, filters=filters)
    met = {event.movie_id for event in snapshot.events}
    assert met.isdisjoint(ids(ranking))
    assert len(set(ids(ranking))) == len(ids(ranking))
    for r in ranking.recommendations:
        assert set(genres) <= set(r.genres)
        assert year_from is None or r.year >= year_from
        place = recommender.place(snapshot, r.movie_id, filters)
        assert (place.rank, place.moves) == (r.rank, r.moves)
        assert recommender.place(snapshot, r.movie_id).rank == r.rank_by_score
    active = [name for name in ("surprise", "diversity") if getattr(filters, name)]
    wanted = (["filters"] if genres or year_from else []) + active
    assert [adjustment.by for adjustment in ranking.adjustments] == wanted
    moved = {move.by for r in ranking.recommendations for move in r.moves}
    assert moved == {a.by for a in ranking.adjustments if a.n_moved}
    top = [(m, p.rank, p.score) for m, p in recommender.top_places(snapshot, n=n, filters=filters)]
    assert [m for m, _, _ in top] == ids(ranking)
    assert [m for m, _ in recommender.top_movie_ids(snapshot, n=n, filters=filters)] == ids(ranking)


def test_a_film_left_out_for_variety_says_so(retrieval):
    plain = retrieval.recommender.recommend("ml:1", n=4)
    varied = retrieval.recommender.recommend("ml:1", n=4, filters=VARIED)
    missing = next(m for m in ids(plain) if m not in ids(varied))
    why_not = retrieval.evidence.why_not(varied, missing)[0]
    data = why_not.data
    assert data.rank > 4 >= data.rank_by_score == ids(plain).index(missing) + 1
    assert [move.by for move in data.moves] == ["diversity"]
    assert "variety moved it down" in why_not.text
    assert missing in varied.adjustments[0].left_movie_ids


@pytest.mark.parametrize("filters", [VARIED, MIXED], ids=["variety", "everything"])
def test_a_hypothetical_list_is_made_with_the_same_adjustments(retrieval, filters):
    recommender = retrieval.recommender
    ranking = recommender.recommend("demo", n=5, filters=filters)
    event = ranking.viewer.events[-1]
    pieces = retrieval.evidence.forget(ranking, [event.event_id])
    promised = {e.data.movie_id: e.data.rank_after for e in pieces if e.kind == "counterfactual"}
    what_if = next(e.data for e in pieces if e.kind == "what_if")
    retrieval.profiles.forget("demo", event.event_id)
    again = recommender.recommend("demo", n=5, as_of_ms=ranking.viewer.as_of_ms, filters=filters)
    assert set(ids(again)) - set(ids(ranking)) == set(what_if.entered_movie_ids)
    for movie_id, rank in promised.items():
        assert recommender.place(again.viewer, movie_id, filters).rank == rank


def test_the_api_takes_the_sliders_and_discloses_the_moves(client: TestClient):
    url = "/api/recommendations?viewer_id=demo&n=5"
    plain, varied = client.get(url), client.get(f"{url}&diversity=0.6&surprise=0.5")
    assert plain.headers["etag"] != varied.headers["etag"]
    assert plain.json()["adjustments"] == []
    body = varied.json()
    assert [a["by"] for a in body["adjustments"]] == ["surprise", "diversity"]
    assert (body["filters"]["diversity"], body["filters"]["surprise"]) == (0.6, 0.5)
    moved = [item for item in body["recommendations"] if item["rank"] != item["rank_by_score"]]
    assert moved
    assert all(item["moves"][0]["rank_before"] == item["rank_by_score"] for item in moved)


@pytest.mark.parametrize("value", ["-0.1", "1.5", "nan", "much"])
@pytest.mark.parametrize("name", ["diversity", "surprise"])
def test_a_slider_off_its_scale_is_a_problem(client: TestClient, name: str, value: str):
    for path in ("recommendations?viewer_id=demo", "why-not?viewer_id=demo&movie_id=6"):
        response = client.get(f"/api/{path}&{name}={value}")
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert name in response.text
    body = {"viewer_id": "demo", name: value}
    assert client.post("/api/explanations", json=body).status_code == 422


def test_explanations_and_previews_are_of_the_same_list(client: TestClient):
    sliders = {"diversity": 0.6, "surprise": 0.5}
    listed = client.get("/api/recommendations", params={"viewer_id": "demo", "n": 5, **sliders})
    films = [(r["movie_id"], r["moves"]) for r in listed.json()["recommendations"]]
    question = {"viewer_id": "demo", "n": 5, **sliders}
    explained = client.post("/api/explanations", json=question).json()
    assert [(r["movie_id"], r["moves"]) for r in explained["recommendations"]] == films
    assert explained["adjustments"] == listed.json()["adjustments"]
    event_id = next(
        c["event_id"] for c in explained["recommendations"][0]["contributions"] if c["event_id"]
    )
    preview = client.post("/api/counterfactuals", json={**question, "forget_event_ids": [event_id]})
    assert [item["movie_id"] for item in preview.json()["before"]] == [m for m, _ in films]


def test_the_command_line_tells_the_rank_by_score_where_films_are_reordered(tiny_home):
    def run(*more: str) -> list[dict[str, str]]:
        command = ["recommend", "--home", str(tiny_home), "--n", "5", "--format", "csv", *more]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        return list(csv.DictReader(io.StringIO(result.output)))

    plain, varied = run(), run("--diversity", "0.6")
    assert list(plain[0]) == ["viewer_id", "rank", "movie_id", "score"]
    assert list(varied[0]) == ["viewer_id", "rank", "movie_id", "score", "rank_by_score"]
    places = {row["movie_id"]: row["rank"] for row in plain}
    for row in varied:
        assert places.get(row["movie_id"], row["rank_by_score"]) == row["rank_by_score"]
