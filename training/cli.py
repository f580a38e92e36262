"""The ``train`` command: runs the pipeline with a progress bar and prints what came out."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import ValidationError

from training.errors import TrainingError
from training.pipeline import N_STEPS, RecipeName, TrainingRequest, train
from training.progress import RichProgress
from training.settings import Environment, TrainingSettings
from training.style_sources import load_style_sources
from training.tables import print_result

__all__ = ["run_training"]

_RECIPES: Final[dict[str, RecipeName]] = {name: name for name in get_args(RecipeName)}


def run_training(
    *,
    dataset: str,
    recipe: str,
    master: str,
    evaluate: bool,
    seed: int,
    changes: Sequence[str],
    home: Path,
    as_json: bool,
    index_bundle: Callable[[Path], None],
) -> None:
    """Train, publish the bundle, and print a summary.

    Args:
        dataset: ``auto``, ``bundled``, an edition, a folder or zip, or ``s3://bucket/prefix``.
        recipe: ``whylens``, or ``paper`` for the method as published.
        master: Spark master.
        evaluate: Also measure RMSE and ranking on held-out ratings.
        seed: Seed of everything random.
        changes: Hyper-parameters that differ from the defaults, each as ``name=value``.
        home: Where data and bundles live.
        as_json: Print JSON to standard output.
        index_bundle: Adds the vector index to a staged bundle.

    Raises:
        TrainingError: Nothing was published; the bundle that served before still does.
    """
    if recipe not in _RECIPES:
        raise TrainingError(f"there is no recipe {recipe!r}; there are whylens and paper")
    settings = _changed_settings(seed, changes)
    n_evaluation = len(settings.evaluation_seeds) + 2 if evaluate else 0
    request = TrainingRequest(
        dataset=dataset,
        home=home,
        recipe=_RECIPES[recipe],
        master=master,
        evaluate=evaluate,
        settings=settings,
        environment=Environment(),
        style=load_style_sources(),
    )
    with RichProgress(N_STEPS + n_evaluation) as progress:
        result = train(request, index_bundle=index_bundle, progress=progress)
    if as_json:
        summary = {
            "version": result.version,
            "path": str(result.path),
            "dataset": result.dataset.source,
            "metrics": result.metrics,
        }
        sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
    else:
        print_result(result)


def _changed_settings(seed: int, changes: Sequence[str]) -> TrainingSettings:
    values: dict[str, Any] = {"seed": seed}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals or name not in TrainingSettings.model_fields:
            names = ", ".join(sorted(TrainingSettings.model_fields))
            raise TrainingError(
                f"{change!r} is no name=value of a hyper-parameter; there are {names}"
            )
        values[name] = text.split(",") if "," in text else text
    try:
        return TrainingSettings.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        raise TrainingError(f"--set {fault['loc'][0]}={fault['input']}: {fault['msg']}") from error
