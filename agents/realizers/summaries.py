"""Writes the summary of a list and the text of each theme."""

from collections.abc import Mapping
from typing import Final

from agents.realizers.dossiers import Record, Text
from agents.realizers.language import capitalise, join, number, plural, quoted_label
from agents.realizers.page import Page
from retrieval.domain.theme_words import nouns

__all__ = ["write_summary", "write_theme"]

_SHOWN: Final = 4
_LEANING: Final = 0.15
"""A theme that holds less of what a viewer liked is no leaning of theirs."""
_LEANS: Final = (
    "Your history leans towards {label}, which holds {liked_count} of the {liked_total} films you"
    " liked; {of_list} {belong} to it too.",
    "You keep returning to {label}: {liked_count} of your {liked_total} liked films belong to it,"
    " and so {do} {of_list}.",
    "A taste for {label} runs through what you liked ({liked_count} films of {liked_total}), and"
    " {of_list} {belong} there too.",
    "{Label} is familiar ground, with {liked_count} of your {liked_total} liked films, and"
    " {of_list} {belong} to it.",
)
_LISTED: Final = (
    "{Of_list} {belong} to {label}, as do {liked_count} of the {liked_total} films you liked.",
    "{Of_list} {belong} to {label}, and {liked_count} of your {liked_total} liked films do too.",
    "With {titles}, {label} has {list_count} of the {list_length} places below; you have liked"
    " {liked_count} other films from it.",
    "{Label} has {list_count} of the {list_length} places below, and you have liked {liked_count}"
    " other films from it, {liked} among them.",
)
_GENRES: Final = (
    "No genre turns up more often among your {liked} than {genre}, with {count}.",
    "Of your {liked}, {count} are {genre}, and no other genre comes up more often.",
)
_GENRES_FIRST: Final = (
    "You have liked {genre} most often: {count} of your {liked}.",
    "Your {liked} include more {genre} than anything else: {count}.",
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
    "{Count} of these films, {listed}, share the tag “{tag}”.",
    "The tag “{tag}” is on {titles}.",
)
_TAGS_LIKED: Final = (
    "{Count} of these films, {listed}, share the tag “{tag}” with {liked}, which you liked.",
    "{Titles} carry the tag “{tag}”, as {does} {liked}, which you liked.",
    "The tag “{tag}” is on {titles}, and on {liked}, which you liked.",
)
_THEME_ONE: Final = (
    "{Titles} is the one film here.",
    "One film on your list belongs here: {titles}.",
    "Here you find {titles}.",
    "{Titles} belongs here.",
    "This is where {titles} belongs.",
    "Your list has one film here, {titles}.",
)
_THEME: Final = (
    "{Count} films on your list belong here: {titles}.",
    "{Titles} belong here.",
    "Here you find {titles}.",
    "This is where {titles} belong.",
    "Your list has {count} films here, {titles}.",
)
_THEME_ALL: Final = ("All {count} films on your list belong here, {titles} among them.",)
_LIKED: Final = (
    "You have liked {liked_count} others, {liked} among them.",
    "To this group also belong {liked_count} films you liked, such as {liked}.",
    "Of the {liked_total} films you liked, {liked_count} are from this group, such as {liked}.",
    "Among the {liked_count} films you liked from this group are {liked}.",
    "Your liked films include {liked_count} of this group, {liked} among them.",
    "This group also holds {liked_count} films you liked, for instance {liked}.",
)
_LIKED_ONE: Final = (
    "You have liked one other, {liked}.",
    "{liked}, which you liked, is from this group too.",
    "This group also holds {liked}, which you liked.",
    "One film you liked, {liked}, is from this group too.",
)
_LIKED_TWO: Final = (
    "You have liked two others, {liked}.",
    "{liked}, which you liked, are from this group too.",
    "This group also holds {liked}, which you liked.",
    "Two films you liked, {liked}, are from this group too.",
)
_UNKNOWN: Final = (
    "You have liked nothing from this group yet.",
    "None of the films you liked is from this group.",
    "Nothing you have liked so far is from this group.",
    "Among the films you liked there is none from this group.",
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
    elif viewer["genres"] and viewer["genres"][0]["count"] > 1:
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
    """What part of the list a theme is, and what the history has to do with it.

    Its label is not in the text: it is the heading that the text stands under.
    """
    count = record["list_count"]
    titles = _titles(record["titles"])
    slots = {"titles": titles, "Titles": capitalise(titles), "count": number(count)}
    frames: tuple[str, ...] = _THEME_ONE if count == 1 else _THEME
    if count == record["list_length"] > _SHOWN:
        frames, slots["titles"] = _THEME_ALL, join(record["titles"], limit=_SHOWN - 1)
    key = f"{record['id']}{record['titles']}"
    slots["Count"] = capitalise(slots["count"])
    text = Text(page.pick(frames, key).format(**slots), [record["id"]])
    text.add(capitalise(page.pick(_liked_frames(record), key).format(**_liked_slots(record))))
    return text


def _liked_frames(record: Record) -> tuple[str, ...]:
    exact = {0: _UNKNOWN, 1: _LIKED_ONE, 2: _LIKED_TWO}
    return exact.get(record["liked_count"], _LIKED)


def _liked_slots(record: Record) -> dict[str, str]:
    return {
        "liked": join(record["liked_titles"], limit=2),
        "liked_count": number(record["liked_count"]),
        "liked_total": number(record["liked_total"]),
    }


def _titles(titles: list[str]) -> str:
    return join(titles) if len(titles) <= _SHOWN else join([*titles[: _SHOWN - 1], "others"])


def _taste(theme: Record, page: Page) -> Text:
    """A leaning of the history where it has one, else what the list and the history share."""
    count, length = theme["list_count"], theme["list_length"]
    of_list = f"{number(count)} of the {number(length)} films below"
    if count == length:
        of_list = f"all {number(length)} films below" if length > 1 else "the film below"
    slots = {
        "label": quoted_label(theme["label"]),
        "Label": quoted_label(capitalise(theme["label"])),
        "titles": join(theme["titles"], limit=2),
        "of_list": of_list,
        "Of_list": capitalise(of_list),
        "list_count": number(count),
        "list_length": number(length),
        "belong": "belongs" if count == 1 else "belong",
        "do": "does" if count == 1 else "do",
        **_liked_slots(theme),
    }
    frames = _LEANS if theme["liked_share"] >= _LEANING else _LISTED
    key = f"{theme['id']}{theme['titles']}"
    return Text(page.pick(frames, key).format(**slots), [theme["id"]])


def _genres(viewer: Record, page: Page) -> Text:
    first, *others = viewer["genres"]
    slots = {
        "genre": (nouns((first["genre"],)) or "films of no genre").lower(),
        "count": number(first["count"]),
        "liked": plural(viewer["n_liked"], "liked film"),
    }
    frames: tuple[str, ...] = _GENRES
    if all(other["count"] < first["count"] for other in others):
        frames = (*_GENRES, *_GENRES_FIRST)
    return Text(page.pick(frames, str(first)).format(**slots), ["viewer"])


def _plain(viewer: Record) -> Text:
    entries = plural(viewer["n_events"], "entry", "entries")
    return Text(f"Your history has {entries} so far, and this list goes by that.", ["viewer"])


def _one_film(records: Mapping[str, Record], viewer: Record, page: Page) -> Text:
    movie = next(r for r in records.values() if r["kind"] == "movie")
    slots = {
        "title": movie["title"],
        "place": f"at number {movie['rank']}",
        "entries": plural(viewer["n_events"], "entry", "entries"),
    }
    return Text(page.pick(_ONE_FILM, movie["id"]).format(**slots), ["viewer", movie["id"]])


def _shared_tag(tag: Record, page: Page) -> Text:
    n_films, titles = len(tag["movie_ids"]), join(tag["titles"], limit=3)
    slots = {
        "tag": tag["phrase"],
        "titles": titles,
        "Titles": capitalise(titles),
        "listed": titles if n_films <= 3 else f"{join(tag['titles'], limit=2)} among them",
        "Count": capitalise(number(n_films)),
    }
    frames: tuple[str, ...] = _TAGS
    if tag["liked_titles"]:
        liked = tag["liked_titles"][:2]
        frames = _TAGS_LIKED
        slots |= {"liked": join(liked), "does": "does" if len(liked) == 1 else "do"}
    return Text(page.pick(frames, tag["id"]).format(**slots), [tag["id"]])
