"""Writes the summary of a list and the text of each theme."""

from collections.abc import Mapping
from typing import Final

from agents.realizers.dossiers import Record, Text
from agents.realizers.language import capitalise, join, number, plural, quoted_label
from agents.realizers.page import Page
from retrieval.domain.theme_words import nouns

__all__ = ["write_summary", "write_theme"]

_SHOWN: Final = 4
_TASTE: Final = (
    "Based on your preference for {label}, {of_list} films {belong} to that corner, {titles} in"
    " front.",
    "Your history leans towards {label} ({liked_count} of the {liked_total} films you liked), and"
    " so does this list: {list_count} of {list_length}, with {titles} in front.",
    "You keep returning to {label}, and {of_list} places {go} there, starting with {titles}.",
    "A taste for {label} runs through what you liked, and {of_list} films {answer} to it, starting"
    " with {titles}.",
    "With {liked_count} of your {liked_total} liked films in {label}, it is no surprise to find"
    " {of_list} there too, {titles} first of all.",
)
_GENRES: Final = (
    "Of the films you liked, more are {genre} than anything else ({count}), and the list below"
    " starts from there.",
    "Your {liked} have one thing in common more often than any other: {count} of them are {genre}.",
)
_NOTHING: Final = (
    "There is nothing in your history yet, so this list is what viewers like on average. Rate a few"
    " films and it will become yours."
)
_ONE_FILM: Final = (
    "{title} stands {place} in your ranking, going by {entries} of yours.",
    "For you, {title} ranks {place}, judging by {entries} of yours.",
)
_TAGS: Final = (
    "What several of them share is the tag “{tag}”: {titles}.",
    "{titles} carry the tag “{tag}” alike.",
    "In manner they meet under the tag “{tag}”, which {titles} have in common.",
    "A tag that comes up again is “{tag}”, on {titles}.",
)
_TAGS_LIKED: Final = (
    "What several of them share is the tag “{tag}” ({titles}), known to you from {liked}.",
    "{titles} carry the tag “{tag}”, as {liked} did before them.",
    "In manner they meet under the tag “{tag}”: {titles}, after {liked} in your history.",
)
_THEME: Final = (
    "{Titles} {belong} to this corner, {count} of {length}.",
    "{Count} of the {length} {belong} here: {titles}.",
    "This corner gives you {titles}, {count} of {length} in all.",
    "Here you find {titles}: {count} of the {length}.",
    "{count_films} of {length}: {titles}.",
    "The list turns to it for {titles}, {count} of its {length}.",
)
_LIKED: Final = (
    "You have been here before, with {liked_count} of your {liked_total} liked films, {liked} among"
    " them.",
    "Of the {liked_total} films you liked, {liked_count} {live} here too, such as {liked}.",
    "It is home ground: {liked_count} of {liked_total} liked films, {liked} included.",
    "{liked} {are} among {liked_count} films you liked that share it, of {liked_total}.",
    "Your own shelf has {liked_count} of its kind among {liked_total} liked films: {liked}, for"
    " instance.",
    "Among what you liked, {liked_count} of {liked_total} {belong} to it, such as {liked}.",
)
_LIKED_ALL: Final = (
    "You know it from {liked}, {liked_count} of your {liked_total} liked films.",
    "Of the {liked_total} films you liked, {liked_count} {live} here too: {liked}.",
    "It is familiar ground by way of {liked}, {liked_count} of {liked_total} liked films.",
    "On your side, {liked} {belong} to it, {liked_count} of the {liked_total} you liked.",
    "From your {liked_total} liked films, {liked} {belong} with them.",
)
_UNKNOWN: Final = (
    "None of the films you liked sits here, so this is new ground.",
    "Nothing you liked so far belongs to it: a step aside.",
    "It lies outside what you have liked until now.",
    "Among the films you liked there is none of the kind yet.",
)


