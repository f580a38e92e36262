"""Charts as inline SVG and HTML: no script, no image, colours from the page's style."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from training.report_page.markup import decimals, text

__all__ = ["Line", "bar", "interval_track", "line_chart"]

_WIDTH, _HEIGHT = 440.0, 270.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 118.0, 14.0, 40.0
_LABEL_GAP = 15.0


class Line(NamedTuple):
    """One series of a line chart."""

    name: str
    values: Sequence[float | None]
    """One per place on the x axis; None leaves a gap."""
    style: str
    """CSS class: ``ours``, ``rival``, ``quiet`` or ``null``."""
    band: Sequence[tuple[float, float] | None] = ()
    """Interval of each value, if any."""


def bar(share: float, *, marks: Sequence[float], style: str) -> str:
    """A horizontal bar with marks for single measurements, all as shares of the track."""
    ticks = "".join(f'<i style="left:{100 * mark:.2f}%"></i>' for mark in marks)
    return f'<span class="bar {style}"><b style="width:{100 * share:.2f}%"></b>{ticks}</span>'


def interval_track(
    mean: float, low: float, high: float, *, start: float, end: float, style: str
) -> str:
    """A dot with its interval on a track from ``start`` to ``end``; a line at 0 if inside."""

    def place(value: float) -> float:
        return 100.0 * min(1.0, max(0.0, (value - start) / (end - start)))

    zero = f'<s style="left:{place(0.0):.2f}%"></s>' if start < 0.0 < end else ""
    width = place(high) - place(low)
    return (
        f'<span class="track {style}" aria-hidden="true">{zero}'
        f'<b style="left:{place(low):.2f}%;width:{width:.2f}%"></b>'
        f'<i style="left:{place(mean):.2f}%"></i></span>'
    )


def line_chart(
    lines: Sequence[Line],
    *,
    places: Sequence[str],
    x_title: str,
    summary: str,
) -> str:
    """A line chart from zero, each line named at its end.

    Args:
        lines: Series over the same places.
        places: Labels of the x axis, evenly spaced.
        x_title: What the x axis shows.
        summary: What the chart says, for those who do not see it.
    """
    ticks = _ticks(lines)
    top = ticks[-1]
    frame = _grid(ticks) + _x_axis(places, x_title)
    bands = "".join(_band(line, top) for line in lines)
    paths = "".join(_path(line, top) for line in lines)
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" '
        f'aria-label="{text(summary)}">{frame}{bands}{paths}{_names(lines, top)}</svg>'
    )


def _ticks(lines: Sequence[Line]) -> list[float]:
    """Round values from zero, three to six of them, the last above every value and band."""
    highest = max(
        value
        for line in lines
        for value in (*line.values, *(pair[1] for pair in line.band if pair), 1e-4)
        if value is not None
    )
    power = 10.0 ** math.floor(math.log10(highest))
    step = next(s * power for s in (0.2, 0.5, 1.0, 2.0, 5.0) if 5 * s * power >= highest)
    return [n * step for n in range(math.ceil(highest / step) + 1)]


def _x(place: int, n_places: int) -> float:
    span = _WIDTH - _LEFT - _RIGHT
    return _LEFT + (span * place / (n_places - 1) if n_places > 1 else span / 2)


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top


def _grid(ticks: Sequence[float]) -> str:
    places = max(2, -math.floor(math.log10(ticks[1])))
    parts = []
    for value in ticks:
        y = _y(value, ticks[-1])
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="axis" x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">'
            f"{decimals(value, places) if value else 0}</text>"
        )
    return "".join(parts)


def _x_axis(places: Sequence[str], title: str) -> str:
    labels = "".join(
        f'<text class="axis" x="{_x(n, len(places)):.1f}" y="{_HEIGHT - _BOTTOM + 17}" '
        f'text-anchor="middle">{text(label)}</text>'
        for n, label in enumerate(places)
    )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return (
        f'{labels}<text class="axis" x="{middle:g}" y="{_HEIGHT - 5:g}" '
        f'text-anchor="middle">{text(title)}</text>'
    )


def _band(line: Line, top: float) -> str:
    known = [(n, pair) for n, pair in enumerate(line.band) if pair]
    if len(known) < 2:
        return ""
    count = len(line.values)
    upper = [f"{_x(n, count):.1f},{_y(pair[1], top):.1f}" for n, pair in known]
    lower = [f"{_x(n, count):.1f},{_y(pair[0], top):.1f}" for n, pair in reversed(known)]
    return f'<polygon class="band {line.style}" points="{" ".join(upper + lower)}"/>'


def _path(line: Line, top: float) -> str:
    count = len(line.values)
    points = [
        (_x(n, count), _y(value, top)) for n, value in enumerate(line.values) if value is not None
    ]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in points)
    return f'<g class="line {line.style}"><polyline points="{joined}"/>{dots}</g>'


def _names(lines: Sequence[Line], top: float) -> str:
    """Names at the ends of the lines, pushed apart where they would overlap."""
    ends = sorted(
        ((_last_y(line, top), line) for line in lines if any(v is not None for v in line.values)),
        key=lambda end: end[0],
    )
    ys: list[float] = []
    for y, _ in ends:
        ys.append(max(y, ys[-1] + _LABEL_GAP) if ys else y)
    overflow = max(0.0, ys[-1] - (_HEIGHT - _BOTTOM)) if ys else 0.0
    return "".join(
        f'<text class="name {line.style}" x="{_WIDTH - _RIGHT + 9:g}" '
        f'y="{y - overflow + 4:.1f}">{text(line.name)}</text>'
        for y, (_, line) in zip(ys, ends, strict=True)
    )


def _last_y(line: Line, top: float) -> float:
    return _y(next(v for v in reversed(line.values) if v is not None), top)
