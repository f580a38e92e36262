"""How lists, themes and the bundle look in a terminal."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from retrieval.batch import RankedMovie, ReorderedMovie
from retrieval.bundle import Bundle
from retrieval.bundle_versions import BundleVersion
from retrieval.dislike_effect import DislikeEffect
from retrieval.domain.models import Theme
from retrieval.index_recall import Recall
from retrieval.rebuild import CacheReport
from retrieval.slider_cost import SliderCost

__all__ = [
    "print_check",
    "print_data",
    "print_list",
    "print_lists",
    "print_rebuild",
    "print_themes",
    "print_versions",
]

_TERMS = (
    "MovieLens data: GroupLens Research, University of Minnesota; research use only, no commercial"
    " use without permission. F. M. Harper and J. A. Konstan, The MovieLens Datasets, ACM TiiS 5,"
    " 4 (2015), 19:1-19:19."
)


def print_list(
    bundle: Bundle, rows: Sequence[RankedMovie | ReorderedMovie], console: Console
) -> None:
    """A ranked list as a table."""
    if not rows:
        console.print("No movie is left to recommend.")
        return
    table = Table(title=f"Recommended to {rows[0].viewer_id}", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("Film", overflow="fold")
    table.add_column("Theme", overflow="fold")
    table.add_column("Id", justify="right", style="dim")
    table.add_column("Score", justify="right", style="dim")
    if isinstance(rows[0], ReorderedMovie):
        table.add_column("By score", justify="right")
    for row in rows:
        movie = bundle.movie(row.movie_id)
        label = bundle.themes[movie.theme_id].label
        cells = [str(row.rank), movie.name, label, str(row.movie_id), f"{row.score:.3f}"]
        if isinstance(row, ReorderedMovie):
            cells.append("=" if row.rank == row.rank_by_score else str(row.rank_by_score))
        table.add_row(*cells)
    console.print(table)
    if isinstance(rows[0], ReorderedMovie):
        console.print("By score: the rank that score alone would give", style="dim")


def print_themes(bundle: Bundle, console: Console, *, as_json: bool) -> None:
    """All themes with their size and best known films."""
    themes = sorted(bundle.themes.values(), key=lambda theme: -theme.size)
    if as_json:
        sys.stdout.write(json.dumps([theme.model_dump() for theme in themes], indent=2) + "\n")
        return
    table = Table(title=f"{len(themes)} themes", title_justify="left", show_lines=True)
    table.add_column("Id", justify="right", style="dim")
    table.add_column("Theme", overflow="fold")
    table.add_column("Films", justify="right")
    table.add_column("Found", justify="right")
    table.add_column("Most typical", overflow="fold")
    for theme in themes:
        known = [bundle.movie(m).name for m in theme.exemplar_movie_ids[:4] if bundle.has_movie(m)]
        label = f"{theme.label} (weak)" if theme.label_is_weak else theme.label
        found = _quality(theme)
        table.add_row(str(theme.theme_id), label, f"{theme.size:,}", found, "; ".join(known))
    console.print(table)
    console.print(
        "Found: films kept back from the label that its words alone place in this theme, of all"
        f" kept back. Guessing places one in {len(themes)}; weak labels find fewer than four times"
        " that.",
        style="dim",
    )


def _quality(theme: Theme) -> str:
    if theme.label_quality is None:
        return "-"
    n_films = len(theme.held_out_movie_ids)
    return f"{round(theme.label_quality * n_films)} of {n_films}"


def print_data(bundle: Bundle, console: Console, *, as_json: bool) -> None:
    """The bundle that serves, what it was trained on, and the data's terms."""
    dataset = bundle.manifest.get("dataset", {})
    facts = {
        "bundle": bundle.version,
        "created": bundle.manifest.get("created_at"),
        "recipe": bundle.recipe.name,
        "dataset": dataset.get("name"),
        "source": dataset.get("source"),
        "ratings": dataset.get("n_ratings"),
        "viewers": dataset.get("n_users"),
        "movies": len(bundle.movies),
        "themes": len(bundle.themes),
        "film notes": len(bundle.film_notes),
        "notes version": next((note.version for note in bundle.film_notes.values()), None),
        "dropped rows": dataset.get("dropped"),
    }
    if as_json:
        sys.stdout.write(json.dumps(facts | {"terms": _TERMS}, indent=2) + "\n")
        return
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        table.add_row(f"[bold]{name}[/]", shown)
    console.print(table)
    console.print(_TERMS, style="dim", soft_wrap=False)


