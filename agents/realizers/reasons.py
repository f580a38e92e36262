"""Writes the reason for one film: the primary cause, its consequence, and what is left.

Wordings are frames with slots. Which family is used depends on the shares:

* ``dominant``: one film holds half of the case or more ("mostly");
* ``leading``: one film holds 15 % or more ("mainly");
* ``paired``: two films weigh about the same;
* ``spread``: nothing reaches 15 %;
* ``start``: what viewers like on average weighs more than any one film.
"""

from collections import Counter
from typing import Any, Final

from agents.realizers.dossiers import Dossier, Record, Text
from agents.realizers.language import (
    Source,
    capitalise,
    describe_event,
    film_kind,
    join,
    ordinal,
    percent,
    share,
)
from agents.realizers.page import Page
from agents.realizers.reason_frames import (
    AGAINST,
    FALLS,
    FRAMES,
    LEAVES,
    NEXT,
    NOTE,
    OTHERS,
    OTHERS_AND_STYLE,
    REST,
    RISES,
    STAYS,
    TAG,
    TAGGED,
)

__all__ = ["write_reason"]

_DOMINANT: Final = 0.5
_LEADING: Final = 0.15
_PAIR_RATIO: Final = 0.9
_WORTH_ADDING: Final = 0.04
_WORTH_SAYING: Final = 0.12
"""A second film lighter than this is left to the full account."""
_MENTIONED: Final = 0.02
_SAID_EVERY: Final = 3
"""The first film of a page says what its named contributions leave, then every third one."""


def write_reason(dossier: Dossier, page: Page, *, detail: str) -> Text:
    """The reason for one film.

    ``brief`` is the primary cause alone; ``standard`` adds the consequence of forgetting it and
    what is left; ``full`` adds what speaks against the film and how it reads.
    """
    text = Text("", [])
    key = str(dossier.movie_id)
    family = _primary(dossier, page, text, key)
    if detail == "brief":
        text.text = _name_once(text.text, dossier)
        return text
    _consequence(dossier, page, text, key, family=family)
    if family not in {"paired", "start_only"}:
        least = _WORTH_ADDING if detail == "full" else _WORTH_SAYING
        _next(dossier, page, text, key, least=least)
    if not family.startswith("start"):
        _remainder(dossier, page, text, key, detail=detail)
    if detail == "full":
        _against(dossier, page, text, key)
    _style(dossier, page, text, key, with_note=detail == "full")
    text.text = _name_once(text.text, dossier)
    return text


def _name_once(text: str, dossier: Dossier) -> str:
    """Years stand at the first mention of a film; after that its title alone will do."""
    names = {r["source_title"] for r in (*dossier.contributions, *dossier.against)}
    titles = Counter(name.rpartition(" (")[0] for name in names)
    for name in names:
        title = name.rpartition(" (")[0]
        if title and titles[title] == 1:
            head, found, tail = text.partition(name)
            text = head + found + tail.replace(name, title)
    return text


def _family(dossier: Dossier) -> str:
    if not dossier.contributions:
        return "start_only"
    top = dossier.contributions[0]["share"]
    start = dossier.profile["share"] if dossier.profile else 0.0
    if start > top:
        return "start"
    if top >= _DOMINANT:
        return "dominant"
    others = dossier.contributions[1:]
    if others and top >= _LEADING and others[0]["share"] >= _PAIR_RATIO * top:
        return "paired"
    return "leading" if top >= _LEADING else "spread"


def _primary(dossier: Dossier, page: Page, text: Text, key: str) -> str:
    family = _family(dossier)
    slots: dict[str, Any] = {"kind": _kind(dossier)}
    ids = [dossier.movie["id"]] if dossier.movie else []
    if dossier.contributions:
        top = dossier.contributions[0]
        slots |= _slots(top, loosely=len(key) % 2 == int(key) % 2)
        ids.append(top["id"])
        if page.lead(top["source_title"]) and family == "leading":
            family = "again"
    if family == "paired":
        second = dossier.contributions[1]
        other = _source(second)
        slots |= {
            "title2": other.title,
            "source2": other.phrase,
            "share2": percent(second["share"]),
            "share": percent(dossier.contributions[0]["share"]),
            "give2": other.verb("gives", "give"),
        }
        ids.append(second["id"])
    if family.startswith("start") and dossier.profile is not None:
        slots["start"] = percent(dossier.profile["share"])
        ids.append(dossier.profile["id"])
    text.add(capitalise(page.pick(FRAMES[family], f"{family}{key}").format(**slots)), *ids)
    return family


