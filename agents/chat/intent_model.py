"""Which intent a message has: linear scores of its words and of what they do in the sentence.

A message is read as a bag of words, word pairs, pairs of cues (words that do the same work),
openings and pieces of words, so that a typo or an unforeseen word costs a few features and not the
meaning. The weights
come from `intent_fitting`, which learns them from the examples in ``paraphrases.toml`` and
``sayings.toml``; they are shipped beside it.
"""

import io
import json
import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from agents.chat.constraints import style_words
from agents.chat.slots import SPELLINGS

__all__ = [
    "Floats",
    "IntentModel",
    "IntentScores",
    "IntentWeights",
    "Vocabulary",
    "load_intent_model",
    "load_weights",
    "point",
]

Floats = NDArray[np.float32]
Bag = Mapping[str, float]

WEIGHTS: Final = "intent_weights.npz"
_WEIGHTS: Final = {
    "w": 1.0,
    "b": 0.8,
    "x": 0.8,
    "s": 0.5,
    "o": 0.8,
    "q": 1.2,
    "p": 1.2,
    "u": 1.0,
    "c": 0.3,
}
"""Weights of words, pairs of them, pairs and near pairs of what they do, openings, cues, pairs of
cues, unknown words, and pieces of words."""
_WORD_LISTS: Final = ("said", "stray", "known", "small_talk", "frequent", "assents")
_UNKNOWN: Final = 2.0
"""How much a word that no example has takes away from the certainty of all labels."""
_LONG_ENOUGH: Final = 3
_SLIP: Final = 84.0
"""Likeness from which an unknown word is taken for a known one with a slip of the finger."""
WORD: Final = re.compile(r"[A-Z](?![a-z])|[a-z0-9]+")
_FILLERS: Final = frozenset(
    "please ok okay hm hmm um uh so well oh ooh ah actually then though really just also now"
    " perhaps maybe again hey lol huh lah lor meh sia ah eh mate pal bro bruh"
    " dude man lmao haha ye".split()
)
_POINTERS: Final = frozenset("it that this those these them".split())


class IntentScores(NamedTuple):
    """What a message may mean."""

    kind: str
    """The likeliest label of ``paraphrases.toml``."""
    score: float
    """About 1 for a known phrase, about 0 for a message like none of them."""
    by_kind: dict[str, float]


class Vocabulary:
    """Words that the examples know, and what each of them does."""

    def __init__(
        self, cues: Mapping[str, Sequence[str]], said: Sequence[str], stray: Sequence[str]
    ) -> None:
        """Order words by their work.

        Args:
            cues: Words that do the same work, by the name of that work.
            said: Words of the examples.
            stray: Those that stand for all the others that a message may bring.
        """
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for cue, words in cues.items():
            for word in words:
                self._by_word[word].append(cue)
        self.words = frozenset(self._by_word) | frozenset(said)
        self.stray = frozenset(stray)

    def features(self, marked: str) -> dict[str, float]:
        """What stands in a marked message, and how much each feature weighs."""
        words = WORD.findall(marked)
        words = [word for word in words if word not in _FILLERS] or words
        strange = {word for word in words if word in self.stray or word not in self.words}
        general = ["U" if word in strange else _generalised(word) for word in words]
        works = [self._by_word[g][0].upper() if g in self._by_word else g for g in general]
        cues = list(dict.fromkeys(cue for word in words for cue in self._by_word.get(word, ())))
        cues += [word for word in dict.fromkeys(general) if word.isupper()]
        names = [("w", word) for word in words]
        names += [("b", pair) for pair in _pairs(words)]
        names += [("x", pair) for pair in _pairs(works)]
        names += [
            ("s", f"{a} {b}") for gap in (2, 3) for a, b in zip(works, works[gap:], strict=False)
        ]
        names += [("o", " ".join(works[:n])) for n in (1, 2, 3)]
        names += [("q", cue) for cue in cues]
        names += [
            ("p", "+".join(sorted((a, b)))) for i, a in enumerate(cues) for b in cues[i + 1 :]
        ]
        names += [
            ("c", padded[start : start + size])
            for padded in (f" {word} " for word in words if not word.isupper())
            for size in (3, 4)
            for start in range(len(padded) - size + 1)
        ]
        if len(words) >= _LONG_ENOUGH:
            names += [("u", str(n)) for n in range(1, 1 + min(3, general.count("U")))]
        return {f"{kind}:{name}": _WEIGHTS[kind] for kind, name in names}


class IntentWeights(NamedTuple):
    """What was learnt from the examples."""

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    """Of the features."""
    rarity: Floats
    """Shape ``(n_features,)``."""
    weights: Floats
    """Shape ``(n_features, n_kinds)``."""
    cues: dict[str, list[str]]
    said: tuple[str, ...]
    stray: tuple[str, ...]
    known: tuple[str, ...]
    small_talk: tuple[str, ...]
    frequent: tuple[str, ...]
    """Words of several sentences, whatever they are about."""
    assents: tuple[str, ...]
    """Words of the examples of a plain yes."""


