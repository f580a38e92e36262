"""The chapters about where the numbers come from: data, splits, versions, what failed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.report_page.markup import chapter, table, text

__all__ = ["data_chapter", "failures_chapter", "method_chapter", "run_chapter"]

Json = Mapping[str, Any]


def data_chapter(manifest: Json) -> str:
    """What was read, and what was dropped and why."""
    dataset = manifest["dataset"]
    dropped = sorted(dataset["dropped"].items(), key=lambda item: -item[1])
    kept = (
        f"<p>{dataset['n_ratings']:,} ratings by {dataset['n_users']:,} viewers of "
        f"{dataset['n_movies']:,} movies, from {text(dataset['name'])}.</p>"
    )
    if not dropped:
        return chapter(
            "data", "The data", kept, "<p>Every row was usable: nothing was dropped.</p>"
        )
    rows = [[text(reason), f"{count:,}"] for reason, count in dropped]
    lost = table(("Reason", "Rows"), rows, caption="What was dropped, under its first fault")
    return chapter("data", "The data", kept, lost)


def method_chapter(manifest: Json, evaluation: Json | None) -> str:
    """How the splits were made."""
    settings = manifest["settings"]
    seeds = ", ".join(map(str, settings["evaluation_seeds"]))
    points = [
        f"Stars: {_percent(settings['test_share'])} of all rows at random, split seeds {seeds}. "
        "Predictions are clipped to 0.5–5; a movie that the training part lacks is predicted from "
        "the rest of the model and counted.",
        f"Lists: the newest {_percent(settings['test_share'])} of each viewer, at least one; "
        "ratings of the same second are ordered at random, by seed.",
        f"Random lists: the rows of the first split seed, {seeds.split(',')[0]}.",
        f"New viewers: {settings['viewer_folds']} folds dealt by seed {settings['seed']}. "
        "Vectors and baselines see the training part of the other folds alone.",
        "User vectors are replayed and scored by the code that serves; ties break on movie id.",
        "Hyper-parameters were chosen on inner splits (the older part of a training part against "
        "its newer part), then frozen. Nothing on this page chose anything.",
        f"Intervals: {settings['bootstrap_samples']:,} bootstrap samples of viewers, 95 %, without "
        "correction for the number of comparisons.",
        "Content vectors of movies nobody liked rest on genres and decades alone here, since style "
        "tags would tell which movies are watched.",
        *_sample_note(evaluation),
    ]
    items = "".join(f"<li>{text(point)}</li>" for point in points)
    return chapter("method", "How it was measured", f'<ul class="prose">{items}</ul>')


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _sample_note(evaluation: Json | None) -> list[str]:
    if evaluation is None or evaluation["n_viewers"] == evaluation["n_all_viewers"]:
        return []
    return [
        f"Judged on {evaluation['n_viewers']:,} of {evaluation['n_all_viewers']:,} viewers, drawn "
        "at random; everything on this page but the themes was fitted on them alone."
    ]


def failures_chapter() -> str:
    """What was tried and did not pay."""
    path = Path(__file__).with_name("negative_results.json")
    entries: Sequence[Json] = json.loads(path.read_text(encoding="utf-8"))
    intro = (
        "<p>Recorded while the recipe was chosen, on MovieLens latest-small (2018). These figures "
        "are not recomputed by this run. NDCG is NDCG@10.</p>"
    )
    items = "".join(
        f"<div><dt>{text(entry['tried'])}</dt><dd>{text(entry['found'])}</dd></div>"
        for entry in entries
    )
    return chapter("failures", "What did not work", intro, f'<dl class="failures">{items}</dl>')


def run_chapter(manifest: Json) -> str:
    """Versions, seeds, time of each step, every setting."""
    versions = ", ".join(f"{text(name)} {text(v)}" for name, v in manifest["versions"].items())
    seconds = manifest["seconds"]
    rows = [[text(step), f"{time:.1f}"] for step, time in seconds.items()]
    rows.append(["<strong>together</strong>", f"<strong>{sum(seconds.values()):.1f}</strong>"])
    settings = [
        [f"<code>{text(name)}</code>", text(value)] for name, value in manifest["settings"].items()
    ]
    about = (
        f"<p>Whylens {text(manifest['app_version'])}, recipe {text(manifest['recipe'])}, training "
        f"seed {text(manifest['seeds']['training'])}; {versions}; {manifest['n_cores']} cores.</p>"
    )
    return chapter(
        "run",
        "This run",
        about,
        table(("Step", "Seconds"), rows, caption="Time of each step"),
        "<details><summary>Every setting</summary>",
        table(("Setting", "Value"), settings, caption="Settings of the run", numbers_from=2),
        "</details>",
    )
