"""What a training run prints for people."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from training.evaluation.metrics import Interval
from training.evaluation.results import ColdStart, Evaluation, ListResult, RatingResult, Task
from training.pipeline import TrainingResult

__all__ = ["print_evaluation", "print_result"]


def print_result(result: TrainingResult, console: Console | None = None) -> None:
    """Print where the bundle is and, after an evaluation, its tables."""
    console = console or Console(highlight=False)
    if result.evaluation is not None:
        print_evaluation(result.evaluation, console)
    console.print(
        f"Bundle {result.version}: {result.report.n_ratings:,} ratings of "
        f"{result.report.n_movies:,} movies, {result.metrics['n_themes']} themes.",
        markup=False,
    )
    console.print(f"{result.path}", markup=False, soft_wrap=True)


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print every table of an evaluation, each fitting 80 columns."""
    console.print(_rating_table(evaluation.ratings))
    for task in evaluation.tasks:
        console.print(_lists_table(task))
    console.print(_cold_start_table(evaluation.cold_start))


def _rating_table(results: Sequence[RatingResult]) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title="Stars: RMSE on a random 80/20 split, mean over split seeds",
        caption="all: every held-out rating; warm: its movie was rated in the training part",
    )
    for name in ("model", "all", "warm", "by seed (all)"):
        table.add_column(name, justify="left" if name == "model" else "right", no_wrap=True)
    for result in results:
        table.add_row(
            result.model,
            f"{_mean(result.rmse_all):.4f}",
            f"{_mean(result.rmse_warm):.4f}",
            " ".join(f"{value:.4f}" for value in result.rmse_all),
        )
    return table


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _lists_table(task: Task) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title=f"Lists of 10: {_HELD_OUT[task.name]} ({task.n_viewers} viewers)",
        caption="means with 95 % bootstrap intervals over viewers; hit: lists with a hit; "
        "last column: NDCG of whylens less this model's, paired",
    )
    for name in ("model", "NDCG@10", "recall", "hit", "whylens less it"):
        table.add_column(name, justify="left" if name == "model" else "right", no_wrap=True)
    for result in task.models:
        table.add_row(*_lists_row(result))
    return table


_HELD_OUT = {
    "temporal": "each viewer's newest 20 % held out",
    "random": "a random 20 % of the ratings held out",
    "new viewers": "newest 20 % of viewers unknown to the fit",
    "parts": "newest 20 % again, parts of the recipe left out",
}


def _cold_start_table(cold_start: ColdStart) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        title="Cold start: NDCG@10 for new viewers by known events",
    )
    table.add_column("model", no_wrap=True)
    for known in cold_start.known:
        table.add_column("all" if known is None else str(known), justify="right", no_wrap=True)
    for curve in cold_start.curves:
        cells = [f"{interval.mean:.4f}" if interval else "-" for interval in curve.ndcg]
        table.add_row(curve.model, *cells)
    return table


def _lists_row(result: ListResult) -> tuple[str, ...]:
    return (
        result.model,
        _interval(result.ndcg),
        _short(result.recall.mean, ""),
        _short(result.hit.mean, ""),
        _interval(result.difference, sign="+") if result.difference else "",
    )


def _interval(interval: Interval, *, sign: str = "") -> str:
    low, high = _short(interval.low, sign), _short(interval.high, sign)
    return f"{interval.mean:{sign}.4f} [{low}, {high}]"


def _short(value: float, sign: str) -> str:
    """Three decimals without the zero before them, so that a row fits 80 columns."""
    return f"{value:{sign}.3f}".replace("0.", ".", 1)
