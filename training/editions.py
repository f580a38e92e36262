"""The MovieLens editions that may be asked for by name, and how their files are recognised.

GroupLens names the pieces and publishes MD5 sums; the SHA-256 digests here were taken of archives
with those sums, so that neither a broken transfer nor a mirror can pass off anything else.
``ml-latest-small`` is re-zipped now and then, therefore its members are pinned, not its archive.
(ml-10m can be read from a folder or zip; no digest of it is pinned.)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["BUNDLED", "EDITIONS", "LATEST_SMALL", "Edition", "bundled_archive"]

LATEST_SMALL: Final = "ml-latest-small"
BUNDLED: Final = "ml-latest-small-2016"


class Edition(NamedTuple):
    """What pins an edition: the digests of its members, or that of its archive."""

    members: Mapping[str, str] = {}
    archive: str = ""


EDITIONS: Final[Mapping[str, Edition]] = {
    LATEST_SMALL: Edition(
        members={
            "links.csv": "97ad18e4e56a09363c65676b6cb3482ce3e2cea2372a24620c1599c843325f31",
            "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
            "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
            "tags.csv": "92a9f8bb7916dceef6151209845788c3643f794dfa79d1feaec7121b5960399d",
        }
    ),
    BUNDLED: Edition(
        members={
            "links.csv": "43a1bd034acb25dc59149eee2999f5e6817113e334853fbe6e36998972b10706",
            "movies.csv": "43d1736d3c688eb5b7856473c36d86a1c345676cab256c91720c1f6984d263b5",
            "ratings.csv": "b4239649fbf90ebf405c56c3ae1d929d9e7c86fc1a3a80cbef1c884df593ef73",
            "tags.csv": "ba8789ec2e7894bcb29a1762b2f9fb34bad7f288be6b4d8388e86af2138d430e",
        }
    ),
    "ml-100k": Edition(archive="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"),
    "ml-1m": Edition(archive="a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"),
    "ml-20m": Edition(archive="96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"),
    "ml-25m": Edition(archive="8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa"),
    "ml-32m": Edition(archive="e4a68655d7386b8f95f2f2424b2ff975dfdd15ffd59e0d864a14dca43e99d6ee"),
}


def bundled_archive() -> Path:
    """The edition that ships with the product, as a zip."""
    return Path(__file__).parent / "data" / f"{BUNDLED}.zip"
