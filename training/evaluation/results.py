"""What an evaluation found, and how ``metrics.json`` has it."""

from typing import Any, NamedTuple

from training.evaluation.metrics import Interval

__all__ = [
    "ColdStart",
    "ColdStartCurve",
    "Evaluation",
    "ListResult",
    "RatingResult",
    "Task",
    "as_plain",
]


class RatingResult(NamedTuple):
    """Error of one model over the split seeds."""

    model: str
    rmse_all: tuple[float, ...]
    """Every test row scored, by seed."""
    rmse_warm: tuple[float, ...]
    """Only rows whose movie occurs in the training part, by seed."""


class ListResult(NamedTuple):
    """Quality of one model's lists."""

    model: str
    ndcg: Interval
    recall: Interval
    hit: Interval
    coverage: float
    """Share of the catalogue that shows up in some list."""
    popularity_rank: float
    """Median place, by likes in the training part, of what is listed; 1 is the most liked."""
    diversity: float
    """Mean over viewers of one minus the mean genre cosine of a list's pairs."""
    difference: Interval | None
    """NDCG of ``whylens`` minus this model's, paired by viewer; None for itself."""


class Task(NamedTuple):
    """One way of holding ratings out, and how everybody did."""

    name: str
    """``temporal``, ``random`` or ``new viewers``."""
    n_viewers: int
    """Viewers with something relevant in their test part: those averaged over."""
    n_relevant: int
    models: list[ListResult]


class ColdStartCurve(NamedTuple):
    """NDCG of one model by what it knows of a new viewer."""

    model: str
    ndcg: list[Interval | None]
    """Row for row with `ColdStart.known`; None where the model has nothing to go on."""


class ColdStart(NamedTuple):
    """New viewers, of whom only the first events are known."""

    known: list[int | None]
    """Number of known events; None for all of them."""
    curves: list[ColdStartCurve]


class Evaluation(NamedTuple):
    """What `training.evaluation.run.evaluate` measured."""

    n_viewers: int
    """Viewers whose ratings the evaluation used."""
    n_all_viewers: int
    """Viewers of the dataset."""
    ratings: list[RatingResult]
    tasks: list[Task]
    cold_start: ColdStart

    def task(self, name: str) -> Task:
        """The task of a name."""
        return next(task for task in self.tasks if task.name == name)

    def as_json(self) -> dict[str, Any]:
        """The figures as ``metrics.json`` has them."""
        plain: dict[str, Any] = as_plain(self)
        return plain


def as_plain(value: Any) -> Any:
    """Named tuples as dictionaries, all the way down."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: as_plain(field) for name, field in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return value
