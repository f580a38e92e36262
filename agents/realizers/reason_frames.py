"""The wordings of a reason, by what they say. No logic: slots are filled by `reasons`.

A frame names nothing that its slots do not bring, and two frames of a family share neither their
opening nor their build, so that a page of ten reads as ten sentences.
"""

from typing import Final

__all__ = [
    "AGAINST",
    "FALLS",
    "FRAMES",
    "LEAVES",
    "NEXT",
    "NOTE",
    "OTHERS",
    "REST",
    "RISES",
    "STAYS",
    "TAG",
    "TAGGED",
]

FRAMES: Final[dict[str, tuple[str, ...]]] = {
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
        "Bits of many films led to this {kind}; {title} gave the most, {share}.",
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

FALLS: Final = (
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
LEAVES: Final = (
    "Without {forget} it would leave the list, down at {after}.",
    "Forget {short} and it falls out of the list, to {after}.",
    "Take {short} away and the film is no longer here: {after} place lies outside the list.",
    "It stays only as long as {short} does; without, it drops out, to {after}.",
    "Strike {short} from your history and it loses its place, {before} now, {after} then.",
    "Leave {short} out, and it would not be recommended at all, but stand {after}.",
    "Minus {short}, it would rank {after}, off the list.",
)
STAYS: Final = (
    "It would hold {before} place even without {short}.",
    "Forget {short}, and it still stands {before}.",
    "Its {before} place is safe, though: taking {short} away changes nothing.",
    "Even so, it does not hang on {short}; without, it is {before} all the same.",
    "Striking {short} would leave it where it is, {before}.",
    "Remove {short} and the rank stays the same, {before}.",
)
RISES: Final = (
    "Without {forget} it would rise from {before} to {after}, since other films lose more.",
    "Forget {short}, and it climbs to {after}: its rivals lean on that film even harder.",
)
NEXT: Final = (
    "{title} adds {share}.",
    "{title} comes next, with {share}.",
    "Next in line is {title}, at {share}.",
    "{title} follows with {share}.",
    "Some way behind, {title} brings {share}.",
    "After that, it is {title}, with {share}.",
    "There is {title} as well, for {share}.",
    "{title} helps with {share}.",
)
REST: Final = (
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
OTHERS: Final = (
    "the rest of your history and what viewers like on average",
    "your other films and general liking",
    "the rest of what you have seen and the taste of viewers at large",
)
OTHERS_AND_STYLE: Final = (
    "the rest of your history, what viewers like on average and shared style",
    "your other films, general liking and a common style",
    "the rest of what you have seen, the taste of viewers at large and style tags in common",
)
AGAINST: Final = (
    "Against it: {source}, by {share}.",
    "Despite {source}, which would cost it {share}, it holds its place.",
    "{Source} {count} against it, by {share}.",
    "What speaks against it is {source}: minus {share}.",
    "In spite of {source} ({share} the other way), the balance is in its favour.",
)
TAG: Final = (
    "Like {liked}, which you liked, it carries the tag “{tag}”.",
    "It shares the tag “{tag}” with {liked} from your history.",
    "You know the manner from {liked}: the tag is “{tag}”.",
    "The tag “{tag}” links it to {liked}, which you liked.",
    "In style it sits next to {liked}; both carry the tag “{tag}”.",
)
TAGGED: Final = (
    "Its style tags: {tags}.",
    "In style it is tagged {tags}.",
    "Its manner, by its tags: {tags}.",
    "Tags on the film itself: {tags}.",
    "It carries the style tags {tags}.",
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
