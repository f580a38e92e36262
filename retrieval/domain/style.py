"""The one vocabulary of style tags: notes, viewers' tags, prompts and theme labels share it."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Facet", "StyleTag", "StyleVocabulary", "fold_tag", "load_style_vocabulary"]

Facet = Literal[
    "visual-language", "structure-pacing", "tone", "themes", "characters", "mode-setting"
]
_SHORTEST_PLURAL = 4


class StyleTag(BaseModel):
    """One tag of the vocabulary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Kebab case, such as ``slow-burn``."""
    facet: Facet
    definition: str
    matches: tuple[str, ...] = ()
    """What MovieLens users write when they mean this."""

    @property
    def phrase(self) -> str:
        """The tag as words: ``slow burn``."""
        return self.name.replace("-", " ")


class StyleVocabulary:
    """Style tags by name and by what users write."""

    def __init__(self, tags: tuple[StyleTag, ...]) -> None:
        """Index the tags.

        Raises:
            ValueError: Two tags share a name or a spelling.
        """
        self.tags = tags
        self._by_name = {tag.name: tag for tag in tags}
        self._by_spelling: dict[str, str] = {}
        if len(self._by_name) != len(tags):
            raise ValueError("two style tags have the same name")
        for tag in tags:
            for spelling in {fold_tag(text) for text in (tag.name, *tag.matches)}:
                other = self._by_spelling.setdefault(spelling, tag.name)
                if other != tag.name:
                    raise ValueError(f"'{spelling}' means both {other} and {tag.name}")

    def get(self, name: str) -> StyleTag | None:
        """The tag of this name, or None."""
        return self._by_name.get(name)

    def tag_for(self, user_tag: str) -> str | None:
        """Name of the tag that a user's free text means, or None; case and plurals are folded."""
        return self._by_spelling.get(fold_tag(user_tag))


def fold_tag(text: str) -> str:
    """Fold case, hyphens, spacing and simple plurals, so that spellings of a tag agree."""
    words = re.findall(r"[\w']+", text.casefold().replace("-", " "))
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    is_plural = len(word) > _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word


@lru_cache(maxsize=1)
def load_style_vocabulary() -> StyleVocabulary:
    """The shipped vocabulary; it is part of the package and read once."""
    text = (files("retrieval.domain") / "style_vocabulary.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["tag"]
    return StyleVocabulary(tuple(StyleTag.model_validate(entry) for entry in entries))