def _slots(record: Record, *, loosely: bool) -> dict[str, str]:
    source = _source(record)
    amount = share(record["share"], loosely=loosely)
    verbs = {
        "hold": ("holds", "hold"), "make": ("makes", "make"), "do": ("does", "do"),
        "account": ("accounts", "account"), "lead": ("leads", "lead"), "give": ("gives", "give"),
        "bring": ("brings", "bring"), "carry": ("carries", "carry"), "count": ("counts", "count"),
        "supply": ("supplies", "supply"), "come": ("comes", "come"),
    }  # fmt: skip
    return {
        "source": source.phrase,
        "Source": capitalise(source.phrase),
        "given": source.phrase.replace(source.title, "it"),
        "Given": capitalise(source.phrase.replace(source.title, "it")),
        "title": source.title,
        "share": amount,
        "Share": capitalise(amount),
        "they": source.verb("it", "they"),
        "their": source.verb("its", "their"),
        **{name: source.verb(*forms) for name, forms in verbs.items()},
    }


def _source(record: Record) -> Source:
    return describe_event(record["event_kind"], record["rating"], record["source_title"])


def _kind(dossier: Dossier) -> str:
    return film_kind(dossier.movie["genres"]) if dossier.movie else "film"


def _consequence(dossier: Dossier, page: Page, text: Text, key: str, *, family: str) -> None:
    record = dossier.counterfactual
    if record is None or not dossier.contributions:
        return
    before, after = record["rank_before"], record["rank_after"]
    source = _source(dossier.contributions[0])
    slots = {
        "before": ordinal(before),
        "after": ordinal(after),
        "forget": source.forget,
        "short": _short_name(source.title, key, is_clear=family != "paired"),
    }
    frames: tuple[str, ...]
    if after == before:
        frames = STAYS
    elif after < before:
        frames = RISES
    elif record["stays_in_list"] or before > record["list_length"]:
        frames = FALLS
    else:
        frames = LEAVES
    text.add(capitalise(page.pick(frames, f"cf{key}").format(**slots)), record["id"])


def _short_name(name: str, key: str, *, is_clear: bool) -> str:
    """The film once more: by name, or as ``that film`` where the name would read badly."""
    title = name.rpartition(" (")[0] or name
    reads_badly = " " not in title or title.casefold().endswith((" away", " out"))
    return "that film" if is_clear and (reads_badly or int(key) % 3 == 0) else name


def _next(dossier: Dossier, page: Page, text: Text, key: str, *, least: float) -> None:
    others = [r for r in dossier.contributions[1:2] if r["share"] >= least]
    for record in others:
        slots = {"title": record["source_title"], "share": percent(record["share"])}
        text.add(page.pick(NEXT, f"next{key}").format(**slots), record["id"])


def _remainder(dossier: Dossier, page: Page, text: Text, key: str, *, detail: str) -> None:
    """What the named contributions leave, so that nobody takes them for the whole."""
    named = [r for r in dossier.contributions if r["id"] in text.ids]
    start = dossier.profile["share"] if dossier.profile else 0.0
    left = 1.0 - sum(r["share"] for r in named)
    # Said only when both of the two that are named have a part in it.
    if dossier.profile is None or dossier.rest is None or min(start, left - start) < _MENTIONED:
        return
    # Under every film of a page it would be a refrain; the bars beside each reason show it.
    if detail != "full" and page.lead("remainder") % _SAID_EVERY:
        return
    others = page.pick(OTHERS_AND_STYLE if dossier.style else OTHERS, f"others{key}")
    slots = {"rest": percent(left), "others": others, "Others": capitalise(others)}
    frame = page.pick(REST, f"rest{key}")
    ids = [dossier.rest["id"], dossier.profile["id"]]
    ids += [dossier.style["id"]] if dossier.style else []
    text.add(frame.format(**slots), *ids)


def _against(dossier: Dossier, page: Page, text: Text, key: str) -> None:
    for record in dossier.against[:1]:
        slots = _slots(record, loosely=False)
        text.add(page.pick(AGAINST, f"against{key}").format(**slots), record["id"])


def _style(dossier: Dossier, page: Page, text: Text, key: str, *, with_note: bool) -> None:
    """How the film reads: never as a cause, and each tag once a page."""
    if with_note and dossier.note is not None:
        if dossier.note["source"] == "offline":
            if not dossier.note["tags"]:
                return
            tags = join([f"“{tag.replace('-', ' ')}”" for tag in dossier.note["tags"]])
            text.add(page.pick(TAGGED, f"note{key}").format(tags=tags), dossier.note["id"])
            return
        note = capitalise(_first_sentence(dossier.note["note"]))
        text.add(page.pick(NOTE, f"note{key}").format(note=note), dossier.note["id"])
        return
    for record in dossier.tags:
        liked = [title for title in record["liked_titles"] if title not in text.text][:2]
        if len(liked) == 1 and not page.lead(f"tag {record['tag']}"):
            slots = {"tag": record["phrase"], "liked": join(liked)}
            text.add(page.pick(TAG, f"tag{key}").format(**slots), record["id"])
            return


def _first_sentence(note: str) -> str:
    head, stop, _ = note.partition(". ")
    return head + "." if stop else note
