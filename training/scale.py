"""How training grows: time and peak memory of whole runs on synthetic ratings.

Run as ``python -m training.scale``. Each size is trained by the command line in a process of its
own, whose memory and that of the JVM it starts are read from ``/proc``, so this needs Linux.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from training.errors import TrainingError
from training.synthetic import default_size, write_synthetic

__all__ = ["Footprint", "main", "measure_run", "print_footprints"]

_SAMPLE_S: Final = 0.25
_KIB_PER_GIB: Final = 1 << 20
_ROOT: Final = Path(__file__).parents[1]


class Footprint(NamedTuple):
    """What one run took."""

    n_ratings: int
    seconds: float
    """Wall time of the whole command, the JVM's start included."""
    cpu_s: float
    """Processor time of the driver and its JVM, which other work on the machine moves less."""
    python_gib: float
    """Peak resident memory of the driver process."""
    jvm_gib: float
    """Peak resident memory of the JVM; in local mode driver and executors are one."""
    total_gib: float
    """Peak of both at the same moment."""


def measure_run(n_ratings: int, folder: Path, *, train_options: Sequence[str] = ()) -> Footprint:
    """Make up a dataset, train on it, and watch.

    Args:
        n_ratings: Size of the dataset.
        folder: Existing, for the dataset and the home.
        train_options: More words for ``whylens train``.

    Raises:
        TrainingError: The run failed.
    """
    dataset = folder / f"synthetic-{n_ratings}"
    write_synthetic(dataset, default_size(n_ratings), seed=0)
    command = [sys.executable, "-m", "whylens", "train", "--dataset", str(dataset)]
    began, cpu_before = time.monotonic(), _children_cpu_s()
    with (folder / "train.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*command, "--home", str(folder / "home"), *train_options],
            cwd=_ROOT,
            stdout=log,
            stderr=log,
        )
        peaks = _watch(process)
        seconds = time.monotonic() - began
        log.seek(0)
        if process.returncode != 0:
            raise TrainingError(f"the run of {n_ratings:,} ratings failed: {log.read()[-500:]}")
    cpu_s = _children_cpu_s() - cpu_before
    return Footprint(n_ratings, seconds, cpu_s, *(peak / _KIB_PER_GIB for peak in peaks))


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watch(process: subprocess.Popen[bytes]) -> tuple[int, int, int]:
    """Peak KiB of the process, of its descendants, and of all at once, until it ends."""
    own, others, both = 0, 0, 0
    while process.poll() is None:
        sizes = {pid: _resident_kib(pid) for pid in _family(process.pid)}
        mine = sizes.pop(process.pid, 0)
        own, others = max(own, mine), max(others, sum(sizes.values()))
        both = max(both, mine + sum(sizes.values()))
        time.sleep(_SAMPLE_S)
    return own, others, both


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:  # grows while it is walked
        for task in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                family += map(int, task.read_text().split())
            except OSError:
                continue
    return family


def _resident_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def print_footprints(footprints: Sequence[Footprint], console: Console) -> None:
    """Print a row for each run, and how it grew from the one before."""
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        title="Training on synthetic ratings, whole runs; peak memory in GiB",
    )
    for name in ("ratings", "time s", "CPU s", "driver", "JVM", "both"):
        table.add_column(name, justify="right")
    for name in ("x ratings", "x time", "x CPU"):
        table.add_column(name, justify="right")
    for before, now in zip([None, *footprints], footprints, strict=False):
        growth = ("", "", "")
        if before is not None:
            growth = (
                f"{now.n_ratings / before.n_ratings:.1f}",
                f"{now.seconds / before.seconds:.1f}",
                f"{now.cpu_s / before.cpu_s:.1f}",
            )
        times = (f"{now.seconds:.0f}", f"{now.cpu_s:.0f}")
        sizes = (f"{gib:.2f}" for gib in (now.python_gib, now.jvm_gib, now.total_gib))
        table.add_row(f"{now.n_ratings:,}", *times, *sizes, *growth)
    console.print(table)


def main() -> None:
    """Measure the sizes named on the command line and print the table."""
    parser = argparse.ArgumentParser(prog="python -m training.scale", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--master", default="local[*]", help="Spark master")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    footprints = []
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(prefix="whylens-scale-") as folder:
            options = ("--master", arguments.master)
            footprints.append(measure_run(size, Path(folder), train_options=options))
        console.print(f"{size:,} ratings: {footprints[-1].seconds:.0f} s")
    print_footprints(footprints, console)


if __name__ == "__main__":
    main()
