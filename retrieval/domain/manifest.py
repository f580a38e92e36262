"""What a bundle's manifest says of its files. Pure; reads and writes nothing."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["BundleFile", "content_id", "is_version"]

_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class BundleFile(BaseModel):
    """Size and digest of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


def content_id(files: Mapping[str, BundleFile]) -> str:
    """Six hexadecimal digits that stand for the content of all files; part of the version."""
    table = {name: file.model_dump() for name, file in files.items()}
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()[:6]


def is_version(text: str) -> bool:
    """Whether a text can be a version: one plain directory name that is not hidden."""
    return _VERSION.fullmatch(text) is not None
