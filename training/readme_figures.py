"""Puts the figures of the last evaluated bundle into the README, between two markers.

Run as ``python -m training.readme_figures`` (``make readme``) after ``make report``.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any, Final

from training.errors import TrainingError

__all__ = ["figures", "insert_figures", "main"]

Json = Mapping[str, Any]

BEGIN: Final = "<!-- figures: make report, then make readme -->"
END: Final = "<!-- end of figures -->"
_TASKS: Final = {
    "temporal": "NDCG@10, newest 20 % of each viewer",
    "random": "NDCG@10, random 20 % of ratings",
    "new viewers": "NDCG@10, viewers unknown to the fit",
}
_LISTS: Final = ("whylens", "paper", "EASE", "EASE + recency", "item-kNN", "most popular")


def figures(manifest: Json, metrics: Json) -> str:
    """A Markdown table of what was measured.

    Args:
        manifest: Of the bundle.
        metrics: Of the bundle.

    Raises:
        TrainingError: The bundle was trained without an evaluation.
    """
    evaluation = metrics.get("evaluation")
    if not evaluation:
        raise TrainingError("this bundle was not evaluated; run 'make report' first")
    dataset = manifest["dataset"]
    stars = {row["model"]: mean(row["rmse_all"]) for row in evaluation["ratings"]}
    lines = [
        f"Measured on {dataset['name']} ({dataset['n_ratings']:,} ratings):",
        "",
        f"| | {' | '.join(_LISTS)} |",
        f"|---|{'---|' * len(_LISTS)}",
    ]
    tasks = {task["name"]: task for task in evaluation["tasks"]}
    lines += [_row(what, _lists(tasks[name])) for name, what in _TASKS.items() if name in tasks]
    lines.append(_row("RMSE of stars", {name: f"{error:.3f}" for name, error in stars.items()}))
    biases = stars["biases only"]
    labels = metrics["theme_labels"]
    lines += [
        "",
        "Brackets are 95 % bootstrap intervals over viewers. Damped biases alone have an RMSE of"
        f" {biases:.3f}. Theme labels find {labels['share']:.0%} of the films that were held out"
        f" from naming them ({labels['chance']:.1%} by chance); themes of two seeds agree with an"
        f" adjusted Rand index of {metrics['seed_stability']['themes']:.2f}."
        + (f" On the first row's split, {_parts(tasks['parts'])}." if "parts" in tasks else ""),
    ]
    return "\n".join(lines)


def _lists(task: Json) -> dict[str, str]:
    cells = {}
    for model in task["models"]:
        ndcg = model["ndcg"]
        cells[model["model"]] = f"{ndcg['mean']:.3f} [{ndcg['low']:.3f}, {ndcg['high']:.3f}]"
    return cells


def _parts(task: Json) -> str:
    """What leaving out a part of the recipe makes of its NDCG."""
    return " and ".join(
        f"{model['model']} NDCG@10 is {model['ndcg']['mean']:.4f}"
        f" ({-gap['mean']:+.4f} [{-gap['high']:+.4f}, {-gap['low']:+.4f}])"
        for model in task["models"]
        if (gap := model["difference"])
    )


def _row(what: str, cells: Mapping[str, str]) -> str:
    return f"| {what} | {' | '.join(cells.get(name, '') for name in _LISTS)} |"


def insert_figures(text: str, table: str) -> str:
    """A text with what stands between the markers replaced.

    Raises:
        TrainingError: The markers are not there, each once and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in rest or END in after:
        raise TrainingError(f"the file needs the lines '{BEGIN}' and '{END}', each once")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Rewrite the figures of the file named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.readme_figures", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=Path("README.md"))
    parser.add_argument("--home", type=Path, default=Path(".whylens"))
    options = parser.parse_args(arguments)
    try:
        bundles = options.home / "bundles"
        bundle = bundles / (bundles / "CURRENT").read_text(encoding="utf-8").strip()
        manifest, metrics = (
            json.loads((bundle / name).read_text(encoding="utf-8"))
            for name in ("manifest.json", "metrics.json")
        )
        text = options.file.read_text(encoding="utf-8")
        options.file.write_text(insert_figures(text, figures(manifest, metrics)), encoding="utf-8")
    except (OSError, TrainingError) as error:
        parser.exit(1, f"error: {error}\n")


if __name__ == "__main__":
    main()
