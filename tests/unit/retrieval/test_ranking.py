import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.domain.ranking import rank_of, top_rows


def test_ties_break_on_the_row_also_at_the_cut():
    scores = np.array([1.0, 2.0, 1.0, 1.0, 0.5])
    everything = np.ones(5, dtype=np.bool_)
    assert top_rows(scores, everything, n=3).tolist() == [1, 0, 2]


def test_rows_that_are_not_allowed_never_come_back():
    allowed = np.array([True, False, True])
    assert top_rows(np.array([0.1, 9.0, 0.2]), allowed, n=5).tolist() == [2, 0]


def test_nothing_allowed_gives_an_empty_list():
    assert top_rows(np.array([1.0]), np.zeros(1, dtype=np.bool_), n=3).tolist() == []


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40),
    st.integers(1, 10),
)
def test_top_rows_is_a_full_sort_cut_off_and_rank_agrees(pairs, n):
    scores = np.array([float(score) for score, _ in pairs])
    allowed = np.array([is_allowed for _, is_allowed in pairs])
    rows = [row for row in range(len(pairs)) if allowed[row]]
    expected = sorted(rows, key=lambda row: (-scores[row], row))
    assert top_rows(scores, allowed, n=n).tolist() == expected[:n]
    for rank, row in enumerate(expected, start=1):
        assert rank_of(row, scores, allowed) == rank
