import pytest
from fastapi.testclient import TestClient


def _explain(client: TestClient, query: str = "", **body: object) -> dict:
    response = client.post(f"/api/explanations{query}", json={"viewer_id": "demo"} | body)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"/api/explanations/{response.json()['id']}"
    return response.json()


def test_an_explanation_is_kept_and_can_be_read_again(client: TestClient) -> None:
    made = _explain(client, n=3)
    assert [item["rank"] for item in made["recommendations"]] == [1, 2, 3]
    assert client.get(f"/api/explanations/{made['id']}").json() == made


def test_the_list_that_is_explained_is_the_list_that_is_recommended(client: TestClient) -> None:
    listed = client.get("/api/recommendations?viewer_id=demo&n=5").json()
    made = _explain(client, n=5)
    assert [item["movie_id"] for item in made["recommendations"]] == [
        item["movie_id"] for item in listed["recommendations"]
    ]
    assert made["versions"]["user_vector"] == listed["versions"]["user_vector"]
    assert made["versions"]["bundle"] == listed["versions"]["bundle"]


@pytest.mark.parametrize("top", [0, 2, 1000])
def test_contributions_add_up_however_many_are_shown(client: TestClient, top: int) -> None:
    made = _explain(client, f"?top={top}", n=4)
    for item in made["recommendations"]:
        assert len(item["contributions"]) <= top + 1
        total = sum(part["value"] for part in item["contributions"]) + item["residual"]
        assert total == pytest.approx(item["score"], abs=1e-6)
        assert sum(part["share"] for part in item["contributions"]) == pytest.approx(1, abs=1e-6)


def test_one_film_can_be_explained_alone(client: TestClient) -> None:
    listed = client.get("/api/recommendations?viewer_id=demo").json()["recommendations"]
    made = _explain(client, movie_id=listed[4]["movie_id"])
    assert [item["movie_id"] for item in made["recommendations"]] == [listed[4]["movie_id"]]
    assert made["recommendations"][0]["rank"] == 5


def test_every_claim_names_evidence_that_is_there(client: TestClient) -> None:
    made = _explain(client)
    known = {item["id"] for item in made["evidence"]}
    claims = [*made["summary_claims"], *(item["reason"] for item in made["recommendations"])]
    claims += [claim for theme in made["themes"] for claim in theme["claims"]]
    assert claims
    for claim in claims:
        assert set(claim["evidence_ids"]) <= known


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"viewer_id": "nobody"}, 404),
        ({"viewer_id": "demo", "movie_id": 999999}, 404),
        ({"viewer_id": "demo", "n": 51}, 422),
        ({"viewer_id": "demo", "detail": "endless"}, 422),
        ({}, 422),
    ],
)
def test_what_cannot_be_explained_is_a_problem(client: TestClient, body: dict, status: int) -> None:
    response = client.post("/api/explanations", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