def print_versions(versions: Sequence[BundleVersion], console: Console, *, as_json: bool) -> None:
    """The bundles that are kept, newest first."""
    if as_json:
        sys.stdout.write(json.dumps([v._asdict() for v in versions], indent=2) + "\n")
        return
    if not versions:
        console.print("No bundle was trained here yet: run 'whylens train'.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "Version", "Dataset", "Ratings", "MB"):
        table.add_column(name, justify="right" if name in ("Ratings", "MB") else "left")
    for version in versions:
        table.add_row(
            "*" if version.serves else "",
            version.version,
            version.dataset,
            f"{version.n_ratings:,}",
            f"{version.n_bytes / 1e6:.1f}",
        )
    console.print(table)
    console.print("* serves; 'whylens data use VERSION' goes back to another", style="dim")


def print_check(version: str, wrong: Sequence[str], console: Console, *, as_json: bool) -> None:
    """Whether a bundle is what its manifest says, and what is not."""
    if as_json:
        sys.stdout.write(json.dumps({"version": version, "wrong": list(wrong)}, indent=2) + "\n")
        return
    if not wrong:
        console.print(f"Bundle {version}: every file is as it was written.", markup=False)
        return
    console.print(f"Bundle {version} is damaged:", markup=False)
    for problem in wrong:
        console.print(f"  {problem}", markup=False, soft_wrap=True)
    console.print("'whylens data versions' lists others; 'whylens train' makes a new one.")


def print_rebuild(report: CacheReport, console: Console, *, checked: bool, as_json: bool) -> None:
    """How many cached profiles are what their logs give, and which are not."""
    if as_json:
        sys.stdout.write(json.dumps(report._asdict(), indent=2) + "\n")
        return
    done = "would be replayed at the next touch" if checked else "replayed now"
    console.print(
        f"{report.viewers:,} viewers with {report.events:,} events: {report.same:,} cached profiles"
        f" are what the log gives, bit for bit; {report.outdated:,} outdated ones {done};"
        f" {len(report.wrong):,} wrong.",
        soft_wrap=True,
    )
    for viewer_id in report.wrong:
        console.print(f"  wrong: {viewer_id}", markup=False, soft_wrap=True)
    if report.wrong:
        remedy = "'whylens data rebuild' makes them anew" if checked else "They were made anew"
        console.print(f"{remedy} from the logs, which are the truth.")


def print_lists(
    recalls: Sequence[Recall],
    costs: Sequence[SliderCost],
    dislikes: Sequence[DislikeEffect],
    console: Console,
    *,
    as_json: bool,
) -> None:
    """What Chroma finds of the exact lists, what the sliders cost, what a dislike does."""
    if as_json:
        found = {
            "chroma": [recall._asdict() for recall in recalls],
            "sliders": [cost._asdict() for cost in costs],
            "dislikes": [effect._asdict() for effect in dislikes],
        }
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for recall in recalls:
        console.print(
            f"Chroma with exact scores finds {recall.mean:.4%} of the best {recall.k}"
            f" (worst viewer {recall.worst:.0%}); the list of {recall.n_identical:,} of"
            f" {recall.n_viewers:,} viewers is the exact one."
        )
    table = Table(title="Sliders, lists of ten", title_justify="left")
    for name in ("Variety", "Surprise", "Popularity rank", "Score kept", "Spread", "New films"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(
            f"{cost.diversity:g}",
            f"{cost.surprise:g}",
            f"{cost.popularity_rank:,.0f}",
            f"{cost.score_kept:.1%}",
            f"{cost.spread:.3f}",
            f"{cost.n_new:.1f}",
        )
    console.print(table)
    for effect in dislikes:
        console.print(
            f"“{effect.kind}” for the first film of a list: its 20 nearest films fall from rank"
            f" {effect.rank_before:,.0f} to {effect.rank_after:,.0f} (medians), for"
            f" {effect.n_falling:,} of {effect.n_viewers:,} viewers; {effect.kin_left:.0%} of those"
            " in the list leave it.",
            soft_wrap=True,
        )
