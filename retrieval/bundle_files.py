"""Reads single files of a bundle; whatever is wrong with one becomes a `BundleInvalid`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from retrieval.domain.errors import BundleInvalid

__all__ = ["load_array", "load_arrays", "parse_file"]

T = TypeVar("T")


def parse_file(path: Path, parse: Callable[[bytes], T]) -> T:
    """What a file says; raises `BundleInvalid`."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise BundleInvalid(f"cannot read {path}: {error.strerror}") from error
    except (ValidationError, ValueError) as error:
        raise BundleInvalid(f"{path} is damaged: {str(error).splitlines()[0]}") from error


def load_array(path: Path, *, mmap: bool = False) -> NDArray[Any]:
    """The array of an ``.npy`` file, mapped or read; raises `BundleInvalid`."""
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)
    except OSError as error:
        raise BundleInvalid(f"cannot read {path}: {error}") from error
    except (ValueError, EOFError) as error:
        raise BundleInvalid(f"{path} is damaged: {error}") from error
    return array


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an ``.npz`` file; raises `BundleInvalid`."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except OSError as error:
        raise BundleInvalid(f"cannot read {path}: {error}") from error
    except (ValueError, EOFError) as error:
        raise BundleInvalid(f"{path} is damaged: {error}") from error
