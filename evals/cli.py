"""``whylens evals run``: the command that a release has to pass."""

import json
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from agents.build import build_explainer, build_verifier
from agents.schemas import Explanation
from agents.settings import AgentSettings
from evals.audit import EvidenceAudit
from evals.runner import EvalRun, as_record, run_eval, write_run
from evals.samples import Sample, draw_samples
from evals.scorers import ClaimPrecision, ContributorAgreement, NoHallucinatedTitles, Scorer
from retrieval.build import Retrieval

__all__ = ["EXIT_CODES", "run_evals"]

EXIT_CODES = {"pass": 0, "fail": 1, "inconclusive": 2}


def run_evals(
    retrieval: Retrieval, *, home: Path, n_viewers: int, n: int, seed: int, as_json: bool
) -> int:
    """Explain random viewers' lists with the real graph, score them, print a verdict.

    Returns:
        0 for pass, 1 for fail, 2 for inconclusive.
    """
    settings = AgentSettings()
    explainer = build_explainer(retrieval, settings)
    scorers: list[Scorer] = [
        ClaimPrecision(build_verifier(retrieval.bundle)),
        ContributorAgreement(retrieval.recommender),
        NoHallucinatedTitles(retrieval.bundle),
        EvidenceAudit(retrieval.bundle),
    ]
    samples = draw_samples(
        retrieval.bundle, n_viewers=n_viewers, n=n, rng=np.random.default_rng(seed)
    )

    def solve(sample: Sample) -> Explanation:
        return explainer.explain(sample.viewer_id, n=sample.n)

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Explaining", total=len(samples))
        run = run_eval(
            samples,
            solve,
            scorers,
            bundle=retrieval.bundle.version,
            seed=seed,
            on_sample=lambda _: progress.advance(task),
        )
    path = write_run(run, home / "evals")
    if as_json:
        sys.stdout.write(json.dumps(as_record(run), indent=2) + "\n")
    else:
        _print_run(run, path, Console())
    return EXIT_CODES[run.verdict]


def _print_run(run: EvalRun, path: Path, console: Console) -> None:
    failed = [result for result in run.results if result.failure]
    table = Table(title=f"{len(run.results)} viewers, bundle {run.bundle}", title_justify="left")
    for name in ("Scorer", "Mean", "95 % interval", "Needs", "Unscored", "Failed", "Verdict"):
        table.add_column(name, justify="left" if name in ("Scorer", "Verdict") else "right")
    colours = {"pass": "green", "fail": "red", "inconclusive": "yellow"}
    for scorer in run.scorers:
        estimate = scorer.estimate
        mean = "-" if estimate.mean is None else f"{estimate.mean:.3f}"
        interval = "-" if estimate.low is None else f"{estimate.low:.3f} to {estimate.high:.3f}"
        table.add_row(
            scorer.name,
            mean,
            interval,
            f"{scorer.threshold:.2f}",
            str(estimate.n_unscored),
            str(estimate.n_failed),
            f"[{colours[scorer.verdict]}]{scorer.verdict}[/]",
        )
    console.print(table)
    latencies = sorted(result.latency_s for result in run.results)
    providers = ", ".join(sorted({result.provider for result in run.results if result.provider}))
    if latencies:
        median_ms = 1000.0 * latencies[len(latencies) // 2]
        console.print(f"Answered by {providers or 'nobody'}; median {median_ms:.0f} ms an answer.")
    for result in failed[:5]:
        console.print(f"[red]failed[/] {result.sample.sample_id}: {result.failure}")
    console.print(
        f"Verdict: [bold {colours[run.verdict]}]{run.verdict}[/]   (details: {path})",
        soft_wrap=True,
    )
