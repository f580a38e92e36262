"""Pieces of HTML. Every text that comes from data passes through `text`."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["chapter", "decimals", "difference", "interval", "signed", "table", "text"]


def text(value: object) -> str:
    """Escape a value for use as text or in a quoted attribute."""
    return html.escape(str(value), quote=True)


def chapter(anchor: str, title: str, *parts: str) -> str:
    """A chapter of the page with its heading."""
    return (
        f'<section id="{text(anchor)}" aria-labelledby="{text(anchor)}-title">'
        f'<h2 id="{text(anchor)}-title">{text(title)}</h2>{"".join(parts)}</section>'
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, numbers_from: int = 1
) -> str:
    """A table that scrolls sideways where it does not fit.

    Args:
        head: Column titles.
        rows: Cells, as HTML; the first of each row is its heading.
        caption: What the table shows.
        numbers_from: First column that is set as numbers.
    """
    kinds = ["" if n < numbers_from else ' class="number"' for n in range(len(head))]
    titles = "".join(
        f'<th scope="col"{kind}>{text(name)}</th>' for name, kind in zip(head, kinds, strict=True)
    )
    body = "".join(_row(row, kinds) for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead><tr>{titles}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[str], kinds: Sequence[str]) -> str:
    rest = "".join(
        f"<td{kind}>{cell}</td>" for cell, kind in zip(cells[1:], kinds[1:], strict=True)
    )
    return f'<tr><th scope="row">{cells[0]}</th>{rest}</tr>'


def decimals(value: float, places: int = 3) -> str:
    """A number without the zero before its point, as the tables of the field have it."""
    return f"{value:.{places}f}".replace("0.", ".", 1)


def signed(value: float, places: int = 3) -> str:
    """The same with its sign, and a real minus."""
    return f"{value:+.{places}f}".replace("0.", ".", 1).replace("-", "−")


def interval(value: Mapping[str, Any], places: int = 3) -> str:
    """``.130 [.116, .144]``."""
    low, high = decimals(value["low"], places), decimals(value["high"], places)
    return f'{decimals(value["mean"], places)} <span class="quiet">[{low}, {high}]</span>'


def difference(value: Mapping[str, Any], places: int = 3) -> str:
    """``+.009 [+.001, +.018]``."""
    low, high = signed(value["low"], places), signed(value["high"], places)
    return f'{signed(value["mean"], places)} <span class="quiet">[{low}, {high}]</span>'
