"""The whole graph on the tiny bundle, written by the offline provider."""

import asyncio
import re
from collections import Counter

import pytest

from agents.build import build_explainer, build_verifier
from agents.schemas import Explanation
from agents.settings import AgentSettings
from retrieval.domain.errors import UnknownMovie, UnknownViewer

VIEWERS = ("ml:1", "ml:2", "ml:3", "demo")


@pytest.fixture
def explainer(retrieval):
    return build_explainer(retrieval, AgentSettings(provider="offline"))


def claims_of(explanation):
    themes = [claim for theme in explanation.themes for claim in theme.claims]
    return [*explanation.summary_claims, *themes, *(r.reason for r in explanation.recommendations)]


@pytest.mark.parametrize("detail", ["brief", "standard", "full"])
@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_claim_stands_as_written(explainer, retrieval, viewer, detail):
    explanation = explainer.explain(viewer, n=10, detail=detail)
    verifier = build_verifier(retrieval.bundle)
    by_id = {item.id: item for item in explanation.evidence}
    claims = claims_of(explanation)
    assert [c.text for c in claims if verifier.verify(c.text, c.evidence_ids, by_id)] == []
    counts = explanation.verification
    assert (counts.checked, counts.supported) == (len(claims), len(claims))
    assert (counts.revised, counts.replaced) == (0, 0)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_contributions_and_residual_add_up_to_the_score(explainer, viewer):
    explanation = explainer.explain(viewer, n=10)
    assert [r.rank for r in explanation.recommendations] == list(range(1, 11))
    for item in explanation.recommendations:
        total = sum(c.value for c in item.contributions) + item.residual
        assert abs(item.score - total) < 1e-9
        assert item.reason.evidence_ids


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_reason_cites_the_largest_contribution(explainer, viewer):
    for item in explainer.explain(viewer, n=10).recommendations:
        largest = max(item.contributions, key=lambda c: c.value)
        cited = (
            f"profile:{item.movie_id}"
            if largest.source == "profile"
            else f"contrib:{item.movie_id}:{largest.movie_id}"
        )
        assert cited in item.reason.evidence_ids


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_two_reasons_of_a_page_share_a_frame(explainer, viewer):
    explanation = explainer.explain(viewer, n=10, detail="brief")
    frames = Counter(
        re.sub(r"[A-Z][\w'’&: ·é-]+ \(\d{4}\)|\d+(st|nd|rd|th)?", "□", r.reason.text)
        for r in explanation.recommendations
    )
    assert max(frames.values()) == 1


def test_the_texts_show_no_machinery(explainer):
    text = " ".join(
        claim.text for viewer in VIEWERS for claim in claims_of(explainer.explain(viewer, n=10))
    )
    assert not re.search(r"\b(?:vector|score|contribution|evidence|cosine|cluster)s?\b", text)
    assert not re.search(r"\d\.\d{2,}|  | ,|\.\.|\{|\}|\bNone\b(?! of)", text)


def test_the_same_question_gives_the_same_words(explainer):
    texts = [[c.text for c in claims_of(explainer.explain("ml:2", n=8))] for _ in range(2)]
    assert texts[0] == texts[1]


def test_the_explanation_is_stored_and_can_be_read_again(explainer, retrieval):
    explanation = explainer.explain("ml:1", n=3)
    stored = retrieval.documents.load_explanation(explanation.id)
    assert stored is not None
    assert Explanation.model_validate_json(stored) == explanation


def test_one_film_of_the_list_is_explained_alone(explainer):
    listed = explainer.explain("ml:1", n=10).recommendations[6]
    alone = explainer.explain("ml:1", n=10, movie_id=listed.movie_id)
    assert [(r.rank, r.movie_id) for r in alone.recommendations] == [(7, listed.movie_id)]
    assert alone.verification.replaced == 0


def test_a_film_beyond_the_list_is_explained_at_its_rank(explainer, retrieval):
    everything = retrieval.recommender.recommend("ml:1", n=30).recommendations
    last = everything[-1]
    explanation = explainer.explain("ml:1", n=5, movie_id=last.movie_id)
    found = explanation.recommendations[0]
    assert (found.rank, found.movie_id) == (last.rank, last.movie_id)
    assert abs(found.score - last.score) < 1e-12
    assert explanation.verification.replaced == 0
    assert "list" not in {item.id for item in explanation.evidence}


def test_an_empty_history_is_admitted(explainer, retrieval):
    retrieval.store.create_viewer("newcomer", [], created_ms=0)
    explanation = explainer.explain("newcomer", n=5)
    assert explanation.abstained
    assert "nothing in your history" in explanation.summary
    for item in explanation.recommendations:
        assert item.reason.verdict == "supported"
        assert set(item.reason.evidence_ids) <= {
            f"movie:{item.movie_id}",
            f"profile:{item.movie_id}",
        }


def test_unknown_viewers_and_movies_are_named_in_the_error(explainer):
    with pytest.raises(UnknownViewer, match="nobody"):
        explainer.explain("nobody")
    with pytest.raises(UnknownMovie, match="424242"):
        explainer.explain("ml:1", movie_id=424242)


def test_nothing_is_paid_and_nobody_is_blamed_offline(explainer):
    explanation = explainer.explain("ml:1", n=5)
    assert explanation.usage.cost_usd == 0.0
    assert explanation.usage.input_tokens == 0
    assert explanation.provider.name == "offline"
    assert not explanation.provider.degraded


async def test_it_runs_inside_an_event_loop(explainer):
    first, second = await asyncio.gather(
        explainer.aexplain("ml:1", n=3), explainer.aexplain("ml:2", n=3)
    )
    assert first.viewer_id != second.viewer_id


def test_a_title_full_of_instructions_changes_nothing(explainer):
    explanation = explainer.explain("ml:1", n=10, movie_id=3000001, detail="full")
    assert explanation.recommendations[0].movie_id == 3000001
    assert explanation.verification.replaced == 0
