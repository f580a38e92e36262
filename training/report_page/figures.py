"""The chapters about numbers: headline, stars, lists, new viewers."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.report_page.charts import Line, bar, interval_track, line_chart
from training.report_page.markup import (
    chapter,
    decimals,
    difference,
    interval,
    signed,
    table,
    text,
)

__all__ = ["headline", "lists_chapter", "new_viewers_chapter", "stars_chapter"]

PAPER_RMSE = 0.8723
"""What the published system reports; test rows of unseen movies dropped, one split."""

_OURS = "whylens"
_STYLES = {"whylens": "ours", "EASE + recency": "rival", "EASE": "quiet", "most popular": "null"}
_TASKS = {
    "temporal": (
        "The newest fifth of every viewer",
        "What each viewer rated last is held out. The item vectors may have seen what other "
        "viewers rated later.",
    ),
    "random": (
        "A random fifth of all ratings",
        "Easier, and blind to time: what came next is partly known. Shown because many papers "
        "report it.",
    ),
    "parts": (
        "What parts of the recipe bring",
        "The first table's split, with one part of the recipe left out. Style is the small term "
        "for tags that a viewer's list shares; here it knows film notes alone, since tags that "
        "viewers gave tell of what is held out.",
    ),
    "new viewers": (
        "Viewers whom no model has met",
        "Five folds of viewers; item vectors come from the other four, and the fold is served "
        "without fitting anything again. Test part as in the first table.",
    ),
}

Json = Mapping[str, Any]


def headline(evaluation: Json | None) -> str:
    """The figures to remember, each with what it has to be compared with."""
    if evaluation is None:
        return ""
    return f'<div class="headline">{_list_figure(evaluation)}{_stars_figure(evaluation)}' + (
        f"{_new_viewer_figure(evaluation)}</div>"
    )


def _figure(value: str, unit: str, sentence: str) -> str:
    return f'<div><p class="big">{value}</p><p class="unit">{unit}</p><p>{sentence}</p></div>'


def _list_figure(evaluation: Json) -> str:
    models = _by_name(_task(evaluation, "temporal")["models"])
    rival = max((m for name, m in models.items() if name != _OURS), key=_ndcg)
    sentence = (
        f"{_verdict(rival)} {text(rival['model'])}, the strongest baseline "
        f"({decimals(_ndcg(rival))}). Most popular: {decimals(_ndcg(models['most popular']))}; "
        f"the published recipe: {decimals(_ndcg(models['paper']))}."
    )
    return _figure(decimals(_ndcg(models[_OURS])), "NDCG@10, newest fifth held out", sentence)


def _verdict(rival: Json) -> str:
    """What the interval of the paired difference allows to say."""
    gap = rival["difference"]
    bounds = f"({difference(gap)})"
    if gap["low"] > 0.0:
        return f"Ahead {bounds} of"
    if gap["high"] < 0.0:
        return f"Behind {bounds}"
    return f"No clear difference {bounds} to"


def _stars_figure(evaluation: Json) -> str:
    results = _by_name(evaluation["ratings"])
    ours, paper, biases = (
        _mean(results[name]["rmse_all"]) for name in (_OURS, "paper", "biases only")
    )
    n_seeds = len(results[_OURS]["rmse_all"])
    sentence = (
        f"Mean of {n_seeds} split seeds. The published recipe: {decimals(paper)}; two biases "
        f"without any learned taste: {decimals(biases)}."
    )
    return _figure(decimals(ours), "RMSE in stars, every held-out rating", sentence)


def _new_viewer_figure(evaluation: Json) -> str:
    models = _by_name(_task(evaluation, "new viewers")["models"])
    start = next(c for c in evaluation["cold_start"]["curves"] if c["model"] == _OURS)["ndcg"][0]
    sentence = (
        f"Nothing is fitted again. EASE in the same place: {decimals(_ndcg(models['EASE']))}. "
        f"Before a viewer’s first event: {decimals(start['mean'])}."
    )
    return _figure(decimals(_ndcg(models[_OURS])), "NDCG@10 for viewers never met", sentence)


def stars_chapter(evaluation: Json) -> str:
    """RMSE bars with the published claim as a line."""
    results = evaluation["ratings"]
    n_seeds = len(results[0]["rmse_all"])
    intro = (
        f"<p>Root mean squared error on a random 80/20 split of the ratings; lower is better. Bars "
        f"are means over {n_seeds} split seeds, thin marks the single seeds. "
        f"The dashed line is the {decimals(PAPER_RMSE, 4)} that the published system claims.</p>"
    )
    groups = (
        ("rmse_warm", "Movies rated in the training part", "as the published figure counts"),
        ("rmse_all", "Every held-out rating", "also movies the model never saw"),
    )
    return chapter(
        "stars",
        "How many stars?",
        intro,
        "".join(_rmse_group(results, key, title, note) for key, title, note in groups),
        f'<p class="note">{_stars_note(results)}</p>',
    )


def _rmse_group(results: Sequence[Json], key: str, title: str, note: str) -> str:
    rows = "".join(
        f'<div class="bar-row"><span class="bar-name">{text(r["model"])}</span>'
        f"{bar(_mean(r[key]), marks=r[key], style='ours' if r['model'] == _OURS else '')}"
        f'<span class="bar-value">{decimals(_mean(r[key]), 4)}</span></div>'
        for r in results
    )
    line = f'<span class="claim" style="--at:{PAPER_RMSE}" aria-hidden="true"></span>'
    return (
        f'<figure class="bars"><figcaption>{text(title)} <span class="quiet">{text(note)}</span>'
        f"</figcaption>{rows}{line}</figure>"
    )


def _stars_note(results: Sequence[Json]) -> str:
    by_name = _by_name(results)
    ours, paper, biases = (
        _mean(by_name[name]["rmse_warm"]) for name in (_OURS, "paper", "biases only")
    )
    relation = "below" if paper > biases else "above"
    return (
        f"Two damped biases, a viewer’s and a movie’s mean, reach {decimals(biases, 4)}: "
        f"{relation} the published recipe’s {decimals(paper, 4)}. Recipe whylens fits ALS to "
        f"what the biases leave over and reaches {decimals(ours, 4)}, "
        f"{signed(ours - PAPER_RMSE, 4)} against the published claim."
    )


def lists_chapter(evaluation: Json) -> str:
    """Quality of the lists: one table a way of holding out."""
    intro = (
        "<p>Lists of ten. A hit is a held-out rating of four stars or more; candidates are all "
        "movies that the viewer has not rated in the training part. Brackets and bars are 95 % "
        "intervals from resampling viewers; the last column pairs both models by viewer.</p>"
    )
    return chapter("lists", "What next?", intro, *map(_task_block, evaluation["tasks"]))


def _task_block(task: Json) -> str:
    title, note = _TASKS[task["name"]]
    end = max(model["ndcg"]["high"] for model in task["models"]) * 1.04
    gaps = [m["difference"] for m in task["models"] if m["difference"]]
    start_gap = min(0.0, *(gap["low"] for gap in gaps)) * 1.1
    end_gap = max(gap["high"] for gap in gaps) * 1.04
    rows = [_list_row(model, end, (start_gap, end_gap)) for model in task["models"]]
    head = ("", "NDCG@10", "Recall", "Hit", "Coverage", "Pop. rank", "Diversity", "whylens less it")
    caption = f"{task['n_viewers']:,} viewers with {task['n_relevant']:,} movies to be found"
    numbers = table(head, rows, caption=caption)
    return f'<h3>{text(title)}</h3><p class="note">{text(note)}</p>{numbers}'


def _list_row(model: Json, end: float, gaps: tuple[float, float]) -> list[str]:
    ndcg, gap = model["ndcg"], model["difference"]
    style = "ours" if model["model"] == _OURS else ""
    track = interval_track(*_bounds(ndcg), start=0.0, end=end, style=style)
    gap_cell = ""
    if gap:
        clear = "clear" if gap["low"] > 0.0 else "behind" if gap["high"] < 0.0 else ""
        gap_track = interval_track(*_bounds(gap), start=gaps[0], end=gaps[1], style=clear)
        gap_cell = f"{difference(gap)}{gap_track}"
    name = f'<strong class="{style}">{text(model["model"])}</strong>'
    return [
        name,
        f"{interval(ndcg, 4)}{track}",
        decimals(model["recall"]["mean"]),
        decimals(model["hit"]["mean"]),
        f"{100 * model['coverage']:.1f} %",
        f"{model['popularity_rank']:,.0f}",
        decimals(model["diversity"], 2),
        gap_cell,
    ]


def new_viewers_chapter(evaluation: Json) -> str:
    """NDCG by number of known events."""
    cold = evaluation["cold_start"]
    places = ["all" if known is None else str(known) for known in cold["known"]]
    lines = [_cold_line(curve) for curve in cold["curves"]]
    summary = "NDCG at 10 for new viewers by the number of known events; the table has the figures"
    chart = line_chart(
        lines, places=places, x_title="known events of a new viewer", summary=summary
    )
    rows = [
        [text(curve["model"]), *(decimals(v["mean"]) if v else "–" for v in curve["ndcg"])]
        for curve in cold["curves"]
    ]
    intro = (
        "<p>The first minutes of an account. Only a new viewer’s first events are told to the "
        "model; candidates and what is to be found stay the same throughout. Everybody starts "
        "from the average viewer, who counts for ten events. EASE cannot answer before the first "
        "like.</p>"
    )
    head = ("", *places)
    numbers = table(head, rows, caption="NDCG@10 by number of known events")
    return chapter(
        "new-viewers", "A new viewer", intro, f'<div class="pair">{chart}{numbers}</div>'
    )


def _cold_line(curve: Json) -> Line:
    ours = curve["model"] == _OURS
    band = [(v["low"], v["high"]) if v else None for v in curve["ndcg"]] if ours else []
    values = [v["mean"] if v else None for v in curve["ndcg"]]
    return Line(curve["model"], values, _STYLES.get(curve["model"], "quiet"), band)


def _task(evaluation: Json, name: str) -> Json:
    found: Json = next(task for task in evaluation["tasks"] if task["name"] == name)
    return found


def _by_name(results: Sequence[Json]) -> dict[str, Json]:
    return {result["model"]: result for result in results}


def _ndcg(model: Json) -> float:
    return float(model["ndcg"]["mean"])


def _bounds(value: Json) -> tuple[float, float, float]:
    return value["mean"], value["low"], value["high"]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
