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

__all__ = ["write_reason"]

_DOMINANT: Final = 0.5
_LEADING: Final = 0.15
_PAIR_RATIO: Final = 0.9
_WORTH_ADDING: Final = 0.04
_WORTH_SAYING: Final = 0.12
"""A second film lighter than this is left to the full account."""
_MENTIONED: Final = 0.02

_FRAMES: Final[dict[str, tuple[str, ...]]] = {
    "dominant": (
        "Mostly {source}: {they} {hold} {share} of the case for it.",
        "One film carries this {kind}: {title}. {Given} {make} up {share} of the case.",
        "{Source} {do} most of the work here, with {share} of the total.",
        "This one leans hard on a single film, {title}: {share} of its pull goes back to"
        " {given}.",
        "Look no further than {title}: {given} {account} for {share} of the pull.",
        "It is {source} speaking, above all; nothing else comes near {their} {share}.",
        "Take {title} as the key to this {kind}: {share} of its weight rests on {given}.",
        "The {kind} follows from {title}, and openly so: {given} {supply} {share} of its"
        " case.",
    ),
    "leading": (
        "Mainly {source}: {they} {account} for {share} of this film's pull.",
        "{Source} {lead} the case for this {kind}, with {share} of the weight.",
        "The road to this {kind} runs through {title}: {share} of its pull goes back to"
        " {given}.",
        "Start with {title}. {Given} {bring} {share} of what puts this {kind} here.",
        "Nothing weighs more here than {source}, at {share} of the total.",
        "If one film explains this choice, it is {title}: {given} {hold} {share} of the case.",
        "{title} opened the door: {share} of the pull comes from {given}.",
        "More than anything else it is {source} that {count} here, for {share} of the whole.",
        "This {kind} owes its largest part, {share}, to {source}.",
        "Behind this one stands {title}, chiefly: {given} {make} up {share} of its case.",
        "Put it down to {title} before anything else; {given} {carry} {share} of the weight.",
        "You have {title} to thank for this {kind}: {share} of its case rests on {given}.",
        "Of all you have rated, {title} argues loudest for it, and {given} {supply} {share}.",
        "{Share} of the case for this {kind} is {source}, the largest part of any.",
    ),
    "again": (
        "{title} once more: {given} {hold} {share} of the case for this {kind}.",
        "Here, too, {title} leads, with {share} of the pull.",
        "The same film is at work again. {Source} {bring} {share} of the weight.",
        "{title} keeps its say: {share} of this one's pull is {given}.",
        "Another {kind} on the coat-tails of {title}, whose part is {share} this time.",
        "Again it is {title} in front, at {share} of the total.",
        "Add this {kind} to what {title} brought in: {given} {account} for {share} of it.",
        "{title} reaches this far as well, and {given} {supply} {share} of the case.",
    ),
    "paired": (
        "Two films pull as one here: {title} with {share}, {title2} with {share2}.",
        "{title} and {title2} stand behind this {kind} almost level, at {share} and {share2}.",
        "Call it a joint nomination: {source} {bring} {share}, {source2} {share2}.",
        "It takes {title} and {title2} together: {share} of the pull from the one, {share2}"
        " from the other.",
        "Hard to say which film did more, {title} at {share} or {title2} at {share2}.",
        "{Source} {give} {share} of the case, and {source2} {give2} nearly as much, {share2}.",
        "This {kind} has its backing from {title} ({share}) and {title2} ({share2}) in almost"
        " equal parts.",
    ),
    "spread": (
        "No one film decides this; {source} {come} closest, with {share} of the pull.",
        "Many small votes add up here. {title} casts the largest, {share}.",
        "A broad case, without a star witness: {title} leads it at {share}.",
        "This {kind} is here on the strength of much that you have rated; {title} heads the"
        " list with {share}.",
        "It is the sum that counts: even {title}, in front, brings only {share}.",
        "Your history as a whole speaks for this {kind}. Its loudest voice, {title}, has"
        " {share}.",
        "The case is a patchwork, and {source} {make} its largest piece, {share}.",
        "Plenty in your history points this way, {title} most of all, at {share}.",
        "A little of everything led to this {kind}; {title} gave the most, {share}.",
    ),
    "start": (
        "This {kind} starts ahead: what viewers like on average makes up {start} of its case."
        " From your own history, {title} adds the most, {share}.",
        "A favourite of viewers at large, which gives it {start} of its pull; {source}"
        " {bring} {share}.",
        "General liking does more for it than any one film of yours: {start} of the case."
        " {title} follows at {share}.",
        "Its best argument is its reputation among viewers, {start} of the pull. Of your own"
        " films, {title} says the most for it, {share}.",
        "Viewers in general back this {kind} first, with {start} of the pull; {title} is its"
        " best advocate in your history, with {share}.",
        "What everybody likes weighs heaviest here, at {start}; on your side, {source}"
        " {count} for {share}.",
    ),
    "start_only": (
        "What viewers like on average puts this {kind} here; your own history has yet to have"
        " a say.",
        "You have given too little to go on for this one, so the liking of viewers at large"
        " stands in.",
        "This {kind} is a common favourite, and nothing in your history speaks louder so far.",
        "Popular taste alone brings it in.",
        "Chosen on general liking, as your own history has nothing to add yet.",
        "Until you have rated more, what most viewers like decides, and it decides for this"
        " {kind}.",
        "A safe opening: viewers at large like it, and of your taste little is known.",
        "Nothing personal yet: the average viewer's liking is all there is behind it.",
    ),
}  # fmt: skip

