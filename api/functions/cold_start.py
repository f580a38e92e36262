"""What makes a function's first answer come sooner."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quick_start"]


@contextmanager
def quick_start() -> Iterator[None]:
    """Import and wire meanwhile without what such a process has no use for.

    One thread for linear algebra: OpenBLAS makes its threads when NumPy loads it, which doubles
    NumPy's share of a start, and answers are made of products too small for a second one.

    No garbage collection: imports make hundreds of thousands of objects that stay for good. The
    collector would walk them again and again to find nothing, and never has to look at them later.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - written, for OpenBLAS
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
