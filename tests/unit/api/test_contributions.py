import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.contributions import trim_contributions
from retrieval.domain.scoring import Contribution


def _split(values: list[float]) -> list[Contribution]:
    return [
        Contribution(source="interaction", title=f"film {i}", value=value, share=value / 2)
        for i, value in enumerate(sorted(values, reverse=True))
    ]


@given(
    values=st.lists(st.floats(-10, 10, allow_nan=False), max_size=30),
    top=st.integers(min_value=0, max_value=40),
)
def test_a_trimmed_split_adds_up_to_the_same_score(values: list[float], top: int) -> None:
    split = _split(values)
    trimmed = trim_contributions(split, top=top)
    assert len(trimmed) <= min(len(split), top + 1)
    for field in ("value", "share"):
        whole = sum(getattr(item, field) for item in split)
        assert sum(getattr(item, field) for item in trimmed) == pytest.approx(whole, abs=1e-9)


def test_the_strongest_point_against_survives_before_small_points_for() -> None:
    trimmed = trim_contributions(_split([0.5, 0.1, 0.05, -0.3]), top=2)
    assert [(item.source, round(item.value, 2)) for item in trimmed] == [
        ("interaction", 0.5),
        ("interaction", -0.3),
        ("rest", 0.15),
    ]


def test_a_short_split_stays_as_it_is() -> None:
    split = _split([0.5, 0.1])
    assert trim_contributions(split, top=2) == tuple(split)
