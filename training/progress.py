"""Telling a person what a long run is doing, on stderr."""

import time
from types import TracebackType
from typing import Protocol, Self

__all__ = ["Progress", "QuietProgress", "RichProgress", "TimedProgress"]


class Progress(Protocol):
    """What a run reports to."""

    def step(self, text: str) -> None:
        """A new step begins, and with it the one before ends."""
        ...

    def note(self, text: str) -> None:
        """Something worth knowing, such as what was dropped."""
        ...


class QuietProgress:
    """Reports nothing."""

    def step(self, text: str) -> None:
        """Ignore the step."""

    def note(self, text: str) -> None:
        """Ignore the note."""


class TimedProgress:
    """Passes everything on and keeps how long each step took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begun: list[tuple[str, float]] = []

    def step(self, text: str) -> None:
        """Begin a step."""
        self._begun.append((text, time.monotonic()))
        self._progress.step(text)

    def note(self, text: str) -> None:
        """Pass the note on."""
        self._progress.note(text)

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of every step that has ended, in order."""
        ends = [begun for _, begun in self._begun[1:]]
        return {
            text: round(end - begun, 1)
            for (text, begun), end in zip(self._begun, ends, strict=False)
        }


class RichProgress:
    """A bar with the current step on a terminal, plain lines elsewhere; steps show their time."""

    def __init__(self, n_steps: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        self._console = Console(stderr=True, highlight=False)
        self._bar = Bar(
            SpinnerColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=n_steps)
        self._current: tuple[str, float] | None = None

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar away; the last step counts as done unless there was an error."""
        if error is None:
            self._finish()
        self._bar.stop()

    def step(self, text: str) -> None:
        """Print how long the step before took and show this one."""
        self._finish()
        self._current = (text, time.monotonic())
        self._bar.update(self._task, description=text)

    def note(self, text: str) -> None:
        """Print a line."""
        self._console.print(f"  {text}", markup=False, soft_wrap=True)

    def _finish(self) -> None:
        if self._current is None:
            return
        text, begun = self._current
        self._current = None
        self._console.print(f"{time.monotonic() - begun:5.1f} s  {text}", markup=False)
        self._bar.advance(self._task)