def write_summary(records: Mapping[str, Record], page: Page, *, one_film: bool) -> list[Text]:
    """One or two sentences on the list; a preference is named only when evidence shows it."""
    viewer = records["viewer"]
    if viewer["n_events"] == 0:
        return [Text(_NOTHING, ["viewer"])]
    if one_film:
        return [_one_film(records, viewer, page)]
    themes = sorted(
        (r for r in records.values() if r["kind"] == "theme"),
        key=lambda r: (-r["list_count"] * (r["liked_count"] > 1), r["id"]),
    )
    texts = []
    # One film of ten is no inclination of a list.
    least = min(2, themes[0]["list_length"]) if themes else 0
    if themes and themes[0]["liked_count"] > 1 and themes[0]["list_count"] >= least:
        texts.append(_taste(themes[0], page))
    elif viewer["genres"]:
        texts.append(_genres(viewer, page))
    else:
        texts.append(_plain(viewer))
    tags = sorted(
        (r for r in records.values() if r["kind"] == "tag"),
        key=lambda r: (-len(r["movie_ids"]), -r["liked_count"], r["id"]),
    )
    if tags:
        texts.append(_shared_tag(tags[0], page))
    return texts


def write_theme(record: Record, page: Page) -> Text:
    """What part of the list a theme is, and what the history has to do with it."""
    count = record["list_count"]
    slots = {
        "titles": _titles(record["titles"]),
        "Titles": _titles(record["titles"]),
        "count": number(count),
        "Count": capitalise(number(count)),
        "count_films": capitalise(plural(count, "film")),
        "length": number(record["list_length"]),
        "belong": "belongs" if count == 1 else "belong",
    }
    key = f"{record['id']}{record['titles']}"
    text = Text(capitalise(page.pick(_THEME, key).format(**slots)), [record["id"]])
    if record["liked_count"] == 0:
        text.add(page.pick(_UNKNOWN, key))
        return text
    shown = record["liked_titles"][:2] if record["liked_count"] > 1 else record["liked_titles"][:1]
    frames = _LIKED if record["liked_count"] > len(shown) else _LIKED_ALL
    liked = {
        "liked": join(shown),
        "liked_count": number(record["liked_count"]),
        "liked_total": number(record["liked_total"]),
        "live": "lives" if record["liked_count"] == 1 else "live",
        "belong": "belongs" if record["liked_count"] == 1 else "belong",
        "are": "is" if len(shown) == 1 else "are",
    }
    text.add(capitalise(page.pick(frames, key).format(**liked)))
    return text


def _titles(titles: list[str]) -> str:
    return join(titles) if len(titles) <= _SHOWN else join([*titles[: _SHOWN - 1], "others"])


def _taste(theme: Record, page: Page) -> Text:
    count, length = number(theme["list_count"]), number(theme["list_length"])
    slots = {
        "label": quoted_label(theme["label"]),
        "titles": join(theme["titles"], limit=2),
        "of_list": f"{count} of these {length}" if count != length else f"all {length} of these",
        "list_count": count,
        "list_length": length,
        "liked_count": number(theme["liked_count"]),
        "liked_total": number(theme["liked_total"]),
        **{verb: verb + ("s" if theme["list_count"] == 1 else "") for verb in ("belong", "answer")},
        "go": "goes" if theme["list_count"] == 1 else "go",
    }
    key = f"{theme['id']}{theme['titles']}"
    return Text(capitalise(page.pick(_TASTE, key).format(**slots)), [theme["id"]])


def _genres(viewer: Record, page: Page) -> Text:
    first = viewer["genres"][0]
    slots = {
        "genre": (nouns((first["genre"],)) or "films of no genre").lower(),
        "count": number(first["count"]),
        "liked": plural(viewer["n_liked"], "liked film"),
    }
    return Text(capitalise(page.pick(_GENRES, str(first)).format(**slots)), ["viewer"])


def _plain(viewer: Record) -> Text:
    entries = plural(viewer["n_events"], "entry", "entries")
    return Text(
        f"Your history has {entries} so far, and the list goes as far as they reach.", ["viewer"]
    )


def _one_film(records: Mapping[str, Record], viewer: Record, page: Page) -> Text:
    movie = next(r for r in records.values() if r["kind"] == "movie")
    slots = {
        "title": movie["title"],
        "place": f"at number {movie['rank']}",
        "entries": plural(viewer["n_events"], "entry", "entries"),
    }
    return Text(page.pick(_ONE_FILM, movie["id"]).format(**slots), ["viewer", movie["id"]])


def _shared_tag(tag: Record, page: Page) -> Text:
    slots = {"tag": tag["phrase"], "titles": join(tag["titles"], limit=3)}
    frames: tuple[str, ...] = _TAGS
    if tag["liked_titles"]:
        frames, slots["liked"] = _TAGS_LIKED, join(tag["liked_titles"], limit=2)
    return Text(capitalise(page.pick(frames, tag["id"]).format(**slots)), [tag["id"]])
