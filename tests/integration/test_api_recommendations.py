import pytest
from fastapi.testclient import TestClient

from retrieval.build import Retrieval
from retrieval.domain.models import ViewerId


def _list(client: TestClient, query: str = "") -> dict:
    response = client.get(f"/api/recommendations?viewer_id=demo{query}")
    assert response.status_code == 200, response.text
    return response.json()


def test_scores_split_exactly_also_when_trimmed(client: TestClient, retrieval: Retrieval) -> None:
    ranking = retrieval.recommender.recommend(ViewerId("demo"))
    body = _list(client, "&top=2")
    assert [item["movie_id"] for item in body["recommendations"]] == [
        item.movie_id for item in ranking.recommendations
    ]
    for item in body["recommendations"]:
        assert len(item["contributions"]) == 3
        assert item["contributions"][-1]["source"] == "rest"
        total = sum(part["value"] for part in item["contributions"]) + item["residual"]
        assert total == pytest.approx(item["score"], abs=1e-6)


def test_filters_narrow_the_list(client: TestClient) -> None:
    body = _list(client, "&genres=Comedy&year_from=1980&year_to=1999")
    assert body["recommendations"]
    for item in body["recommendations"]:
        assert "Comedy" in item["genres"]
        assert 1980 <= item["year"] <= 1999
    themes = {item["theme_id"] for item in _list(client, "&theme=1&theme=2")["recommendations"]}
    assert themes == {1, 2}


def test_the_entity_tag_holds_until_the_history_changes(client: TestClient) -> None:
    url = "/api/recommendations?viewer_id=demo"
    first = client.get(url)
    known = {"If-None-Match": first.headers["etag"]}
    again = client.get(url, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    client.post("/api/interactions", json={"viewer_id": "demo", "movie_id": 6, "kind": "watch"})
    assert client.get(url, headers=known).status_code == 200


def test_only_viewers_that_this_api_may_change_are_called_writable(make_client) -> None:
    at_home, shared = make_client(), make_client(demo_writable=False)
    assert _list(at_home)["writable"] is True
    assert _list(shared)["writable"] is False
    assert at_home.get("/api/recommendations?viewer_id=ml:1").json()["writable"] is False


def test_a_film_that_is_not_listed_says_where_it_stands(client: TestClient) -> None:
    listed = [item["movie_id"] for item in _list(client, "&n=30")["recommendations"]]
    missing = listed[20]
    body = client.get(f"/api/why-not?viewer_id=demo&movie_id={missing}").json()
    assert (body["rank"], body["seen"], body["in_list"]) == (21, False, False)
    assert body["gap"] > 0
    assert body["text"] == body["evidence"][0]["text"]


def test_titles_are_found_and_a_movie_has_its_sheet(client: TestClient) -> None:
    found = client.get("/api/movies", params={"query": "space od"}).json()
    assert [movie["title"] for movie in found] == ["2001: A Space Odyssey"]
    sheet = client.get(f"/api/movies/{found[0]['movie_id']}").json()
    assert sheet["movie"]["title"] == "2001: A Space Odyssey"
    assert sheet["theme"]["theme_id"] == sheet["movie"]["theme_id"]
    similar = [item["similarity"] for item in sheet["similar"]]
    assert similar == sorted(similar, reverse=True)
    assert len(similar) == 6


def test_themes_cover_the_catalogue(client: TestClient, retrieval: Retrieval) -> None:
    themes = client.get("/api/themes").json()["themes"]
    assert len(themes) == len(retrieval.bundle.themes)
    members = [
        movie["movie_id"]
        for theme in themes
        for movie in client.get(f"/api/themes/{theme['theme_id']}").json()["movies"]
    ]
    assert sorted(members) == [movie.movie_id for movie in retrieval.bundle.movies]


def test_the_taste_profile_counts_what_was_liked(client: TestClient) -> None:
    body = client.get("/api/taste-profile?viewer_id=demo").json()
    assert body["n_interactions"] > 0
    assert 0 < sum(theme["liked_share"] for theme in body["themes"]) <= 1 + 1e-9
    assert all(tag["liked_titles"] for tag in body["style_tags"])
    assert {item["id"] for item in body["evidence"]} >= {"viewer"}


def test_health_and_readiness(client: TestClient, retrieval: Retrieval) -> None:
    assert client.get("/api/health").json() == {"status": "ok"}
    ready = client.get("/api/ready").json()
    assert (ready["bundle"], ready["n_movies"]) == ("tiny-1", len(retrieval.bundle.movies))
