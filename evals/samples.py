"""Which viewers the system is asked to explain lists for."""

from typing import NamedTuple

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.models import ViewerId

__all__ = ["Sample", "draw_samples"]


class Sample(NamedTuple):
    """One question to the system: explain this viewer's list."""

    sample_id: str
    viewer_id: ViewerId
    n: int
    """Length of the list."""


def draw_samples(
    bundle: Bundle, *, n_viewers: int, n: int, rng: np.random.Generator
) -> list[Sample]:
    """Draw viewers of the dataset at random, without repetition, in ascending order.

    Asking for more viewers than there are takes all of them.
    """
    user_ids = np.array(bundle.dataset_viewer_ids())
    chosen = np.sort(rng.permutation(user_ids)[:n_viewers])
    return [Sample(f"ml:{user_id}", ViewerId(f"ml:{user_id}"), n) for user_id in chosen]
