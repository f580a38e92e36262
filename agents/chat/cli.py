"""The chat in a terminal or a pipe."""

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console
from rich.text import Text

from agents.chat.conversation import Chat
from agents.chat.schemas import ChatAnswer
from retrieval.domain.errors import BadInput
from retrieval.domain.models import ViewerId

__all__ = ["run_chat"]

_GREETING = (
    "Ask why a film is on your list, why another is not, or what would change."
    " An empty line or Ctrl-D ends the conversation."
)


def run_chat(
    chat: Chat,
    viewer_id: ViewerId,
    *,
    thread_id: str | None,
    as_json: bool,
    source: TextIO | None = None,
) -> int:
    """Answer questions line by line.

    Args:
        chat: Who answers.
        viewer_id: Who asks.
        thread_id: Conversation to go on with; None starts one.
        as_json: Print each answer as one line of JSON.
        source: Where lines come from; standard input by default.

    Returns:
        0, or 1 when piped input held no question.
    """
    lines = source or sys.stdin
    console = Console()
    is_terminal = lines.isatty()
    if is_terminal and not as_json:
        console.print(_GREETING, style="dim")
    n_answered = 0
    for question in _questions(lines, console, is_terminal=is_terminal):
        try:
            answer = chat.ask_once(viewer_id, question, thread_id=thread_id)
        except BadInput as error:
            if not is_terminal:
                raise
            console.print(Text(str(error), style="red"))
            continue
        thread_id = answer.thread_id
        n_answered += 1
        _show(answer, console, as_json=as_json)
    if n_answered == 0 and not is_terminal:
        raise BadInput("there was no question to answer; write one to standard input, a line each")
    if is_terminal and thread_id and not as_json:
        console.print(
            f"To go on: whylens chat --viewer {viewer_id} --thread {thread_id}", style="dim"
        )
    return 0


def _questions(lines: TextIO, console: Console, *, is_terminal: bool) -> Iterator[str]:
    while True:
        if is_terminal:
            console.print(Text("you  ", style="bold"), end="")
        try:
            line = lines.readline()
        except KeyboardInterrupt:
            console.print()
            return
        question = line.strip()
        if not line or (is_terminal and not question):
            return
        if question:
            yield question


def _show(answer: ChatAnswer, console: Console, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(answer.model_dump_json() + "\n")
        sys.stdout.flush()
        return
    for claim in answer.claims:
        console.print(Text(claim.text))
    if answer.provider.degraded and answer.provider.note:
        console.print(Text(answer.provider.note, style="yellow"))
    if answer.suggestions:
        console.print(Text("Next: " + "  ·  ".join(answer.suggestions), style="dim"))
    console.print()
