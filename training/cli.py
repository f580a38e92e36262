"""The commands of training: train, with a progress bar, and the check of the film notes."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import ValidationError

from training.errors import TrainingError
from training.film_notes import NOTES_VERSION, load_film_notes, shipped_notes_path
from training.notes_report import MovieVectors, report_notes
from training.notes_tables import print_notes_report
from training.pipeline import RecipeName, TrainingRequest, n_steps, train
from training.progress import RichProgress
from training.publish import write_errors
from training.settings import Environment, TrainingSettings
from training.style_sources import load_style_sources
from training.tables import print_result

__all__ = ["print_notes", "run_notes_check", "run_training"]

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
    report: Path | None,
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
        report: Where to copy the bundle's ``report.html``, if anywhere.
        index_bundle: Adds the vector index to a staged bundle.

    Raises:
        TrainingError: Nothing was published; the bundle that served before still does.
    """
    if recipe not in _RECIPES:
        raise TrainingError(f"there is no recipe {recipe!r}; there are whylens and paper")
    settings = _changed_settings(seed, changes)
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
    with RichProgress(n_steps(settings, evaluate=evaluate)) as progress:
        result = train(request, index_bundle=index_bundle, progress=progress)
    if report is not None:
        with write_errors(report):
            shutil.copyfile(result.path / "report.html", report)
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


def print_notes(*, as_json: bool) -> None:
    """Print which film notes ship with the product.

    Raises:
        TrainingError: They are damaged.
    """
    facts = {
        "version": NOTES_VERSION,
        "notes": len(load_film_notes()),
        "machine_written": True,
        "path": str(shipped_notes_path()),
    }
    if as_json:
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return
    sys.stdout.write(
        f"{facts['notes']:,} film notes, version {NOTES_VERSION}, machine-written:\n"
        f"{facts['path']}\n"
        "How they were written and checked stands beside them in FILM_NOTES.md; "
        "--check prints the quality report.\n"
    )


def run_notes_check(
    *, dataset: str | None, home: Path, vectors: MovieVectors | None, seed: int, as_json: bool
) -> bool:
    """Print the quality report of the film notes.

    Args:
        dataset: Another dataset to compare with, besides the bundled edition.
        home: Where downloads are kept.
        vectors: A trained bundle's, to measure spreading with.
        seed: Draws bootstrap samples and hidden films.
        as_json: Print JSON to standard output.

    Returns:
        Whether every rule holds.

    Raises:
        TrainingError: The notes or the dataset cannot be read.
    """
    wanted = ["bundled", *([dataset] if dataset not in (None, "bundled") else [])]
    report = report_notes(datasets=wanted, data_dir=home / "data", vectors=vectors, seed=seed)
    if as_json:
        sys.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        print_notes_report(report)
    return not report.violations


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
