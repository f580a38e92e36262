"""Puts the page together from what a bundle's files say."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from training.report_page.figures import (
    headline,
    lists_chapter,
    new_viewers_chapter,
    stars_chapter,
)
from training.report_page.markup import text
from training.report_page.provenance import (
    data_chapter,
    failures_chapter,
    method_chapter,
    run_chapter,
)
from training.report_page.themes_chapter import cards_chapter, map_chapter, quality_chapter

__all__ = ["render_report"]

_HERE = Path(__file__).parent
# The page may run its own script and style and fetch nothing at all.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render_report(
    bundle: Path, manifest: Mapping[str, Any], layout: Mapping[int, Sequence[float]] | None = None
) -> str:
    """One self-contained page about a training run.

    Args:
        bundle: Finished directory with ``metrics.json``, ``themes.json``, ``movies.json`` and
            ``map.json``.
        manifest: Dataset, settings, versions and seconds, as in ``manifest.json``.
        layout: Coordinates of the theme map by movie id; those of ``map.json`` when None.

    Returns:
        HTML without any reference to something outside itself.
    """
    metrics, themes, movies, positions = (
        json.loads((bundle / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("metrics", "themes", "movies", "map")
    )
    evaluation = metrics["evaluation"]
    chapters = [
        *_measured(evaluation),
        quality_chapter(metrics),
        map_chapter(themes, movies, positions, layout),
        cards_chapter(themes, movies, metrics.get("theme_labels")),
        data_chapter(manifest),
        method_chapter(manifest, evaluation),
        failures_chapter(),
        run_chapter(manifest),
    ]
    return _document(_title(manifest), headline(evaluation), chapters, manifest)


def _measured(evaluation: Mapping[str, Any] | None) -> list[str]:
    if evaluation is None:
        return [
            '<section id="not-evaluated"><h2>Not evaluated</h2><p>This run measured its themes '
            "alone. <code>whylens train --evaluate</code> also measures stars and lists on "
            "held-out ratings.</p></section>"
        ]
    return [
        stars_chapter(evaluation),
        lists_chapter(evaluation),
        new_viewers_chapter(evaluation),
    ]


def _title(manifest: Mapping[str, Any]) -> str:
    return f"Whylens on {manifest['dataset']['name']}"


_NAVIGATION = (
    ("stars", "Stars"),
    ("lists", "Lists"),
    ("new-viewers", "New viewers"),
    ("theme-quality", "Themes"),
    ("map", "Map"),
    ("data", "Data"),
    ("failures", "What failed"),
)


def _document(
    title: str, headline_html: str, chapters: list[str], manifest: Mapping[str, Any]
) -> str:
    body = "".join(chapters)
    links = "".join(
        f'<a href="#{anchor}">{text(name)}</a>'
        for anchor, name in _NAVIGATION
        if f'id="{anchor}"' in body
    )
    dataset = manifest["dataset"]
    facts = (
        f"{dataset['n_ratings']:,} ratings, {dataset['n_users']:,} viewers, "
        f"{dataset['n_movies']:,} movies. Recipe {text(manifest['recipe'])}, training seed "
        f"{text(manifest['seeds']['training'])}."
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{text(title)}: training report</title>"
        f"<style>{_asset('page.css')}</style></head><body>"
        f'<a class="skip" href="#main">Skip to the figures</a><header><p class="kicker">Training '
        f'report</p><h1>{text(title)}</h1><p class="quiet">{facts}</p>{headline_html}</header>'
        f'<nav aria-label="Chapters">{links}</nav><main id="main" tabindex="-1">{body}</main>'
        "<footer><p>Ratings: MovieLens, GroupLens Research, University of Minnesota. "
        "This page is one file and asks the network for nothing.</p></footer>"
        f"<script>{_asset('page.js')}</script></body></html>\n"
    )


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
