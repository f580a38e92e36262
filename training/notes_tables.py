"""The quality report of the film notes as people read it."""

from collections.abc import Iterator

from rich.console import Console

from training.evaluation.metrics import Interval
from training.notes_agreement import Agreement
from training.notes_report import EditionReport, NotesReport
from training.notes_spread import SpreadAccuracy, TagScores

__all__ = ["print_notes_report"]

_SHOWN = 20


def print_notes_report(report: NotesReport, console: Console | None = None) -> None:
    """Print figures, agreement, spread accuracy, and every rule that is broken."""
    console = console or Console(highlight=False)
    lines = [*_figures(report)]
    for edition in report.editions:
        lines += ["", *_edition(edition)]
    lines += ["", *_spread(report), ""]
    if report.violations:
        lines.append(f"{len(report.violations)} rules broken:")
        lines += [f"  {text}" for text in report.violations]
    else:
        lines.append("No rule is broken.")
    console.print("\n".join(lines), markup=False, soft_wrap=True)


def _figures(report: NotesReport) -> Iterator[str]:
    figures = report.figures
    uses = list(figures.tag_uses.items())
    yield f"Film notes, version {report.version}, machine-written: {report.path}"
    yield f"  valid notes            {figures.notes:,}"
    yield f"  words a note           {figures.words_a_note:.1f}"
    yield f"  reading grade          {figures.reading_grade:.1f}"
    yield f"  most used opening      '{figures.most_used_opening}' ({figures.same_opening})"
    yield f"  tags a note            {figures.tags_a_note:.1f} of {len(uses)} in the vocabulary"
    yield f"  most used tags         {_tags(uses[:6], figures.notes)}"
    yield f"  least used tags        {_tags(uses[-6:], figures.notes)}"


def _tags(uses: list[tuple[str, int]], notes: int) -> str:
    return ", ".join(f"{tag} {count} ({count / notes:.0%})" for tag, count in uses)


def _edition(edition: EditionReport) -> Iterator[str]:
    yield f"Beside {edition.name}"
    yield (
        f"  id, title and year     {edition.matched:,} match, {len(edition.mismatches)} differ, "
        f"{len(edition.absent)} films not in this catalogue"
    )
    yield (
        f"  rated 20 times or more {edition.well_known:,} films, "
        f"{len(edition.left_out)} without a note"
    )
    for title in edition.left_out[:_SHOWN]:
        yield f"    {title}"
    yield (
        f"  viewers' tags          {edition.user_tags:,} given, "
        f"{edition.user_tags_mapped:,} mean a tag of the vocabulary"
    )
    if edition.agreement is None:
        yield "  agreement              not measured: viewers tagged too few of these films"
    else:
        yield from _agreement(edition.agreement)


def _agreement(found: Agreement) -> Iterator[str]:
    yield (
        f"  agreement              {found.pairs:,} viewers' tags on {found.films:,} films; named by"
    )
    for name, recall in (
        ("their notes", found.notes),
        ("another film of the genre", found.other_film),
        ("the genre's frequent tags", found.genre_tags),
    ):
        yield f"    {name:<26} {recall.hits:7.1f}  {recall.share:6.1%}"
    yield f"    notes / another film       {_times(found.times_other_film)}, target 5"
    yield f"    notes / genre              {_times(found.times_genre_tags)}, target 2"


def _times(ratio: Interval) -> str:
    return f"{ratio.mean:.1f} times [{ratio.low:.1f}, {ratio.high:.1f}]"


def _spread(report: NotesReport) -> Iterator[str]:
    if report.spread is None:
        yield "Spread to films without a note: not measured, for want of a trained bundle;"
        yield "  run `whylens train`, or name the home of one with --home"
        return
    spread = report.spread
    yield (
        f"Spread to films without a note (bundle {report.spread_bundle}; a fifth of "
        f"{spread.films:,} notes hidden, {spread.draws} draws)"
    )
    yield f"  lent from confidence {spread.threshold}; a true tag beyond the note's counts as wrong"
    yield "                       tags/film  films  precision  recall     F1  best F1"
    yield _scores("neighbours", spread.spread, spread.best_f1)
    yield _scores("genre only", spread.genre_only, spread.genre_only_best_f1)
    yield _scores("least rated quarter", spread.least_rated, None)
    yield from _calibration(spread)


def _scores(name: str, scores: TagScores, best: float | None) -> str:
    line = (
        f"  {name:<20} {scores.tags_a_film:9.2f} {scores.films_reached:6.0%} "
        f"{scores.precision:10.3f} {scores.recall:7.3f} {scores.f1:6.3f}"
    )
    return line if best is None else f"{line} {best:8.3f}"


def _calibration(spread: SpreadAccuracy) -> Iterator[str]:
    yield "  confidence             tags    mean  precision"
    for one in spread.calibration:
        yield (
            f"    {one.low:.1f} to {one.high:.1f}       {one.n:9,} {one.confidence:7.2f} "
            f"{one.precision:10.2f}"
        )
