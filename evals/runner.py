"""Runs the system over samples, scores every answer, and keeps what happened."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

import numpy as np

from agents.schemas import Explanation
from evals.metrics import Estimate, Verdict, estimate_mean, judge
from evals.samples import Sample
from evals.scorers import Scorer
from evals.scores import Score
from retrieval.domain.errors import WhylensError

__all__ = ["EvalRun", "SampleResult", "ScorerResult", "Solver", "run_eval", "write_run"]


class Solver(Protocol):
    """The system under test."""

    def __call__(self, sample: Sample) -> Explanation:
        """Answer a sample; raises `WhylensError` when it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What one sample gave."""

    sample: Sample
    scores: dict[str, Score]
    """By scorer name; empty when the system failed."""
    failure: str | None
    latency_s: float
    provider: str
    """Who answered, such as ``offline/realizer-1``; empty when nobody did."""


@dataclass(frozen=True, slots=True)
class ScorerResult:
    """One scorer over all samples."""

    name: str
    threshold: float
    estimate: Estimate
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EvalRun:
    """A finished run."""

    run_id: str
    bundle: str
    seed: int
    results: tuple[SampleResult, ...]
    scorers: tuple[ScorerResult, ...]

    @property
    def verdict(self) -> Verdict:
        """``fail`` if any scorer fails, else ``inconclusive`` if any is, else ``pass``."""
        verdicts = {scorer.verdict for scorer in self.scorers}
        if "fail" in verdicts:
            return "fail"
        return "pass" if verdicts == {"pass"} else "inconclusive"


def run_eval(
    samples: Sequence[Sample],
    solver: Solver,
    scorers: Sequence[Scorer],
    *,
    bundle: str,
    seed: int,
    on_sample: Callable[[SampleResult], None] = lambda result: None,
) -> EvalRun:
    """Answer and score every sample; a failed answer is counted, never dropped.

    Args:
        samples: The questions.
        solver: The system under test.
        scorers: The judges.
        bundle: Version of the bundle that answers, for the record.
        seed: Of the bootstrap.
        on_sample: Called after each sample, for progress.
    """
    results = []
    for sample in samples:
        result = _run_sample(sample, solver, scorers)
        results.append(result)
        on_sample(result)
    summaries = tuple(_summarise(scorer, results, seed) for scorer in scorers)
    run_id = datetime.now(tz=UTC).strftime("%Y%m%dT%H%M%SZ")
    return EvalRun(run_id, bundle, seed, tuple(results), summaries)


def _run_sample(sample: Sample, solver: Solver, scorers: Sequence[Scorer]) -> SampleResult:
    started = time.perf_counter()
    try:
        explanation = solver(sample)
    except WhylensError as error:
        failure = f"{type(error).__name__}: {error}"
        return SampleResult(sample, {}, failure, time.perf_counter() - started, "")
    latency_s = time.perf_counter() - started
    scores = {scorer.name: scorer.score(explanation) for scorer in scorers}
    provider = f"{explanation.provider.name}/{explanation.provider.model}"
    return SampleResult(sample, scores, None, latency_s, provider)


def _summarise(scorer: Scorer, results: Sequence[SampleResult], seed: int) -> ScorerResult:
    answered = [result for result in results if result.failure is None]
    scored = [
        (score.value, result.sample.viewer_id)
        for result in answered
        if (score := result.scores[scorer.name]).value is not None
    ]
    estimate = estimate_mean(
        [value for value, _ in scored],
        [viewer_id for _, viewer_id in scored],
        n_unscored=len(answered) - len(scored),
        n_failed=len(results) - len(answered),
        rng=np.random.default_rng(seed),
    )
    return ScorerResult(
        scorer.name, scorer.threshold, estimate, judge(estimate, threshold=scorer.threshold)
    )


def write_run(run: EvalRun, folder: Path) -> Path:
    """Write ``run.json`` and ``junit.xml`` of a run; returns its directory."""
    path = folder / run.run_id
    path.mkdir(parents=True, exist_ok=True)
    (path / "run.json").write_text(json.dumps(as_record(run), indent=2), encoding="utf-8")
    _junit(run).write(path / "junit.xml", encoding="utf-8", xml_declaration=True)
    return path


def as_record(run: EvalRun) -> dict[str, object]:
    """A run as plain JSON values."""
    return {
        "run_id": run.run_id,
        "bundle": run.bundle,
        "seed": run.seed,
        "verdict": run.verdict,
        "scorers": [
            {
                "name": scorer.name,
                "threshold": scorer.threshold,
                "verdict": scorer.verdict,
                **scorer.estimate._asdict(),
            }
            for scorer in run.scorers
        ],
        "samples": [
            {
                "sample_id": result.sample.sample_id,
                "viewer_id": result.sample.viewer_id,
                "failure": result.failure,
                "latency_s": round(result.latency_s, 4),
                "provider": result.provider,
                "scores": {
                    name: {"value": score.value, "note": score.note}
                    for name, score in result.scores.items()
                },
            }
            for result in run.results
        ],
    }


def _junit(run: EvalRun) -> "ElementTree.ElementTree[ElementTree.Element]":
    """One test case a scorer; an inconclusive verdict is an error, not a failure."""
    suite = ElementTree.Element(
        "testsuite",
        name="whylens evals",
        tests=str(len(run.scorers)),
        failures=str(sum(scorer.verdict == "fail" for scorer in run.scorers)),
        errors=str(sum(scorer.verdict == "inconclusive" for scorer in run.scorers)),
    )
    for scorer in run.scorers:
        case = ElementTree.SubElement(suite, "testcase", classname="evals", name=scorer.name)
        if scorer.verdict != "pass":
            kind = "failure" if scorer.verdict == "fail" else "error"
            message = f"{scorer.estimate} against {scorer.threshold}"
            ElementTree.SubElement(case, kind, message=message)
    return ElementTree.ElementTree(suite)
