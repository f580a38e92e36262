"""Which intent a message has: ridge regression over words and letters, fitted to paraphrases.

The examples are in ``paraphrases.toml``. A message is read as a bag of words, word pairs, letter
groups and cues (words that do the same work), so that a typo or an unforeseen word costs a few
features and not the meaning. The fit takes a fraction of a second and nothing is stored: the same
examples give the same weights.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from agents.chat.slots import mark_slots

__all__ = ["IntentModel", "IntentScores", "load_intent_model"]

Floats = NDArray[np.float32]
Bag = Mapping[str, float]

_RIDGE: Final = 0.5
_STEPS: Final = 24
"""Of conjugate gradients; further ones change no answer."""
_WEIGHTS: Final = {"w": 1.0, "b": 0.8, "x": 0.8, "s": 0.5, "o": 0.8, "q": 1.2, "p": 1.2, "u": 1.0}
"""Weights of words, pairs of them, pairs and near pairs of what they do, openings, cues, pairs of
cues, and unknown words."""
_UNKNOWN: Final = 2.0
"""How much a word that no example has takes away from the certainty of all labels."""
_OPEN: Final = frozenset({"find_movie", "out_of_scope"})
"""Labels whose messages are full of words that no list of examples can hold."""
_LONG_ENOUGH: Final = 3
_SLIP: Final = 84.0
"""Likeness from which an unknown word is taken for a known one with a slip of the finger."""
_WORD: Final = re.compile(r"[A-Z](?![a-z])|[a-z0-9]+")
_FILLERS: Final = frozenset(
    "please ok okay hm hmm um uh so well oh ooh ah actually then though really just also now"
    " perhaps maybe again hey lol huh".split()
)
_POINTERS: Final = frozenset("it that this those these them".split())


class IntentScores(NamedTuple):
    """What a message may mean."""

    kind: str
    """The likeliest label of ``paraphrases.toml``."""
    score: float
    """About 1 for a known phrase, about 0 for a message like none of them."""
    by_kind: dict[str, float]


class IntentModel:
    """Labels messages whose slots are marked by `slots.mark_slots`."""

    def __init__(
        self, examples: Sequence[tuple[str, str]], cues: Mapping[str, Sequence[str]]
    ) -> None:
        """Fit to examples.

        Args:
            examples: Marked phrase and label.
            cues: Words that do the same work, by the name of that work.
        """
        self._cues: dict[str, list[str]] = defaultdict(list)
        for cue, words in cues.items():
            for word in words:
                self._cues[word].append(cue)
        self._words_of: dict[str, set[str]] = defaultdict(set)
        for phrase, label in examples:
            self._words_of[label].update(_WORD.findall(phrase))
        said = Counter(word for phrase, _ in examples for word in set(_WORD.findall(phrase)))
        self.words = frozenset(self._cues) | frozenset(said)
        self.small_talk = frozenset(
            word
            for phrase, label in examples
            if label not in _OPEN
            for word in _WORD.findall(phrase)
        ) | {word for cue, words in cues.items() if cue != "topic" for word in words}
        """Words that are at home in any conversation about films, and no title by themselves."""
        self.topics = frozenset(cues.get("topic", ()))
        """Words of what the chat does not talk about."""
        self._spellable = sorted(word for word in self.words if len(word) > 3)
        self._stray = frozenset(
            word
            for phrase, label in examples
            for word in _WORD.findall(phrase)
            if label in _OPEN and said[word] == 1 and word not in self._cues
        )
        """Words that stand for all the others that a message may bring."""
        bags = [self._features(phrase) for phrase, _ in examples]
        counts = Counter(name for bag in bags for name in bag)
        names = [name for name, count in counts.items() if count > 1 or name[0] == "w"]
        self._kinds = tuple(dict.fromkeys(label for _, label in examples))
        self._rows = {name: row for row, name in enumerate(names)}
        total = 1.0 + len(examples)
        self._rarity = np.array([np.log(total / (1.0 + counts[n])) for n in names], np.float32)
        targets = np.zeros((len(examples), len(self._kinds)), dtype=np.float32)
        for row, (_, label) in enumerate(examples):
            targets[row, self._kinds.index(label)] = 1.0
        self._weights = _fit_ridge([self._point(bag) for bag in bags], targets, len(names))

    def is_said_with_words_of(self, marked: str, label: str) -> bool:
        """Whether a message has no other words than the examples of a label."""
        words = {self.spelt(word) for word in _WORD.findall(marked)}
        return words <= self._words_of[label] | _FILLERS

    def read(self, marked: str) -> IntentScores:
        """Score a message whose slots are marked."""
        spelt = " ".join(self.spelt(word) for word in _WORD.findall(marked))
        rows, values = self._point(self._features(spelt))
        scores = values @ self._weights[rows]
        best = int(scores.argmax())
        by_kind = dict(zip(self._kinds, scores.tolist(), strict=True))
        return IntentScores(self._kinds[best], float(scores[best]), by_kind)

    def spelt(self, word: str) -> str:
        """A word, or the known word that it is a slip of the finger away from."""
        shortened = re.sub(r"(.)\1+", r"\1", word)
        if word in self.words or len(word) < 4:
            return word
        if shortened in self.words:  # "heyy", "nooo"
            return shortened
        best = process.extractOne(word, self._spellable, scorer=fuzz.ratio, score_cutoff=_SLIP)
        return best[0] if best is not None else word

    def _point(self, bag: Bag) -> tuple[NDArray[np.int64], Floats]:
        """Rows and values of a bag, of unit length when every word is known."""
        known = [(self._rows[name], weight) for name, weight in bag.items() if name in self._rows]
        rows = np.array([row for row, _ in known], dtype=np.int64)
        values = np.array([weight for _, weight in known], dtype=np.float32) * self._rarity[rows]
        n_unknown = sum(name[0] == "w" and name not in self._rows for name in bag)
        length = float(np.sqrt(values @ values + _UNKNOWN * n_unknown))
        return rows, values / np.float32(length or 1.0)

    def _features(self, marked: str) -> dict[str, float]:
        words = _WORD.findall(marked)
        words = [word for word in words if word not in _FILLERS] or words
        strange = {word for word in words if word in self._stray or word not in self.words}
        general = ["U" if word in strange else _generalised(word) for word in words]
        works = [self._cues[g][0].upper() if g in self._cues else g for g in general]
        cues = list(dict.fromkeys(cue for word in words for cue in self._cues.get(word, ())))
        cues += [word for word in dict.fromkeys(general) if word.isupper()]
        names = [("w", word) for word in words]
        names += [("b", pair) for pair in _pairs(words)]
        names += [("x", pair) for pair in _pairs(works)]
        names += [("s", f"{a} {b}") for gap in (2, 3) for a, b in zip(works, works[gap:])]
        names += [("o", " ".join(works[:n])) for n in (1, 2, 3)]
        names += [("q", cue) for cue in cues]
        names += [("p", "+".join(sorted((a, b)))) for i, a in enumerate(cues) for b in cues[i + 1 :]]
        if len(words) >= _LONG_ENOUGH:
            names += [("u", str(n)) for n in range(1, 1 + min(3, general.count("U")))]
        return {f"{kind}:{name}": _WEIGHTS[kind] for kind, name in names}


def spelt_out(phrase: str) -> list[str]:
    """The phrases that "[why|how come] did you pick [F|N]" stands for.

    Every alternative occurs, and not every combination: there are as many phrases as the longest
    bracket has alternatives.
    """
    parts = [part.split("|") for part in re.split(r"[\[\]]", phrase)]
    longest = max(len(part) for part in parts)
    return [
        "".join(part[(row + shift) % len(part)] for shift, part in enumerate(parts))
        for row in range(longest)
    ]


@lru_cache(maxsize=1)
def load_intent_model() -> IntentModel:
    """The model fitted to the shipped paraphrases."""
    text = (files("agents.chat") / "paraphrases.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    examples = [
        (mark_slots(said), label)
        for label, phrases in data["phrases"].items()
        for phrase in phrases
        for said in spelt_out(phrase)
    ]
    cues = {cue: words.split() for cue, words in data["cues"].items()}
    return IntentModel(list(dict.fromkeys(examples)), cues)


def _generalised(word: str) -> str:
    """Films, places and pronouns alike become X; genres, years and styles alike become Q."""
    if word in _POINTERS or word in {"F", "N"}:
        return "X"
    return "Q" if word in {"G", "Y", "T"} else word


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{a} {b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)]


def _fit_ridge(
    points: Sequence[tuple[NDArray[np.int64], Floats]], targets: Floats, n_features: int
) -> Floats:
    """Weights ``X' (X X' + ridge I)^-1 Y`` by conjugate gradients, one run for each label.

    Args:
        points: Columns and values of each row of ``X``; no row and no column is empty.
        targets: ``Y``, shape ``(n_examples, n_labels)``.
        n_features: Columns of ``X``.

    Returns:
        Shape ``(n_features, n_labels)``.
    """
    columns = np.concatenate([columns for columns, _ in points])
    values = np.concatenate([values for _, values in points])[:, None]
    sizes = np.array([len(columns) for columns, _ in points])
    row_starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    by_column = np.argsort(columns, kind="stable")
    rows_by_column = np.repeat(np.arange(len(points)), sizes)[by_column]
    column_starts = np.searchsorted(columns[by_column], np.arange(n_features))
    values_by_column = values[by_column]

    def transposed_times(matrix: Floats) -> Floats:
        product: Floats = np.add.reduceat(values_by_column * matrix[rows_by_column], column_starts)
        return product

    def gram_times(matrix: Floats) -> Floats:
        product: Floats = np.add.reduceat(values * transposed_times(matrix)[columns], row_starts)
        regularised: Floats = product + np.float32(_RIDGE) * matrix
        return regularised

    solution = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    power = (residual**2).sum(axis=0)
    for _ in range(_STEPS):
        product = gram_times(direction)
        step = power / (direction * product).sum(axis=0)
        solution += step * direction
        residual -= step * product
        next_power = (residual**2).sum(axis=0)
        direction = residual + next_power / power * direction
        power = next_power
    weights: Floats = transposed_times(solution)
    return weights
