"""The wordings of a reason, by what they say. No logic: slots are filled by `reasons`.

They are plain on purpose: a picture ("opened the door") is striking once and a template the second
time. A frame names nothing that its slots do not bring, and calls a film by its name, since "that
film" may be either of two.
"""

from typing import Final

__all__ = [
    "AGAINST",
    "FALLS",
    "FALLS_LED",
    "FRAMES",
    "LEAVES",
    "LEAVES_LED",
    "NEXT",
    "NOTE",
    "OTHERS",
    "OTHERS_AND_STYLE",
    "REST",
    "RISES",
    "STAYS",
    "TAG",
    "TAGGED",
]

FRAMES: Final[dict[str, tuple[str, ...]]] = {
    "beyond": (
        "{title} alone brings {share}. A part can be larger than the whole because everything"
        " else, taken together, counts against it.",
        "Everything else, taken together, counts against it, so {title} alone brings more than"
        " the whole: {share}.",
        "{Source} {bring} {share}, which is more than the whole; all that is left counts against"
        " it.",
    ),
    "dominant": (
        "Mostly {source}: {they} {account} for {share}.",
        "{Source} {outweigh} all the rest, with {share}.",
        "One film explains most of this {kind}: {title}, with {share}.",
        "{title} counts for more than all else together, with {share}.",
    ),
    "leading": (
        "{title} leads with {share}.",
        "{Source} {account} for {share}, more than any other film.",
        "The main reason is {source}, with {share}.",
        "{title} contributes most, {share}.",
        "This {kind} is here mainly through {title}, which gives {share}.",
        "The largest part, {share}, is {source}.",
        "Nothing counts for more here than {source}: {share}.",
        "{Source} {weigh} most, with {share}.",
    ),
    "again": (
        "{title} leads here as well, this time with {share}.",
        "Here, too, {source} {count} most: {share}.",
        "{title} also supports this one ({share}).",
        "Once more the largest part, {share}, is {source}.",
        "For this {kind}, it is again {title} that contributes most, {share}.",
        "{Source} {bring} {share} here, again more than any other film.",
        "This {kind}, too, has {title} in front, at {share}.",
    ),
    "modest": (
        "{title}, which you gave {stars}, brings {share}, more than any other film.",
        "With {stars} from you, {title} still contributes most: {share}.",
        "No film counts for more here than {title}, which you gave {stars}: {share}.",
        "You gave {title} {stars}, and still no film adds more: {share}.",
    ),
    "paired": (
        "{title} and {title2} count about equally, with {shares}.",
        "{Source} {bring} {share}, and {source2} about as much, {share2}.",
        "Two films stand behind this {kind}, {title} and {title2}: {shares}.",
        "Nearly level in front are {title} and {title2}, with {shares}.",
    ),
    "spread": (
        "{title} counts most, but only for {share}.",
        "Many films of yours support it, none of them strongly; {title} gives the most, {share}.",
        "No single film decides this {kind}: {title}, in front, has {share}.",
        "{Source} {contribute} most, {share}.",
        "This {kind} draws on much of your history; {title} adds the most, {share}.",
        "Of many small parts, the largest is {source}, {share}.",
        "Many films add up to it; first comes {title}, with {share}.",
        "{title} is ahead of your other films, at {share}.",
        "Your history speaks for it as a whole, {title} a bit more than others ({share}).",
    ),
    "start": (
        "What viewers in general like counts for more ({start}) than any one film of yours;"
        " {title} comes next, with {share}.",
        "The largest part, {start}, is what viewers in general like. Of your own films, {title}"
        " counts most, {share}.",
        "Viewers in general like this {kind}, and that makes up {start}; {title} adds {share}.",
        "No film of yours counts for as much here as what viewers in general like ({start});"
        " {title} gives {share}.",
        "First comes what viewers in general like, with {start}, then {source}, with {share}.",
        "At {start}, what viewers in general like is ahead of your own films, of which {title}"
        " gives the most, {share}.",
        "The taste of viewers in general leads with {start}, and {source} {bring} {share}.",
        "This {kind} is liked by viewers in general, which counts for {start}; {title} is behind,"
        " with {share}.",
    ),
    "start_only": (
        "What viewers in general like puts this {kind} here; your history adds nothing yet.",
        "Viewers in general like this {kind}; nothing in your history speaks for it yet.",
        "This {kind} is here because viewers in general like it.",
        "No film of yours counts for this {kind} yet, so what viewers in general like decides.",
        "Until you rate more films, what viewers in general like decides, and they like this"
        " {kind}.",
        "So far only the taste of viewers in general speaks for this {kind}.",
        "It is liked by viewers in general, and that alone brings in this {kind} for now.",
        "Too little is known of your taste to judge this {kind}; viewers in general like it.",
        "Your history says nothing about this {kind} yet; viewers in general like it.",
        "For now this {kind} is a choice by the taste of viewers in general.",
    ),
    "low": (
        "Taken together, your history and what viewers in general like speak against this {kind}.",
        "More speaks against this {kind} than for it, in your history and in what viewers in"
        " general like.",
    ),
}  # fmt: skip

