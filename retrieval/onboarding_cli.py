"""How the onboarding list and its measures look in a terminal."""

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from retrieval.onboarding import OnboardingFilm
from retrieval.onboarding_check import ListMeasure, OnboardingReport, PickMeasure

__all__ = ["print_onboarding"]


def print_onboarding(
    films: Sequence[OnboardingFilm],
    report: OnboardingReport | None,
    console: Console,
    *,
    as_json: bool,
) -> None:
    """The list and, where it was measured, what it is worth."""
    if as_json:
        sys.stdout.write(json.dumps(_record(films, report), indent=2, ensure_ascii=False) + "\n")
        return
    table = Table(title=f"{len(films)} films to start from", title_justify="left")
    table.add_column("Known", justify="right")
    table.add_column("Film", overflow="fold")
    table.add_column("Theme", overflow="fold")
    table.add_column("Ratings", justify="right", style="dim")
    for film in films:
        rank, ratings = str(film.popularity_rank), f"{film.movie.n_ratings:,}"
        table.add_row(rank, film.movie.name, film.theme, ratings)
    console.print(table)
    if report is not None:
        _print_report(report, console)


def _record(films: Sequence[OnboardingFilm], report: OnboardingReport | None) -> dict[str, object]:
    listed = [
        {
            "movie_id": film.movie.movie_id,
            "title": film.movie.name,
            "theme": film.theme,
            "popularity_rank": film.popularity_rank,
            "reason": film.reason,
        }
        for film in films
    ]
    if report is None:
        return {"films": listed}
    return {
        "films": listed,
        "lists": [measure._asdict() for measure in report.lists],
        "picks": [measure._asdict() for measure in report.picks],
        "problems": list(report.problems),
    }


def _print_report(report: OnboardingReport, console: Console) -> None:
    console.print(_lists_table(report.lists))
    for measure in report.picks:
        console.print(_picks_table(measure))
    for problem in report.problems:
        console.print(f"falls short: {problem}", markup=False, soft_wrap=True)
    if not report.problems:
        console.print("Known, varied, and five picks move the list.")


def _lists_table(lists: Sequence[ListMeasure]) -> Table:
    table = Table(title="Known and varied", title_justify="left")
    for name in ("List", "Median rank", "Know five", "Themes", "Decades", "Alike", "Most alike"):
        table.add_column(name, justify="left" if name == "List" else "right")
    for row in lists:
        table.add_row(
            row.name,
            f"{row.median_popularity_rank:,.0f}",
            f"{row.know_five:.0%}",
            str(row.n_themes),
            str(row.n_decades),
            f"{row.mean_similarity:.2f}",
            f"{row.largest_similarity:.2f}",
        )
    return table


def _picks_table(measure: PickMeasure) -> Table:
    title = f"Picks: {measure.name}, {measure.n_viewers:,} simulated viewers"
    table = Table(title=title, title_justify="left")
    table.add_column("Of the top ten, after pick")
    for pick in range(len(measure.theme_share)):
        table.add_column(str(pick), justify="right")
    for name, values in (
        ("kept from the pick before", measure.kept_each),
        ("kept from the start", measure.kept_of_start),
    ):
        table.add_row(name, "", *(f"{value:.1f}" for value in values))
    table.add_row("in the picked themes", *(f"{share:.0%}" for share in measure.theme_share))
    table.add_row("likeness to the picks", *(f"{cosine:.2f}" for cosine in measure.likeness))
    return table
