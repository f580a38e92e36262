"""Learns what people mean from examples: linear margins over the features of their words.

Run ``python -m agents.chat.intent_fitting`` after a change to ``paraphrases.toml``, to
``sayings.toml`` or to how messages are marked; it writes the weights that ship. The same examples
give the same weights.
"""

import io
import json
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
    point,
)
from agents.chat.slots import mark_slots

__all__ = ["fit_intents", "pack_weights", "read_examples", "spelt_out"]

_COST: Final = 0.5
"""Of an example on the wrong side of the margin."""
_TOLERANCE: Final = 1e-3
_OPEN: Final = frozenset({"find_movie", "out_of_scope"})
"""Labels whose messages are full of words that no list of examples can hold."""
_FREQUENT: Final = 5
"""Sentences from which a word is one that people use, and no title by itself."""
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
    points = [point(bag, rows, rarity) for bag in bags]
    return IntentWeights(
        kinds=kinds,
        names=tuple(names),
        rarity=rarity,
        weights=_fit_margins(points, [kinds.index(label) for label in labels], len(names)),
        cues=cues,
        said=tuple(sorted(said)),
        stray=tuple(sorted(stray)),
        known=tuple(
            sorted(cued | {word for phrase, _ in curated for word in WORD.findall(phrase)})
        ),
        small_talk=tuple(sorted(small_talk)),
        frequent=tuple(sorted(word for word, count in said.items() if count >= _FREQUENT)),
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


def read_examples() -> tuple[bytes, bytes]:
    """The examples: phrases with cues, and sayings."""
    folder = Path(__file__).parent
    return (folder / "paraphrases.toml").read_bytes(), (folder / "sayings.toml").read_bytes()


def pack_weights(learnt: IntentWeights) -> bytes:
    """What `intent_model.load_weights` reads; a weight takes one byte."""
    told = {k: v for k, v in learnt._asdict().items() if k not in {"rarity", "weights"}}
    scale = np.abs(learnt.weights).max() / np.float32(127.0)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
        rarity=learnt.rarity,
        scale=np.float32(scale),
        weights=np.round(learnt.weights / scale).astype(np.int8),
    )
    return packed.getvalue()


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


def _fit_margins(
    points: Sequence[tuple[NDArray[np.int64], Floats]], labels: Sequence[int], n_features: int
) -> Floats:
    """Weights of a linear support vector machine for each label against the others.

    Args:
        points: Columns and values of each example; see `point`.
        labels: One for each example.
        n_features: Columns in all.

    Returns:
        Shape ``(n_features, n_labels)``.
    """
    # Both take a while to import, and only whoever changes the examples needs them.
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    ends = np.cumsum([0, *(len(columns) for columns, _ in points)])
    columns = np.concatenate([columns for columns, _ in points])
    values = np.concatenate([values for _, values in points])
    matrix = csr_matrix((values, columns, ends), shape=(len(points), n_features))
    machine = LinearSVC(C=_COST, fit_intercept=False, tol=_TOLERANCE, random_state=0)
    weights: Floats = machine.fit(matrix, labels).coef_.T.astype(np.float32)
    return weights


def main() -> None:
    """Write the weights that ship."""
    learnt = fit_intents(*read_examples())
    (Path(__file__).parent / WEIGHTS).write_bytes(pack_weights(learnt))


if __name__ == "__main__":
    main()
