"""Explanations of real viewers, audited by a second method; and the audit, by planted errors."""

import re
import sys

import numpy as np
import pytest

from agents.build import build_explainer, build_verifier
from agents.settings import AgentSettings
from evals.audit import Auditor, EvidenceAudit
from evals.samples import draw_samples
from evals.scorers import all_claims
from retrieval.build import build_retrieval
from retrieval.settings import RetrievalSettings
from tests.support.movielens_bundle import write_movielens_bundle

DETAILS = ("brief", "standard", "full")


@pytest.fixture(scope="module")
def movielens(tmp_path_factory):
    home = tmp_path_factory.mktemp("movielens")
    write_movielens_bundle(home)
    return build_retrieval(RetrievalSettings(home=home))


@pytest.fixture(scope="module")
def explain(movielens):
    return build_explainer(movielens, AgentSettings(provider="offline")).explain


def audit_viewers(retrieval, explain, n_viewers):
    """Explain lists at every level of detail; returns counts, and whatever is wrong."""
    auditor, verifier = Auditor(retrieval.bundle), build_verifier(retrieval.bundle)
    rng = np.random.default_rng(0)
    n_claims, wrong = 0, []
    for sample in draw_samples(retrieval.bundle, n_viewers=n_viewers, n=10, rng=rng):
        for detail in DETAILS:
            explanation = explain(sample.viewer_id, n=sample.n, detail=detail)
            by_id = {piece.id: piece for piece in explanation.evidence}
            claims = all_claims(explanation)
            n_claims += len(claims)
            wrong += auditor.audit(explanation)
            wrong += [
                (problem, claim.text)
                for claim in claims
                for problem in verifier.verify(claim.text, claim.evidence_ids, by_id)
            ]
            wrong += [("replaced", claim.text) for claim in claims if claim.verdict == "replaced"]
    return n_claims, wrong


def test_nothing_in_an_explanation_lacks_evidence(movielens, explain):
    n_claims, wrong = audit_viewers(movielens, explain, 8)
    assert wrong == []
    assert n_claims > 300


@pytest.mark.audit
def test_nothing_in_the_explanations_of_a_hundred_viewers_lacks_evidence(movielens, explain):
    n_claims, wrong = audit_viewers(movielens, explain, 100)
    sys.stdout.write(f"\n100 viewers at {len(DETAILS)} levels of detail: {n_claims:,} claims, ")
    sys.stdout.write(f"{len(wrong)} of them wrong\n")
    assert wrong == []


def another_title(text):
    return re.sub(r"[A-Z][^.:;“”]*? \(\d{4}\)", "Plan 9 from Outer Space (1959)", text, count=1)


def undated_title(text):
    return text.removesuffix(".") + ", a cousin of Plan 9 from Outer Space."


def another_year(text):
    return re.sub(r"\((\d{4})\)", lambda m: f"({int(m[1]) + 2})", text, count=1)


def another_share(text):
    return re.sub(r"(\d+) %", lambda m: f"{(int(m[1]) + 7) % 100} %", text, count=1)


def another_rating(text):
    if "half star" in text:
        return text
    return re.sub(r"(three|four|five)((?: and a half)? stars)", r"half star", text, count=1)


def another_place(text):
    return re.sub(r"\b\d+(th|nd|rd|st)\b", "999th", text, count=1)


def foreign_theme(text):
    return text + " It belongs to pictures of the 1900s."


def foreign_tag(text):
    return text + " It is about con artists."


def invented_person(text):
    return text.removesuffix(".") + ", as Quentin Marlowe would have it."


def another_genre(text):
    return text + " It is a western horror musical."


PLANTS = {
    another_title: "title",
    undated_title: "title",
    another_year: "title",
    another_share: "number",
    another_rating: "number",
    another_place: "number",
    foreign_theme: "theme",
    foreign_tag: "tag",
    invented_person: "name",
    another_genre: "genre",
}


@pytest.mark.parametrize(("plant", "kind"), PLANTS.items(), ids=[p.__name__ for p in PLANTS])
def test_the_audit_finds_what_is_planted(movielens, explain, plant, kind):
    auditor, scorer = Auditor(movielens.bundle), EvidenceAudit(movielens.bundle)
    planted, missed = 0, []
    for viewer in ("ml:1", "ml:15", "ml:30", "ml:73"):
        explanation = explain(viewer, n=10, detail="full")
        for item in explanation.recommendations:
            text = plant(item.reason.text)
            if text == item.reason.text:
                continue
            planted += 1
            reason = item.reason.model_copy(update={"text": text})
            broken = explanation.model_copy(
                update={"recommendations": (item.model_copy(update={"reason": reason}),)}
            )
            found = auditor.audit(broken)
            if kind not in {finding.kind for finding in found if finding.claim == text}:
                missed.append(text)
            else:
                assert scorer.score(broken).value < 1.0
    assert planted >= 8
    assert len(missed) <= 0.05 * planted, missed
