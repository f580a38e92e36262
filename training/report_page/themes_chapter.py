"""The chapters about themes: how good the grouping is, the map, the cards."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from training.report_page.charts import Line, line_chart
from training.report_page.markup import chapter, decimals, table, text

__all__ = ["cards_chapter", "map_chapter", "quality_chapter"]

Json = Mapping[str, Any]
_N_FILMS = 5
_N_TAGS = 4


def quality_chapter(metrics: Json) -> str:
    """Silhouette over k with its null, and what else speaks for or against a k."""
    curves = {metrics["recipe"]: metrics["silhouette"], **_other_curves(metrics)}
    intro = (
        f"<p>{metrics['n_themes']} themes from {metrics['n_clustered_movies']:,} movies with "
        "enough likes; the others join the nearest. Silhouette says whether groups are tighter "
        "than they are close to each other. The null is the same on vectors whose columns were "
        "shuffled: what K-Means finds where there is nothing to find. A flat curve chooses "
        "no k.</p>"
    )
    note = (
        "Silhouettes of different spaces do not compare; each curve is to be read against its own "
        "null. On the published factors the figure is carried by movies with one or two ratings, "
        "whose vector is mostly that of the one viewer who rated them; its claim of .044 at k = 40 "
        "was not reproduced."
        if len(curves) > 1
        else "Silhouettes of different spaces do not compare; read the curve against its null."
    )
    charts = "".join(_curve_chart(recipe, points) for recipe, points in curves.items())
    return chapter(
        "theme-quality",
        "Are the themes real?",
        intro,
        f'<div class="pair">{charts}</div>',
        _quality_table(curves),
        f'<p class="note">{note} {_coherence(metrics)}{_stability(metrics)}</p>',
    )


def _other_curves(metrics: Json) -> dict[str, Sequence[Json]]:
    other = metrics.get("paper_themes")
    return {"paper": other["silhouette"]} if other else {}


def _curve_chart(recipe: str, points: Sequence[Json]) -> str:
    lines = [
        Line("silhouette", [p["silhouette"] for p in points], "ours"),
        Line("shuffled", [p["null"] for p in points], "null"),
    ]
    chart = line_chart(
        lines,
        places=[str(p["k"]) for p in points],
        x_title="k, number of themes",
        summary=f"Silhouette over k and its permutation null, recipe {recipe}",
    )
    return f"<figure><figcaption>Recipe {text(recipe)}</figcaption>{chart}</figure>"


def _quality_table(curves: Mapping[str, Sequence[Json]]) -> str:
    """A row a k, two columns a recipe."""
    by_k = {recipe: {p["k"]: p for p in points} for recipe, points in curves.items()}
    ks = sorted({k for points in by_k.values() for k in points})
    head = [f"{recipe}{kind}" for recipe in curves for kind in ("", ", shuffled")]
    rows = [
        [
            str(k),
            *(_cell(by_k[recipe].get(k), key) for recipe in curves for key in _PAIR),
        ]
        for k in ks
    ]
    return table(("k", *head), rows, caption="Silhouette of each recipe and of its null")


_PAIR = ("silhouette", "null")


def _cell(point: Json | None, key: str) -> str:
    return "–" if point is None else decimals(point[key])


def _coherence(metrics: Json) -> str:
    value = metrics.get("tag_coherence")
    if value is None:
        return ""
    other = (metrics.get("paper_themes") or {}).get("tag_coherence")
    against = f"; recipe paper on the same movies: {other:.2f} times" if other else ""
    return (
        f"Two movies of a theme are {value:.2f} times as alike in tags as any two "
        f"movies{against}. These tags took no part in the grouping."
    )


def _stability(metrics: Json) -> str:
    """How much of the grouping another seed finds again, where it was measured."""
    stability = metrics.get("seed_stability")
    if not stability:
        return ""
    return (
        f" Fitted again with another seed, the themes agree to an adjusted Rand index of "
        f"{decimals(stability['themes'], 2)} (1 the same, 0 chance); two plain K-Means fits to "
        f"{decimals(stability['single_kmeans'], 2)}."
    )


def map_chapter(
    themes: Sequence[Json],
    movies: Sequence[Json],
    positions: Mapping[str, Sequence[float]],
    layout: Mapping[int, Sequence[float]] | None,
) -> str:
    """Movies as points, drawn by the page's script from data embedded here.

    Args:
        themes: ``themes.json``.
        movies: ``movies.json``.
        positions: ``map.json``: a projection, drawn when there is no layout.
        layout: Coordinates that keep neighbours together, by movie id.
    """
    if layout is None:
        layout, drawn = _bent(positions), _PROJECTED
    else:
        drawn = _LAID_OUT
    shown = sorted((m for m in movies if m["movie_id"] in layout), key=lambda m: -m["n_likes"])
    points = [
        [
            m["theme_id"],
            m["n_likes"],
            *(round(float(c), 3) for c in layout[m["movie_id"]]),
            _name(m),
        ]
        for m in shown[:_MAX_POINTS]
    ]
    least = points[-1][1] if points else 0
    options = "".join(
        f'<option value="{t["theme_id"]}">{t["theme_id"] + 1}. {text(t["label"])}</option>'
        for t in themes
    )
    return chapter(
        "map",
        "The map",
        f"<p>{len(points):,} movies with at least {least} likes, {drawn} Numbers stand at the "
        "middle of their theme, colours go with the theme, bigger dots have more likes.</p>",
        '<div class="map-tools"><label>Theme <select id="map-theme">'
        f'<option value="">All themes</option>{options}</select></label>'
        '<button type="button" id="map-in">Closer</button>'
        '<button type="button" id="map-out">Farther</button></div>',
        '<div class="map-frame"><svg id="theme-map" tabindex="0" role="application" '
        'aria-label="Theme map. Arrow keys go from movie to movie, Escape shows all themes." '
        'aria-describedby="map-said"></svg><p id="map-tip" hidden></p></div>'
        '<p id="map-said" class="note" aria-live="polite">Point at a movie, or focus the map and '
        "use the arrow keys.</p>",
        "<details><summary>The same as a list</summary>"
        '<p class="note">The most liked of each theme; a chosen theme is listed whole.</p>'
        '<ul id="map-list" class="films"></ul></details>',
        "<noscript><p>The map needs JavaScript; the cards below say the same.</p></noscript>",
        f'<script type="application/json" id="map-data">{_embed(points, themes)}</script>',
    )


_MAX_POINTS = 3000
_LAID_OUT = (
    "laid out by t-SNE so that neighbours in all dimensions stay neighbours. How far groups are "
    "apart means nothing."
)
_PROJECTED = (
    "on the two directions in which their vectors differ most, with the crowded middle stretched. "
    "The other directions are not drawn."
)


def _bent(positions: Mapping[str, Sequence[float]]) -> dict[int, tuple[float, float]]:
    """Spread the crowded middle of a projection; the order along each axis stays."""
    if not positions:
        return {}
    flat = np.array([positions[key] for key in positions], dtype=np.float64)
    offsets = flat - np.median(flat, axis=0)
    units = np.maximum(np.median(np.abs(offsets), axis=0), 1e-9)
    bent = np.arcsinh(offsets / units)
    return {int(key): (float(x), float(y)) for key, (x, y) in zip(positions, bent, strict=True)}


def _embed(points: Sequence[Sequence[Any]], themes: Sequence[Json]) -> str:
    labels = {str(t["theme_id"]): t["label"] for t in themes}
    data = json.dumps(
        {"points": points, "labels": labels}, ensure_ascii=False, separators=(",", ":")
    )
    return data.replace("<", "\\u003c")


def _name(movie: Json) -> str:
    year = f" ({movie['year']})" if movie["year"] else ""
    return f"{movie['title']}{year}"


def cards_chapter(
    themes: Sequence[Json], movies: Sequence[Json], labels: Json | None = None
) -> str:
    """One card a theme.

    Args:
        themes: ``themes.json``.
        movies: ``movies.json``.
        labels: What ``metrics.json`` says of the labels, if they were measured.
    """
    by_id = {movie["movie_id"]: movie for movie in movies}
    intro = (
        "<p>Most-liked theme first. Films are those nearest the middle of the theme among the "
        f"well-liked.{_label_note(labels)}</p>"
    )
    cards = "".join(_card(theme, by_id) for theme in themes)
    return chapter("cards", "The themes", intro, f'<div class="cards">{cards}</div>')


def _card(theme: Json, movies: Mapping[int, Json]) -> str:
    films = [movies[i] for i in theme["exemplar_movie_ids"][:_N_FILMS] if i in movies]
    listed = "".join(f"<li>{text(_name(movie))}</li>" for movie in films)
    tags = ", ".join(text(tag["tag"].replace("-", " ")) for tag in theme["tags"][:_N_TAGS])
    number = theme["theme_id"]
    return (
        f'<article class="card"><p class="card-number">{number + 1}</p>'
        f"<h3>{text(theme['label'])}</h3>"
        f'<p class="quiet">{theme["size"]:,} movies{_quality(theme)}</p>'
        f'<p>{text(theme["summary"])}</p><ul class="films">{listed}</ul>'
        f"{f'<p class=quiet>{tags}</p>' if tags else ''}"
        f'<button type="button" class="link" data-theme="{number}">Show on the map</button>'
        "</article>"
    )


def _quality(theme: Json) -> str:
    """How well the label alone tells the theme's movies, where it was measured."""
    share = theme.get("label_quality")
    weak = ' · <strong class="weak">weak label</strong>' if theme.get("label_is_weak") else ""
    return weak if share is None else f" · {100 * share:.0f} % found by label alone{weak}"


def _label_note(labels: Json | None) -> str:
    """What the labels are worth together, where it was measured."""
    if not labels or labels["share"] is None:
        return ""
    return (
        f" From label and summary alone {100 * labels['share']:.0f} % of the movies kept aside "
        f"find their theme (chance {100 * labels['chance']:.1f} %)."
    )
