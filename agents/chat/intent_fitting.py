"""Learns what people mean from examples: ridge regression over the features of their words.

Run ``python -m agents.chat.intent_fitting`` after a change to ``paraphrases.toml``, to
``sayings.toml`` or to how messages are marked; it writes the weights that ship. The same examples
give the same weights.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.chat.intent_model import (
    WEIGHTS,
    WORD,
    Floats,
    IntentWeights,
    Vocabulary,
    digest_of,
    pack_weights,
    point,
    read_examples,
)
from agents.chat.slots import mark_slots

__all__ = ["fit_intents", "spelt_out"]

_RIDGE: Final = 0.5
_STEPS: Final = 24
"""Of conjugate gradients; further ones change no answer."""
_OPEN: Final = frozenset({"find_movie", "out_of_scope"})
"""Labels whose messages are full of words that no list of examples can hold."""
_FEWEST: Final = 2
"""Examples that a feature needs; a word needs one."""


def fit_intents(source: bytes, sayings: bytes) -> IntentWeights:
    """Weights learnt from ``paraphrases.toml`` and ``sayings.toml``.

    Args:
        source: The first file: phrases by label, and words that do the same work by cue.
        sayings: The second: further sentences by label.
    """
    data = tomllib.loads(source.decode("utf-8"))
    cues = {cue: words.split() for cue, words in data["cues"].items()}
    curated = dict.fromkeys(
        (mark_slots(said), label)
        for label, phrases in data["phrases"].items()
        for phrase in phrases
        for said in spelt_out(phrase)
    )
    further = dict.fromkeys(
        (mark_slots(said), label)
        for label, sentences in tomllib.loads(sayings.decode("utf-8")).items()
        for said in sentences
    )
    examples = list(curated | further)
    words = [set(WORD.findall(phrase)) for phrase, _ in examples]
    labels = [label for _, label in examples]
    said = Counter(word for each in words for word in each)
    cued = {word for all_ in cues.values() for word in all_}
    stray = {
        word
        for each, label in zip(words, labels, strict=True)
        for word in each
        if label in _OPEN and said[word] == 1 and word not in cued
    }
    small_talk = {word for cue, all_ in cues.items() if cue != "topic" for word in all_}
    # A saying may have a title in it, so its words are not at home in every conversation.
    for phrase, label in curated:
        small_talk |= set(WORD.findall(phrase)) if label not in _OPEN else set()
    vocabulary = Vocabulary(cues, sorted(said), sorted(stray))
    bags = [vocabulary.features(phrase) for phrase, _ in examples]
    counts = Counter(name for bag in bags for name in bag)
    names = [name for name, count in counts.items() if count >= _FEWEST or name[0] == "w"]
    total = 1.0 + len(examples)
    rarity = np.array([np.log(total / (1.0 + counts[n])) for n in names], np.float32)
    rows = {name: row for row, name in enumerate(names)}
    kinds = tuple(dict.fromkeys(labels))
    targets = np.zeros((len(examples), len(kinds)), dtype=np.float32)
    targets[np.arange(len(examples)), [kinds.index(label) for label in labels]] = 1.0
    points = [point(bag, rows, rarity) for bag in bags]
    return IntentWeights(
        digest=digest_of(source, sayings),
        kinds=kinds,
        names=tuple(names),
        rarity=rarity,
        weights=_fit_ridge(points, targets, len(names)),
        cues=cues,
        said=tuple(sorted(said)),
        stray=tuple(sorted(stray)),
        known=tuple(
            sorted(cued | {word for phrase, _ in curated for word in WORD.findall(phrase)})
        ),
        small_talk=tuple(sorted(small_talk)),
        assents=tuple(
            sorted(
                {
                    word
                    for phrase, label in curated
                    for word in WORD.findall(phrase)
                    if label == "confirm"
                }
            )
        ),
    )


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


def main() -> None:
    """Write the weights that ship."""
    learnt = fit_intents(*read_examples())
    (Path(__file__).parent / WEIGHTS).write_bytes(pack_weights(learnt))


if __name__ == "__main__":
    main()