_FALLS: Final = (
    "Without {forget} it would slip from {before} to {after}.",
    "Forget {short} and it falls to {after}.",
    "Had you never seen {short}, it would stand {after} instead of {before}.",
    "Take {short} away and the film drops from {before} to {after}.",
    "Leave {short} out, and {after} place is all it gets.",
    "Strike {short} from your history and it sinks to {after}.",
    "It ranks {before} with {short}, and would rank {after} without.",
    "Minus {short}, it would be {after}.",
    "Drop {short}, and from {before} it goes to {after}.",
    "Cross {short} out and the film lands {after}.",
)
_LEAVES: Final = (
    "Without {forget} it would leave the list, down at {after}.",
    "Forget {short} and it falls out of the list, to {after}.",
    "Take {short} away and the film is no longer here: {after} place lies outside the list.",
    "It stays only as long as {short} does; without, it drops out, to {after}.",
    "Strike {short} from your history and it loses its place, {before} now, {after} then.",
    "Leave {short} out, and it would not be recommended at all, but stand {after}.",
    "Minus {short}, it would rank {after}, off the list.",
)
_STAYS: Final = (
    "It would hold {before} place even without {short}.",
    "Forget {short}, and it still stands {before}.",
    "Its {before} place is safe, though: taking {short} away changes nothing.",
    "Even so, it does not hang on {short}; without, it is {before} all the same.",
    "Striking {short} would leave it where it is, {before}.",
    "Remove {short} and the rank stays the same, {before}.",
)
_RISES: Final = (
    "Without {forget} it would rise from {before} to {after}, since other films lose more.",
    "Forget {short}, and it climbs to {after}: its rivals lean on that film even harder.",
)
_NEXT: Final = (
    "{title} adds {share}.",
    "{title} comes next, with {share}.",
    "Next in line is {title}, at {share}.",
    "{title} follows with {share}.",
    "Some way behind, {title} brings {share}.",
    "After that, it is {title}, with {share}.",
    "There is {title} as well, for {share}.",
    "{title} helps with {share}.",
)
_REST: Final = (
    "The other {rest} is spread over {others}.",
    "That leaves {rest} for {others}.",
    "The remaining {rest} comes from {others}.",
    "The rest, {rest}, is many small voices: {others}.",
    "What is left, {rest}, goes back to {others}.",
    "For the remaining {rest}, look to {others}.",
    "Everything else, {rest}, comes in small pieces from {others}.",
    "{Others} make up the remaining {rest}.",
    "A further {rest} lies elsewhere, in {others}.",
    "{Others} account for the other {rest}.",
    "There remains {rest}, which {others} share.",
)
_OTHERS: Final = (
    "the rest of your history and what viewers like on average",
    "your other films and general liking",
    "the rest of what you have seen and the taste of viewers at large",
)
_AGAINST: Final = (
    "Against it: {source}, by {share}.",
    "Despite {source}, which would cost it {share}, it made the list.",
    "{Source} {count} against it, by {share}.",
    "What speaks against it is {source}: minus {share}.",
    "In spite of {source} ({share} the other way), it is here.",
)
_TAG: Final = (
    "Like {liked}, which you liked, it carries the tag “{tag}”.",
    "It shares the tag “{tag}” with {liked} from your history.",
    "You know the manner from {liked}: the tag is “{tag}”.",
    "The tag “{tag}” links it to {liked}, which you liked.",
    "In style it sits next to {liked}; both carry the tag “{tag}”.",
)
_TAGGED: Final = (
    "Its style tags: {tags}.",
    "In style it is tagged {tags}.",
    "Its manner, by its tags: {tags}.",
    "Tags on the film itself: {tags}.",
    "It carries the style tags {tags}.",
    "How it plays is known from tags alone: {tags}.",
)
_NOTE: Final = (
    "One reading of it: {note}",
    "As a reading of the film has it: {note}",
    "How it plays, in one reading: {note}",
    "A note on the film itself: {note}",
    "On screen, by one account: {note}",
    "A reader of the film puts it like this: {note}",
)


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
        _remainder(dossier, page, text, key)
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
    text.add(capitalise(page.pick(_FRAMES[family], f"{family}{key}").format(**slots)), *ids)
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
        frames = _STAYS
    elif after < before:
        frames = _RISES
    elif record["stays_in_list"] or before > record["list_length"]:
        frames = _FALLS
    else:
        frames = _LEAVES
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
        text.add(page.pick(_NEXT, f"next{key}").format(**slots), record["id"])