FALLS: Final = (
    "Without {title}, it would rank {after} instead of {before}.",
    "It would drop from {before} to {after} without {title}.",
    "Take {title} out of your history, and it would rank {after}.",
    "It owes its {before} place to {title}; otherwise it would be {after}.",
    "If {title} were not in your history, this film would rank {after}.",
    "Leaving out {title} would put it in {after} place.",
)
LEAVES: Final = (
    "Without {title}, it would rank {after}, outside this list.",
    "It would rank {after} without {title} and not be shown.",
    "Take {title} out of your history, and it would rank {after}, outside this list.",
    "It owes its place here to {title}; otherwise it would be {after}, outside the list.",
    "If {title} were not in your history, this film would rank {after} and not be shown.",
    "Leaving out {title} would put it in {after} place, outside the list.",
    "This film would not be on the list without {title}, but rank {after}.",
)
FALLS_LED: Final = (
    "Without {title}, which gives {share}, it would rank {after} instead of {before}.",
    "It would drop from {before} to {after} without {title}, which contributes most, {share}.",
    "It owes its {before} place to {title}, the largest part with {share}; otherwise it would be"
    " {after}.",
    "Take {title} out of your history, and it would rank {after}; no other film adds as much"
    " ({share}).",
)
"""Cause and consequence in one sentence, like the next; for reasons of another build."""
LEAVES_LED: Final = (
    "Without {title}, which gives {share}, it would rank {after}, outside this list.",
    "It would not be on this list without {title}, which contributes most, {share}, but rank"
    " {after}.",
    "It owes its place here to {title}, the largest part with {share}; otherwise it would be"
    " {after}, outside the list.",
    "Take {title} out of your history, and it would rank {after}, outside this list; no"
    " other film adds as much ({share}).",
)
STAYS: Final = (
    "With or without {title}, it would rank {before}.",
    "It would rank {before} without {title} too.",
    "Without {title}, it would still be {before}.",
)
RISES: Final = (
    "Without {title}, it would rise from {before} to {after}, since other films lose more.",
    "It would even rise from {before} to {after} without {title}, which helps other films more.",
)
NEXT: Final = (
    "{title} follows with {share}.",
    "{title} is second, with {share}.",
    "{title} adds {share}.",
    "Next comes {title}, with {share}.",
    "After it, {title} brings {share}.",
)
REST: Final = (
    "The other {rest} comes from {others}.",
    "The remaining {rest} comes from {others}.",
    "What remains, {rest}, comes from {others}.",
    "{Others} make up the other {rest}.",
)
OTHERS: Final = (
    "the rest of your history and what viewers in general like",
    "your other films and what viewers in general like",
)
OTHERS_AND_STYLE: Final = (
    "the rest of your history, what viewers in general like, and style tags that your list shares",
    "your other films, what viewers in general like, and style tags that your list shares",
)
AGAINST: Final = (
    "Against it: {source}, by {share}.",
    "{Source} {count} against it, by {share}.",
    "What speaks against it is {source}: minus {share}.",
    "Despite {source}, which would cost it {share}, it holds its place.",
)
TAG: Final = (
    "Like {liked}, which you liked, it carries the tag “{tag}”.",
    "It shares the tag “{tag}” with {liked}, which you liked.",
    "The tag “{tag}” links it to {liked}, which you liked.",
    "Both it and {liked}, which you liked, carry the tag “{tag}”.",
)
TAGGED: Final = (
    "Its tags: {tags}.",
    "It is tagged {tags}.",
    "Tags on the film itself: {tags}.",
    "It carries the tags {tags}.",
    "How it plays is known from tags alone: {tags}.",
)
NOTE: Final = (
    "One machine-written reading of it: {note}",
    "As a machine's reading has it: {note}",
    "How it plays, in a machine-written note: {note}",
    "A machine-written note on the film: {note}",
    "On screen, by a machine's account: {note}",
    "A note written by a machine puts it like this: {note}",
)
