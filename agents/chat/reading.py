"""How a message reads: the words taken for titles, and what the rest of it then asks for."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from agents.chat.constraints import spell_genres
from agents.chat.film_references import Memory, points_to_film
from agents.chat.intent_model import IntentModel, IntentScores, load_intent_model
from agents.chat.premises import claims_recommendation, without_premises
from agents.chat.slots import fold_message, mark_slots
from agents.chat.title_readings import Everyday, Mentions, find_mentions
from retrieval.titles import TitleIndex

__all__ = ["NEEDS_FILM", "QUESTIONS", "Reading", "read_likeliest"]

NEEDS_FILM: Final = frozenset(
    "why_not what_if_forget what_if_rate similar less_like about_movie rate forget hide".split()
)
_ONLY_OF_FILMS: Final = frozenset({"why_not", "what_if_forget", "what_if_rate", "similar"})
"""What is asked of films alone, so that an unknown word in it must be one."""
_CLEAR: Final = 0.4
_FILM_MISSING: Final = 0.25
_GIVEN_UP: Final = 0.4
_GIVEN_UP_GLADLY, _CLEARLY_ELSEWHERE = 0.5, 0.8
"""What a reading that gives a message up counts, and how it counts where nothing is of films."""
_COURTESIES: Final = frozenset(
    {"thanks", "confirm", "decline", "more", "out_of_scope", "correction"}
)
_LONGEST_ASSENT: Final = 8
"""Words; who says more is saying something else, too."""
_CERTAIN: Final = 0.6
QUESTIONS: Final = frozenset(
    "why why_not recommend similar more refine compare taste_profile about_movie follow_up".split()
)
"""What is asked for beside a statement; with these, "I loved F" is no rating to record."""
_CLEARLY_ASKED: Final = 0.6
_ASKED: Final = 0.45
"""Score from which the rest of a message with a statement is a question."""
_CODE: Final = re.compile(r"[{}<>\[\]`=|\\:;]")
_INTERJECTIONS: Final = re.compile(
    r"^(?:(?:cool|nice|great|good|thanks|thank you|ooh|oh|huh|wow|hm+|ok|okay|yeah|yes|yep|no|nah"
    r"|nope|well|hi|hello|hey|sure|right|alright|aha|haha|lol|perfect|wait|actually|and|but"
    r"|so)\b ?)+"
)
_ABOUT_FILMS: Final = 0.2
"""What a word about films takes away from a message having nothing to do with them."""
_OF_WISHES: Final = frozenset({"recommend", "refine", "more"})
_ODD: Final = 0.15
"""What a title takes away from a wish for films of some kind: "a scary film for Halloween"."""
_TALKED_ABOUT: Final = 0.2
"""What speaks for a title, and not for the words that it is made of, when the film is at hand."""
_ASSENTING_NO: Final = re.compile(r"\b(?:why not|no objections?|no problem|(?:dont|do not) mind)\b")
_REFUSES: Final = re.compile(
    r"\b(?:no|nope|nah|not|never|dont|stop|cancel|wait|keep|leave|rather|wont|cant)\b"
)
_UNDOES: Final = re.compile(
    r"\b(?:forget|forgot|remov\w+|delet\w+|drop\w*|hide|away|out|undo|rid|eras\w+|wip\w+|off"
    r"|clear|cancel"
    r"|scrap|scratch|strike|cross|purge|withdraw|lose|bin|kill|unrate|unwatch|never|havent|didnt"
    r"|not|back)\b"
)
_SUPPOSED: Final = re.compile(
    r"\b(?:if|suppos\w+|imagin\w+|pretend|let us say|assum\w+|hypothetic\w+|once i|in a world"
    r"|for a (?:second|moment|minute)|what (?:happens|changes|do i get|then)|how would|does (?:it"
    r"|F) (?:even |really )?matter"
    r"|what would (?:i get|happen|change|be|come|you (?:say|show)|my|the)|run the numbers|see what"
    r"|would (?:my|the|it|things|anything|that|F|S|a S|you still|you change))\b"
    r"(?! (?:you dont mind|possible|you can|you could|you would|you please))"
)
_VERDICT: Final = re.compile(
    r"\b(?:S|lov(?:e|ed|ing)|hat(?:e|ed|ing)|lik(?:e|ed|ing)|ador\w+|enjoy\w*|dislik\w+|fav\w+"
    r"|cant stand"
    r"|couldnt stand|fan|crazy about|despis\w+|rat(?:e|ed|ing) F)\b"
)
_NEVER_SEEN: Final = re.compile(
    r"\b(?:never|hadnt|havent|had not|have not|not|without|minus|remov\w+|delet\w+|forg[eo]t\w*"
    r"|eras\w+"
    r"|dropp?\w*|gone|wip\w+|skipp?\w*|vanish\w*|disappear\w*|ignor\w+|take away|take out"
    r"|took out|took away"
    r"|leave out|left out|leaving out|undo|undid|str[iu]ck|strike|scrap\w*|purg\w+|cut|took back"
    r"|take back|exclud\w+)\b"
)
_TAKES_BACK: Final = re.compile(
    r"\b(?:remov|delet|forg|eras|dropp?|wip|ignor|disregard|undo|undid|scrap|str[iu]ck|take back"
    r"|took back|without|never (?:gave|given|rated)|hadnt (?:given|rated))\w*"
    r" (?:(?:F|it|that|the|my|those|about|any) )*S\b|\bnever\b|\bhadnt\b"
)
_EITHER: Final = re.compile(
    r"\b[FN] (?:or|vs|versus|against|and|than|to|with|from) (?:\w+ ){0,2}[FN]\b|\b[FN]\b.*\b(?:or"
    r"|than|i say|versus)\b.*\b[FN]\b"
)
_ASKS_TITLE: Final = re.compile(
    r"\b(?:title|called|name of|which (?:one|film|films)|what (?:film|was that|was it)"
    r"|cant recall|remember"
    r"|recall|(?:film|one|something) (?:with|where|about|in which)|do you know (?:the|that"
    r"|which))\b"
)
_ASKS: Final = re.compile(
    r"\?|^(?:so |ok |and |but |well |hey )*(?:why|how come|how many|what|which|when|where|who)\b"
)
_REQUESTS: Final = re.compile(
    r"\b(?:can|could|will|would|may|might|shall|do|mind|please|pls|plz)\b"
    r"(?: you| u| i| we| mind| me)?\b[^?]*\b"
    r"(?:rate|put|give|mark|log|set|add|record|change|make|note|save|count|register|enter|update)\b"
)
_MANY_STRANGE: Final = 3
"""Strange words from which "that" and "it" are of no film."""
_WHY: Final = re.compile(r"(?:so |and |but |then |ok |well )*why\b(?! not\b)")
_STRANGE: Final = 0.12
"""What each strange word adds to a message having nothing to do with films."""
_OF_NO_FILM: Final = ("help", "thanks", "more")
_OF_FILMS: Final = frozenset("F N G T Y film films watch".split())
_FILM_NAMED: Final = 0.35
"""What a film that is surely named takes away from a message that is of none."""
_CLEARLY: Final = 3.0
"""How much likelier a yes in unusual words must be than anything else."""
_LONGEST_AFTERTHOUGHT: Final = 6
"""Words in which other stars are all that is new: "no, make it two"."""
_ASSENT: Final = 0.35
"""What a waiting proposal adds to the likelihood of a yes or a no."""


class Reading(NamedTuple):
    """A message with its titles marked, and what it may mean."""

    mentions: Mentions
    folded: str
    scores: IntentScores


def read_likeliest(message: str, memory: Memory, titles: TitleIndex) -> Reading:
    """The likeliest of the readings that take more or fewer words for titles."""
    model = load_intent_model()
    # A slip may be one of an everyday word or one of a title.
    respelt = model.respelt(message, titles.words)
    readings = _readings(respelt, memory, titles, model)
    if respelt != message:
        typed = _readings(message, memory, titles, model)
        # Slips make strange words, and strange words are no reason to give a message up.
        readings += [reading for reading in typed if reading.scores.kind != "out_of_scope"]
    return max(readings, key=lambda reading: _likelihood(reading, memory))


def _readings(
    message: str, memory: Memory, titles: TitleIndex, model: IntentModel
) -> list[Reading]:
    readings = []
    words = Everyday(model.small_talk, model.known, model.frequent, model.words, model.pairs)
    for mentions in find_mentions(message, titles, words):
        folded = spell_genres(fold_message(mentions.masked), model.words)
        is_named = mentions.prior > 0.0
        scores = _score(model, folded, memory, is_named=is_named)
        readings.append(Reading(mentions, folded, scores))
    return readings


def _likelihood(reading: Reading, memory: Memory) -> float:
    """A reading that makes sense of the message beats one that gives it up."""
    kind, score, _ = reading.scores
    if () in reading.mentions.movie_ids and kind not in _ONLY_OF_FILMS:
        return -1.0
    if kind in NEEDS_FILM and not points_to_film(reading.folded):
        score -= _FILM_MISSING
    if reading.mentions.movie_ids and kind in _OF_WISHES:
        score -= _ODD
    known = {*memory.history, *memory.list_movie_ids, *memory.focus}
    n_known = sum(bool(known.intersection(ids)) for ids in reading.mentions.movie_ids)
    prior = reading.mentions.prior + _TALKED_ABOUT * n_known
    if claims_recommendation(reading.folded):
        prior += _TALKED_ABOUT
    if kind == "out_of_scope":
        prior = min(prior, 0.0)  # titles make a message one about films
        score = _GIVEN_UP * score + _GIVEN_UP_GLADLY * max(0.0, score - _CLEARLY_ELSEWHERE)
    return score + prior


def _score(model: IntentModel, folded: str, memory: Memory, *, is_named: bool) -> IntentScores:
    question = without_premises(folded)
    marked = mark_slots(question)
    marks = marked.split()
    by_kind = dict(_read(model, marked).by_kind)
    is_yes = _is_yes(model, marked, by_kind)
    is_elsewhere = bool(model.topics.intersection(marks) and not _OF_FILMS.intersection(marks))
    passing = _COURTESIES | {"help"} if is_elsewhere else _COURTESIES
    for part in _parts(question, marked):
        # "Cool, and the second one?" asks something; "cool" alone does not.
        for kind, score in _read(model, part).by_kind.items():
            by_kind[kind] = by_kind[kind] if kind in passing else max(by_kind[kind], score)
    rest = without_premises(folded, plain=True)
    if rest != folded:
        clauses = [rest, *re.split(r"[.,;!?]+ ", rest)]
        read = [_read(model, mark_slots(clause)) for clause in clauses]
        # What is wanted comes last, as a rule, and takes some words.
        clear = [
            scores
            for clause, scores in zip(clauses[1:], read[1:], strict=True)
            if _askedness(scores) > _CLEARLY_ASKED and len(clause.split()) > 2
        ]
        asked = clear[-1] if clear else max(read, key=_askedness)
        if asked.kind in QUESTIONS and asked.score > _ASKED:
            by_kind[asked.kind] = max(by_kind.values()) + _ABOUT_FILMS
    if is_elsewhere:
        by_kind["out_of_scope"] += _ABOUT_FILMS
    if is_named:
        by_kind["out_of_scope"] -= _FILM_NAMED
        by_kind["find_movie"] -= _FILM_NAMED
    _weigh_by_context(by_kind, set(mark_slots(folded).split()), marked, memory)
    if _ASKS.search(folded) and not _REQUESTS.search(folded):
        by_kind["rate"] = 0.0  # a question changes nothing
    if _CODE.search(folded) or not is_yes or _is_refusal(marked, memory):
        by_kind["confirm"] = 0.0
    _weigh_by_grammar(by_kind, marked)
    _weigh_by_strangeness(by_kind, marked, model)
    best = max(by_kind, key=lambda kind: by_kind[kind])
    return IntentScores(best, by_kind[best], by_kind)


def _read(model: IntentModel, marked: str) -> IntentScores:
    """What the model makes of some words; a "why" wishes for nothing."""
    scores = model.read(marked)
    if _WHY.match(marked) is None:
        return scores
    by_kind = {
        kind: score - _CLEAR if kind in _OF_WISHES else score
        for kind, score in scores.by_kind.items()
    }
    best = max(by_kind, key=lambda kind: by_kind[kind])
    return IntentScores(best, by_kind[best], by_kind)


def _is_yes(model: IntentModel, marked: str, by_kind: Mapping[str, float]) -> bool:
    """Whether a message is a yes and nothing else; a history is changed on nothing less.

    Either it has no other words than those of a plain yes, or it is short, names nothing, and
    reads like no other thing that people say.
    """
    if model.is_plain_yes(marked):
        return True
    words = marked.split()
    others = max(score for kind, score in by_kind.items() if kind != "confirm")
    is_short = len(words) <= _LONGEST_ASSENT and not any(word.isupper() for word in words)
    return is_short and by_kind["confirm"] >= max(_CERTAIN, _CLEARLY * others)


def _is_refusal(marked: str, memory: Memory) -> bool:
    """Whether words that may stand in a yes take it back: "no, remove it"."""
    proposal = memory.proposal
    undoes = proposal is not None and proposal.action == "rate" and _UNDOES.search(marked)
    return bool(undoes) or _REFUSES.search(_ASSENTING_NO.sub(" ", marked)) is not None


def _askedness(scores: IntentScores) -> float:
    return scores.score if scores.kind in QUESTIONS else 0.0


def _weigh_by_grammar(by_kind: dict[str, float], marked: str) -> None:
    """Change scores by what a sentence supposes, chooses between, or leaves open."""
    has_stars = _VERDICT.search(marked) is not None
    # "What would drop off if I gave it four stars" takes nothing away.
    removal = _TAKES_BACK if "S" in marked.split() else _NEVER_SEEN
    takes_away = removal.search(marked) is not None
    what_if = max(by_kind["what_if_rate"], by_kind["what_if_forget"])
    if has_stars and not takes_away:
        by_kind["what_if_rate"], by_kind["what_if_forget"] = what_if, 0.0
    elif takes_away:
        by_kind["what_if_rate"], by_kind["what_if_forget"] = 0.0, what_if
    if _EITHER.search(marked) and not _SUPPOSED.search(marked):
        by_kind["compare"] += _ABOUT_FILMS
    if re.search(r"\bN\b", marked) or not _UNDOES.search(marked):
        by_kind["forget"] -= _ABOUT_FILMS


def _weigh_by_strangeness(by_kind: dict[str, float], marked: str, model: IntentModel) -> None:
    """Change scores by words of no conversation about films, where no film is in sight."""
    words = marked.split()
    n_strange = sum(word.islower() and model.spelt(word) not in model.small_talk for word in words)
    if _ASKS_TITLE.search(marked) and n_strange and not {"F", "N"} & set(words):
        by_kind["find_movie"] += _ABOUT_FILMS
    if not n_strange:
        by_kind["find_movie"] -= _ABOUT_FILMS  # what happens in a film takes words of its own
    if _OF_FILMS.intersection(words) or "S" in words:
        return
    if points_to_film(marked) and n_strange < _MANY_STRANGE:
        return
    by_kind["out_of_scope"] += _STRANGE * min(n_strange, 3)
    if n_strange:
        for kind in NEEDS_FILM:
            by_kind[kind] -= _ABOUT_FILMS


def _weigh_by_context(
    by_kind: dict[str, float], marks: set[str], marked: str, memory: Memory
) -> None:
    """Change scores by what the thread waits for and by what the message names."""
    is_plain = len(marked.split()) <= _LONGEST_ASSENT and by_kind["out_of_scope"] < _ASSENT
    if memory.proposal is not None and is_plain and "F" not in marks:
        by_kind["confirm"] += _ASSENT
        by_kind["decline"] += _ASSENT
    last = memory.last.kind if memory.last is not None else None
    is_afterthought = len(marked.split()) <= _LONGEST_AFTERTHOUGHT
    if "S" in marks and "F" not in marks and is_afterthought and last in {"rate", "what_if_rate"}:
        by_kind[last] = max(by_kind.values()) + _ABOUT_FILMS
    n_films = marked.split().count("F") + marked.split().count("N")
    if n_films or "F" in marks:
        for kind in _OF_NO_FILM:
            by_kind[kind] -= _ABOUT_FILMS


def _parts(question: str, marked: str) -> list[str]:
    """What is left without an interjection, and the clauses of a message of several."""
    rest = _INTERJECTIONS.sub("", marked)
    clauses = [mark_slots(clause) for clause in re.split(r"[.,;!?]+ ", question)]
    parts = [rest, *(clauses if len(clauses) > 1 else [])]
    return [part for part in parts if part != marked and len(part.split()) > 1]