def _remainder(dossier: Dossier, page: Page, text: Text, key: str) -> None:
    """What the named contributions leave, so that nobody takes them for the whole."""
    named = [r for r in dossier.contributions if r["id"] in text.ids]
    start = dossier.profile["share"] if dossier.profile else 0.0
    left = 1.0 - sum(r["share"] for r in named)
    # Said only when both of the two that are named have a part in it.
    if dossier.profile is None or dossier.rest is None or min(start, left - start) < _MENTIONED:
        return
    others = page.pick(_OTHERS, f"others{key}")
    slots = {"rest": percent(left), "others": others, "Others": capitalise(others)}
    frame = page.pick(_REST, f"rest{key}")
    text.add(frame.format(**slots), dossier.rest["id"], dossier.profile["id"])


def _against(dossier: Dossier, page: Page, text: Text, key: str) -> None:
    for record in dossier.against[:1]:
        slots = _slots(record, loosely=False)
        text.add(page.pick(_AGAINST, f"against{key}").format(**slots), record["id"])


def _style(dossier: Dossier, page: Page, text: Text, key: str, *, with_note: bool) -> None:
    """How the film reads: never as a cause, and each tag once a page."""
    if with_note and dossier.note is not None:
        if dossier.note["source"] == "offline":
            tags = join([f"“{tag.replace('-', ' ')}”" for tag in dossier.note["tags"]])
            text.add(page.pick(_TAGGED, f"note{key}").format(tags=tags), dossier.note["id"])
            return
        note = capitalise(_first_sentence(dossier.note["note"]))
        text.add(page.pick(_NOTE, f"note{key}").format(note=note), dossier.note["id"])
        return
    for record in dossier.tags:
        liked = [title for title in record["liked_titles"] if title not in text.text][:2]
        if len(liked) == 1 and not page.lead(f"tag {record['tag']}"):
            slots = {"tag": record["phrase"], "liked": join(liked)}
            text.add(page.pick(_TAG, f"tag{key}").format(**slots), record["id"])
            return


def _first_sentence(note: str) -> str:
    head, stop, _ = note.partition(". ")
    return head + "." if stop else note
