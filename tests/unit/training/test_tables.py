from io import StringIO

from rich.console import Console

from training.evaluation.metrics import Interval
from training.evaluation.results import (
    ColdStart,
    ColdStartCurve,
    Evaluation,
    ListResult,
    RatingResult,
    Task,
)
from training.tables import print_evaluation


def model(name: str, ndcg: float, difference: Interval | None) -> ListResult:
    interval = Interval(ndcg, ndcg - 0.01, ndcg + 0.01)
    return ListResult(name, interval, interval, interval, 0.07, 49.0, 0.68, difference)


TASKS = ("temporal", "random", "new viewers", "parts")


def test_every_figure_fits_eighty_columns():
    models = [
        model("whylens", 0.1402, None),
        model("EASE + recency", 0.1327, Interval(0.0075, -0.0012, 0.0162)),
    ]
    curve = ColdStartCurve("EASE + recency", [None, Interval(0.0316, 0.02, 0.04)])
    evaluation = Evaluation(
        n_viewers=610,
        n_all_viewers=610,
        ratings=[RatingResult("biases only", (0.8651, 0.8663), (0.8584, 0.8598))],
        tasks=[
            Task(name, 589, 9228, models) for name in ("temporal", "random", "new viewers", "parts")
        ],
        cold_start=ColdStart([0, None], [curve]),
    )
    printed = StringIO()
    print_evaluation(evaluation, Console(file=printed, width=80))
    text = printed.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert text.count("0.1402 [.130, .150]") == 4
    assert "+0.0075 [-.001, +.016]" in text
    assert "0.8657" in text
    assert "0.0316" in text
