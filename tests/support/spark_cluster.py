"""A Spark standalone cluster on loopback: a master and two workers, as real as any."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

from training.java import find_java, write_wrapper

START_S = 120.0
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"


@contextmanager
def spark_cluster(folder: Path, *, n_workers: int = 2, worker_memory: str = "2g") -> Iterator[str]:
    """Start the cluster and stop it again; yields its address, ``spark://127.0.0.1:port``.

    The bundled Java runs it, whatever else is installed, behind the wrapper that training uses.
    """
    java = find_java(java_home=None, search_path="")
    java_home = write_wrapper(java, folder / "java")
    spark_home = Path(pyspark.__file__).parent
    variables = os.environ | {
        "JAVA_HOME": str(java_home),
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(folder),
    }
    script = str(spark_home / "bin" / "spark-class")
    daemons: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        daemons.append(
            subprocess.Popen(
                [script, *arguments],
                env=variables | {"WHYLENS_JVM_LOG": str(log)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return log

    loopback = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    try:
        log = start("master", _MASTER, *loopback)
        port = _wait_for(r"Starting Spark master at spark://127\.0\.0\.1:(\d+)", log)
        address = f"spark://127.0.0.1:{port}"
        for n in range(n_workers):
            work = ("--cores", "1", "--memory", worker_memory, "--work-dir", str(folder / f"w{n}"))
            worker_log = start(f"worker-{n}", _WORKER, *loopback, *work, address)
            _wait_for(r"(Successfully registered) with master", worker_log)
        yield address
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(timeout=30)


def _wait_for(pattern: str, log: Path) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        text = log.read_text(errors="replace") if log.is_file() else ""
        if match := re.search(pattern, text):
            return match.group(1)
        time.sleep(0.5)
    raise TimeoutError(f"{log.name} does not say {pattern!r}; it ends with {text[-500:]!r}")
