"""Writes the reason for one film: the primary cause, what follows it, what hangs on it.

Wordings are frames with slots. Which family is used depends on the shares:

* ``beyond``: one film holds more than the whole, as all others together count against it;
* ``dominant``: one film holds half of the case or more ("mostly");
* ``leading``: one film holds 15 % or more ("mainly");
* ``again``: the same, and the film has led a reason of this page before;
* ``modest``: a film leads that the viewer gave three stars or fewer;
* ``paired``: two films weigh about the same;
* ``spread``: nothing reaches 15 %;
* ``start``: what viewers like on average weighs more than any one film;
* ``start_only``: nothing else is known;
* ``low``: all in all more counts against the film than for it.
"""

import re
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
    stars,
)
from agents.realizers.page import Page
from agents.realizers.reason_frames import (
    AGAINST,
    FALLS,
    FALLS_LED,
    FRAMES,
    LEAVES,
    LEAVES_LED,
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

_WHOLE: Final = 1.005
"""Above it a share is more than 100 % as it is printed."""
_DOMINANT: Final = 0.5
_LEADING: Final = 0.15
_PAIR_RATIO: Final = 0.9
_MODEST_RATING: Final = 3.0
_WORTH_ADDING: Final = 0.04
_WORTH_SAYING: Final = 0.12
"""A second film lighter than this is left to the full account."""
_MENTIONED: Final = 0.02
_MERGED: Final = frozenset({"dominant", "leading", "spread"})
"""The families whose cause and consequence fit into one sentence."""
_VERBS: Final = {
    "account": "accounts", "bring": "brings", "contribute": "contributes", "count": "counts",
    "outweigh": "outweighs", "weigh": "weighs",
}  # fmt: skip


def write_reason(dossier: Dossier, page: Page, *, detail: str) -> Text:
    """The reason for one film.

    ``brief`` is the primary cause alone; ``standard`` adds the runner-up, what forgetting the
    cause would change, and once a page what is left; ``full`` adds what speaks against the film
    and how it reads.
    """
    key = str(dossier.movie_id)
    family = _family(dossier)
    if detail == "brief":
        text = _cause(dossier, page, key, family=family)
    else:
        text = _cause_and_effect(dossier, page, key, family=family, detail=detail)
        _remainder(dossier, page, text, key, family=family)
        if detail == "full":
            _against(dossier, page, text, key)
        _style(dossier, page, text, key, with_note=detail == "full")
    text.text = _name_once(text.text, dossier)
    return text


def _cause_and_effect(dossier: Dossier, page: Page, key: str, *, family: str, detail: str) -> Text:
    """The cause, the film behind it, and what forgetting the cause would change."""
    least = _WORTH_ADDING if detail == "full" else _WORTH_SAYING
    others = dossier.contributions[1:2] if family not in {"beyond", "paired"} else ()
    runners_up = [record for record in others if record["share"] >= least]
    record = dossier.counterfactual
    may_merge = family in _MERGED and not runners_up and not _is_modest(dossier)
    # Every second reason that allows it, or all of a page would have one build.
    if record is not None and may_merge and _falls(record) and page.count("merged") % 2:
        return _merged(dossier, record, page, key)
    text = _cause(dossier, page, key, family=family)
    for record in runners_up:
        slots = {"title": record["source_title"], "share": percent(record["share"])}
        text.add(page.pick(NEXT, f"next{key}").format(**slots), record["id"])
    _consequence(dossier, page, text, key)
    return text


def _name_once(text: str, dossier: Dossier) -> str:
    """Years stand at the first mention of a film; after that its title alone will do."""
    names = {r["source_title"] for r in (*dossier.contributions, *dossier.against)}
    titles = Counter(name.rpartition(" (")[0] for name in names)
    for name in names:
        title = name.rpartition(" (")[0]
        if title and titles[title] == 1:
            head, found, tail = text.partition(name)
            # At the end of a sentence "Monsters, Inc." would need a second full stop.
            kept = r"(?!\.)" if title[-1] in ".!?" else ""
            text = head + found + title.join(re.split(re.escape(name) + kept, tail))
    return text


def _family(dossier: Dossier) -> str:
    if not dossier.contributions:
        return "low" if dossier.speaks_against else "start_only"
    top, *others = dossier.contributions
    start = dossier.profile["share"] if dossier.profile else 0.0
    if start > top["share"]:
        return "start"
    if top["share"] >= _DOMINANT:
        return "beyond" if top["share"] >= _WHOLE else "dominant"
    if top["share"] < _LEADING:
        return "spread"
    is_pair = others and others[0]["share"] >= _PAIR_RATIO * top["share"]
    return "paired" if is_pair else "leading"


def _is_modest(dossier: Dossier) -> bool:
    rating: float | None = dossier.contributions[0]["rating"]
    return rating is not None and rating <= _MODEST_RATING


def _cause(dossier: Dossier, page: Page, key: str, *, family: str) -> Text:
    ids = [dossier.movie["id"]] if dossier.movie else []
    slots: dict[str, Any] = {"kind": _kind(dossier)}
    if dossier.profile is not None and family in {"start", "start_only", "low"}:
        ids.append(dossier.profile["id"])
        if dossier.contributions:
            slots["start"] = _first_explained(dossier.profile["share"], page)
    if dossier.contributions:
        top = dossier.contributions[0]
        slots |= _slots(top, share=_first_explained(top["share"], page))
        ids.append(top["id"])
        has_led = page.count(top["source_title"])
        if family in {"leading", "spread"} and _is_modest(dossier):
            family = "modest"
        elif family == "leading" and has_led:
            family = "again"
    if family == "paired":
        top, second = dossier.contributions[:2]
        other = _slots(second, share=percent(second["share"]))
        slots |= {f"{name}2": other[name] for name in ("title", "source", "share")}
        is_level = percent(top["share"]) == other["share"]
        slots["shares"] = f"{slots['share']} {'each' if is_level else 'and ' + other['share']}"
        ids.append(second["id"])
    text = Text("", [])
    text.add(capitalise(page.pick(FRAMES[family], f"{family}{key}").format(**slots)), *ids)
    return text


def _first_explained(share: float, page: Page) -> str:
    """A share in percent; the first one of a page says what it is a share of."""
    return f"{percent(share)}{'' if page.count('share') else ' of the case for this film'}"


def _slots(record: Record, *, share: str) -> dict[str, str]:
    source = _source(record)
    return {
        "source": source.phrase,
        "Source": capitalise(source.phrase),
        "title": source.title,
        "stars": stars(record["rating"]) if record["rating"] is not None else "",
        "share": share,
        "they": source.verb("it", "they"),
        **{many: source.verb(one, many) for many, one in _VERBS.items()},
    }


def _source(record: Record) -> Source:
    return describe_event(record["event_kind"], record["rating"], record["source_title"])


def _kind(dossier: Dossier) -> str:
    return film_kind(dossier.movie["genres"]) if dossier.movie else "film"


def _merged(dossier: Dossier, record: Record, page: Page, key: str) -> Text:
    """The main film and what hangs on it, in one sentence."""
    top = dossier.contributions[0]
    page.count(top["source_title"])
    frames = FALLS_LED if _stays(record) else LEAVES_LED
    slots = _slots(top, share=_first_explained(top["share"], page)) | _ranks(record)
    return Text(page.pick(frames, f"cf{key}").format(**slots), [top["id"], record["id"]])


def _consequence(dossier: Dossier, page: Page, text: Text, key: str) -> None:
    """What forgetting the main film would change; that nothing changes is said once a page."""
    record = dossier.counterfactual
    if record is None or not dossier.contributions:
        return
    frames: tuple[str, ...]
    if record["rank_after"] == record["rank_before"]:
        if page.count("unchanged"):
            return
        frames = STAYS
    elif record["rank_after"] < record["rank_before"]:
        frames = RISES
    else:
        frames = FALLS if _stays(record) else LEAVES
    slots = {"title": dossier.contributions[0]["source_title"], **_ranks(record)}
    text.add(page.pick(frames, f"cf{key}").format(**slots), record["id"])


def _falls(record: Record) -> bool:
    return bool(record["rank_after"] > record["rank_before"])


def _stays(record: Record) -> bool:
    """Whether a fall takes the film out of no list."""
    return bool(record["stays_in_list"] or record["rank_before"] > record["list_length"])


def _ranks(record: Record) -> dict[str, str]:
    return {"before": ordinal(record["rank_before"]), "after": ordinal(record["rank_after"])}


def _remainder(dossier: Dossier, page: Page, text: Text, key: str, *, family: str) -> None:
    """What the named contributions leave, so that nobody takes them for the whole.

    Under every film of a page it would be a refrain; the bars beside each reason show it.
    """
    is_told = family == "start" or not dossier.contributions
    if dossier.profile is None or dossier.rest is None or is_told:
        return
    start = dossier.profile["share"]
    left = 1.0 - sum(r["share"] for r in dossier.contributions if r["id"] in text.ids)
    # Said only when both of the two that are named have a part in it.
    if min(start, left - start) < _MENTIONED or page.count("remainder"):
        return
    others = page.pick(OTHERS_AND_STYLE if dossier.style else OTHERS, f"others{key}")
    slots = {"rest": percent(left), "others": others, "Others": capitalise(others)}
    ids = [dossier.rest["id"], dossier.profile["id"]]
    ids += [dossier.style["id"]] if dossier.style else []
    text.add(page.pick(REST, f"rest{key}").format(**slots), *ids)


def _against(dossier: Dossier, page: Page, text: Text, key: str) -> None:
    for record in dossier.against[:1]:
        slots = _slots(record, share=percent(record["share"]))
        text.add(capitalise(page.pick(AGAINST, f"against{key}").format(**slots)), record["id"])


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
        if len(liked) == 1 and not page.count(f"tag {record['tag']}"):
            slots = {"tag": record["phrase"], "liked": join(liked)}
            text.add(page.pick(TAG, f"tag{key}").format(**slots), record["id"])
            return


def _first_sentence(note: str) -> str:
    head, stop, _ = note.partition(". ")
    return head + "." if stop else note
