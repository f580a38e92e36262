"""The evals on the real system, and on answers that were broken on purpose."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from agents.build import build_explainer, build_verifier
from agents.settings import AgentSettings
from evals.runner import run_eval, write_run
from evals.samples import draw_samples
from evals.scorers import ClaimPrecision, ContributorAgreement, NoHallucinatedTitles
from retrieval.domain.errors import StateUnavailable
from whylens import app


@pytest.fixture
def explainer(retrieval):
    return build_explainer(retrieval, AgentSettings(provider="offline"))


@pytest.fixture
def scorers(retrieval):
    return [
        ClaimPrecision(build_verifier(retrieval.bundle)),
        ContributorAgreement(retrieval.recommender),
        NoHallucinatedTitles(retrieval.bundle),
    ]


@pytest.fixture
def samples(retrieval):
    return draw_samples(retrieval.bundle, n_viewers=50, n=5, rng=np.random.default_rng(0))


def run(samples, solver, scorers):
    return run_eval(samples, solver, scorers, bundle="tiny", seed=0)


def verdicts(finished):
    return {scorer.name: scorer.verdict for scorer in finished.scorers}


def with_reasons(explanation, change):
    """The explanation with every reason passed through ``change(index, reason)``."""
    changed = tuple(
        item.model_copy(update={"reason": change(index, item.reason)})
        for index, item in enumerate(explanation.recommendations)
    )
    return explanation.model_copy(update={"recommendations": changed})


def test_the_real_system_passes(explainer, scorers, samples):
    finished = run(samples, lambda s: explainer.explain(s.viewer_id, n=s.n), scorers)
    assert finished.verdict == "pass"
    assert {s.estimate.mean for s in finished.scorers} == {1.0}
    assert len(finished.results) == len(samples)


def test_every_viewer_is_drawn_once_when_more_are_asked_for(retrieval, samples):
    assert [s.viewer_id for s in samples] == [
        f"ml:{i}" for i in sorted(retrieval.bundle.dataset_viewer_ids())
    ]


def test_an_invented_film_fails_claims_and_titles(explainer, scorers, samples):
    def solve(sample):
        return with_reasons(
            explainer.explain(sample.viewer_id, n=sample.n),
            lambda _, reason: reason.model_copy(
                update={"text": f"It is the twin of Quiet Harbour Lights (1987). {reason.text}"}
            ),
        )

    found = verdicts(run(samples, solve, scorers))
    assert found["claim_precision"] == "fail"
    assert found["no_hallucinated_titles"] == "fail"


def test_reasons_on_the_wrong_contributor_fail_agreement(retrieval, explainer, scorers, samples):
    def solve(sample):
        explanation = explainer.explain(sample.viewer_id, n=sample.n)
        snapshot = retrieval.recommender.snapshot(sample.viewer_id)
        movies = {event.event_id: event.movie_id for event in snapshot.events}
        by_movie = {item.movie_id: item for item in explanation.recommendations}

        def least(piece):
            if piece.kind != "contribution":
                return piece
            split = retrieval.recommender.split(snapshot, piece.data.movie_id)
            last = [c for c in split.contributions if c.source == "interaction"][-1]
            assert piece.data.movie_id in by_movie
            assert last.event_id in movies
            return piece.model_copy(
                update={"data": piece.data.model_copy(update={"event_id": last.event_id})}
            )

        return explanation.model_copy(
            update={"evidence": tuple(least(piece) for piece in explanation.evidence)}
        )

    assert verdicts(run(samples, solve, scorers))["contributor_agreement"] == "fail"


def test_a_system_that_fails_is_counted_and_never_dropped(scorers, samples):
    def solve(sample):
        raise StateUnavailable(f"no answer for {sample.viewer_id}")

    finished = run(samples, solve, scorers)
    assert finished.verdict == "fail"
    assert {s.estimate.n_failed for s in finished.scorers} == {len(samples)}
    assert "no answer for ml:1" in finished.results[0].failure


def test_a_bracket_before_a_title_belongs_to_the_sentence(explainer, scorers):
    explanation = explainer.explain("ml:1", n=5)
    titled = next(r for r in explanation.recommendations if r.year)
    name = f"{titled.title} ({titled.year})"
    bracket = with_reasons(
        explanation,
        lambda i, reason: (
            reason.model_copy(update={"text": f"Nothing else ({name} apart) comes close."})
            if i == titled.rank - 1
            else reason
        ),
    )
    assert scorers[2].score(bracket).value == 1.0


def test_a_run_is_written_as_json_and_junit(tmp_path, explainer, scorers, samples):
    finished = run(samples, lambda s: explainer.explain(s.viewer_id, n=s.n), scorers)
    path = write_run(finished, tmp_path)
    record = json.loads((path / "run.json").read_text())
    assert record["verdict"] == "pass"
    assert len(record["samples"]) == len(samples)
    suite = ElementTree.parse(path / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "0", "0")


def test_the_command_says_its_verdict_with_the_exit_code(tiny_home):
    done = CliRunner().invoke(app, ["evals", "run", "--n", "5", "--json", "--home", str(tiny_home)])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["verdict"] == "pass"