class IntentModel:
    """Labels messages whose slots are marked by `slots.mark_slots`."""

    def __init__(self, learnt: IntentWeights) -> None:
        """Take what was learnt."""
        self._vocabulary = Vocabulary(learnt.cues, learnt.said, learnt.stray)
        self._learnt = learnt
        self._rows = {name: row for row, name in enumerate(learnt.names)}
        self._assents = frozenset(learnt.assents) | _FILLERS
        self.words = self._vocabulary.words
        """Words of all examples."""
        self.known = frozenset(learnt.known)
        """Those of them that are no slip of a title."""
        self.small_talk = frozenset(learnt.small_talk)
        """Words that are at home in any conversation about films, and no title by themselves."""
        self.frequent = frozenset(learnt.frequent)
        """Words of several sentences, whatever they are about."""
        self.pairs = frozenset(name[2:] for name in learnt.names if name.startswith("b:"))
        """Words that several sentences have one after the other."""
        self.topics = frozenset(learnt.cues.get("topic", ()))
        """Words of what the chat does not talk about."""
        frequent = {
            name[2:]: rarity
            for name, rarity in zip(learnt.names, learnt.rarity, strict=True)
            if name[0] == "w"
        }
        self._everyday = sorted(
            {word for word in self.small_talk if len(word) > 2 and word in frequent}
            | style_words(),
            key=lambda word: (frequent.get(word, np.inf), word),
        )
        """The commonest first."""
        self._right = self.words | style_words()
        self._seldom = self.words - self.known - self.frequent
        """Words of a few sayings, which may be slips themselves."""
        self._spellable = sorted(word for word in self.words if len(word) > 3)

    def is_plain_yes(self, marked: str) -> bool:
        """Whether a message has no other words than those of a plain yes."""
        return {self.spelt(word) for word in WORD.findall(marked)} <= self._assents

    def read(self, marked: str) -> IntentScores:
        """Score a message whose slots are marked."""
        spelt = " ".join(self.spelt(word) for word in WORD.findall(marked))
        rows, values = point(self._vocabulary.features(spelt), self._rows, self._learnt.rarity)
        # A margin of 1 is a known phrase of the label, a margin of -1 one of another.
        scores = (1.0 + values @ self._learnt.weights[rows]) / 2.0
        best = int(scores.argmax())
        by_kind = dict(zip(self._learnt.kinds, scores.tolist(), strict=True))
        return IntentScores(self._learnt.kinds[best], float(scores[best]), by_kind)

    def respelt(self, message: str, names: Container[str]) -> str:
        """A message whose everyday words have lost their slips of the finger.

        Letters that changed places, one too many and one too few are put right where just one
        word of a conversation is so near; names stay, since a capital or a title may be one.

        Args:
            message: As typed.
            names: Words that are at home in titles.
        """

        def right(match: re.Match[str]) -> str:
            word = match.group()
            low = word.lower()
            is_named = word[0].isupper() and match.start() > 0
            if is_named or low in names or low in SPELLINGS:
                return word
            if low in self._right and low not in self._seldom:
                return word
            near = [known for known in self._everyday if _is_slip(low, known)]
            if low in self._right:
                near = [known for known in near if sorted(known) == sorted(low)]
            # A letter is sooner left out than typed twice.
            return min(near, key=lambda known: len(known) < len(low), default=word)

        return re.sub(r"(?<![\w'’])[A-Za-z]{3,}(?![\w'’])", right, message)

    def spelt(self, word: str) -> str:
        """A word, or the known word that it is a slip of the finger away from."""
        shortened = re.sub(r"(.)\1+", r"\1", word)
        if word in self.words or len(word) < 4:
            return word
        if shortened in self.words:  # "heyy", "nooo"
            return shortened
        best = process.extractOne(word, self._spellable, scorer=fuzz.ratio, score_cutoff=_SLIP)
        return best[0] if best is not None else word


def _is_slip(typed: str, known: str) -> bool:
    """Whether one slip of the finger, or two in a long word, lies between the two.

    A letter in place of another is none in a short word: "bomb" is not "comb".
    """
    difference = len(typed) - len(known)
    if abs(difference) > 1 or len({typed[0], *typed[:2]} & {known[0]}) == 0:
        return False
    if sorted(typed) == sorted(known):
        return OSA.distance(typed, known) <= 2
    if len(typed) < 4 or (difference == 0 and len(typed) < 6):
        return False
    return OSA.distance(typed, known) <= (1 if len(typed) < 8 else 2)


def point(
    bag: Bag, rows_by_name: Mapping[str, int], rarity: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """Rows and values of a bag, of unit length when every word is known."""
    known = [(rows_by_name[name], weight) for name, weight in bag.items() if name in rows_by_name]
    rows = np.array([row for row, _ in known], dtype=np.int64)
    values = np.array([weight for _, weight in known], dtype=np.float32) * rarity[rows]
    n_unknown = sum(name[0] == "w" and name not in rows_by_name for name in bag)
    length = float(np.sqrt(values @ values + _UNKNOWN * n_unknown))
    return rows, values / np.float32(length or 1.0)


@lru_cache(maxsize=1)
def load_intent_model() -> IntentModel:
    """The model of the shipped weights."""
    return IntentModel(load_weights())


def load_weights() -> IntentWeights:
    """The shipped weights."""
    packed = (files("agents.chat") / WEIGHTS).read_bytes()
    with np.load(io.BytesIO(packed)) as arrays:
        told = json.loads(arrays["told"].tobytes())
        weights = arrays["weights"].astype(np.float32) * arrays["scale"]
        rarity = arrays["rarity"]
    return IntentWeights(
        kinds=tuple(told["kinds"]),
        names=tuple(told["names"]),
        rarity=rarity,
        weights=weights,
        cues=told["cues"],
        **{
            name: tuple(told[name])
            for name in ("said", "stray", "known", "small_talk", "frequent", "assents")
        },
    )


def _generalised(word: str) -> str:
    """Films, places and pronouns alike become X; genres, years and styles alike become Q."""
    if word in _POINTERS or word in {"F", "N"}:
        return "X"
    return "Q" if word in {"G", "Y", "T"} else word


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{a} {b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)]
