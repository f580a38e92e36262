"""The shipped weights are those that the shipped examples teach."""

import numpy as np
import pytest

from agents.chat.intent_fitting import fit_intents, read_examples, spelt_out
from agents.chat.intent_model import IntentModel, load_weights

QUESTIONS = ("why F", "could you tell me what made you choose N", "something G from Y", "zxcv qwrt")


@pytest.fixture(scope="module")
def learnt():
    return fit_intents(*read_examples())


def test_the_shipped_weights_are_current(learnt):
    shipped = load_weights()
    assert shipped.names == learnt.names, "run: python -m agents.chat.intent_fitting"
    assert np.abs(shipped.weights - learnt.weights).max() < 0.02


def test_packing_changes_no_answer(learnt):
    shipped, fresh = IntentModel(load_weights()), IntentModel(learnt)
    assert [shipped.read(q).kind for q in QUESTIONS] == [fresh.read(q).kind for q in QUESTIONS]


def test_a_phrase_with_alternatives_says_each_of_them():
    assert set(spelt_out("[why|how come] F")) == {"why F", "how come F"}
    said = spelt_out("[a|b|c] and [d|e]")
    assert {phrase[0] for phrase in said} == {"a", "b", "c"}
    assert {phrase[-1] for phrase in said} == {"d", "e"}
    assert spelt_out("plain") == ["plain"]
