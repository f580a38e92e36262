"""The prompt files, one a node, and the messages made from them."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agents.evidence_block import render_block
from retrieval.domain.evidence import Evidence

__all__ = ["PROMPT_NAMES", "Prompt", "build_messages", "load_prompt", "prompts_digest"]

PROMPT_NAMES: Final = (
    "choose_tool",
    "cluster_analyzer",
    "pattern_synthesizer",
    "script_analyzer",
    "write_answer",
)
_DIGEST_LENGTH = 12


class Prompt(NamedTuple):
    """A prompt with the digest that traces, caches and explanations carry."""

    name: str
    text: str
    digest: str


@lru_cache(maxsize=len(PROMPT_NAMES))
def load_prompt(name: str) -> Prompt:
    """The prompt of a node, from ``prompts/<node>.md``."""
    text = (files("agents") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    return Prompt(name, text, _digest(text))


@lru_cache(maxsize=1)
def prompts_digest() -> str:
    """Digest of all prompt files together."""
    return _digest("\0".join(load_prompt(name).text for name in PROMPT_NAMES))


def build_messages(
    prompt: Prompt, task: Mapping[str, Any], evidence: Iterable[Evidence]
) -> list[BaseMessage]:
    """System message from the prompt file, human message with the evidence block."""
    return [SystemMessage(prompt.text), HumanMessage(render_block(task, evidence))]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
