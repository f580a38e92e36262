"""One Spark session: quiet, local to this machine unless told otherwise, and gone afterwards.

The only place that starts a JVM. Everything Spark writes besides our outputs (shuffle files,
checkpoints, logs) lies under the run's own temporary directory. With a cluster for a master,
executors read the dataset and write their parts of the outputs themselves, so the home (and a
dataset given by path) must be on a file system that driver and workers share; ratings on S3 are
read in place by a Spark that carries ``hadoop-aws``. Nothing here brings ratings to the driver.
"""

import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.errors import BundleWriteError, SparkFailed, TrainingError
from training.java import find_java, write_wrapper
from training.settings import Environment, TrainingSettings

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["collect_table", "open_session", "reads_s3a", "spark_errors"]

_LOG_NAME = "jvm.log"
_LOG_TAIL_CHARS = 600
_LOCAL_OPTIONS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # On one machine and MovieLens' sizes, compiling queries and re-planning them cost more
    # than they save: a whole run took 59 s instead of 78 s without them.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.scheduler.mode": "FAIR",  # an evaluation fits several models side by side
}


@contextmanager
def open_session(
    settings: TrainingSettings, *, master: str, work_dir: Path, environment: Environment
) -> Iterator["SparkSession"]:
    """Start Spark, hand out the session, and take the JVM down again, also after an error.

    Args:
        settings: Blocks (shuffle partitions) and seed.
        master: A Spark master: ``local[2]``, ``local[*]``, ``spark://host:port``.
        work_dir: Existing temporary directory of this run; the caller removes it.
        environment: ``JAVA_HOME`` and ``PATH``.

    Raises:
        JavaNotFound: No usable Java.
        SparkFailed: The JVM did not come up; the message ends with its last words.
    """
    java = find_java(java_home=environment.java_home_path, search_path=environment.path)
    if shutil.which("bash", path=environment.path) is None:
        raise SparkFailed("Spark's launcher is a bash script and there is no bash in PATH")
    java_home = write_wrapper(java, work_dir / "java")
    log = work_dir / _LOG_NAME
    with _process_environment(_variables(java_home, log, work_dir, local=_is_local(master))):
        session = _start(settings, master, work_dir, log)
        try:
            yield session
        finally:
            _stop(session)


def collect_table(frame: "DataFrame") -> "pd.DataFrame":
    """Bring a small table to this process: a row per user or movie, never one per rating."""
    return frame.toPandas()


def reads_s3a(session: "SparkSession") -> bool:
    """Whether this Spark carries Hadoop's S3 client (``hadoop-aws``)."""
    from py4j.protocol import Py4JJavaError

    java_context: Any = session.sparkContext._jsc
    try:
        java_context.hadoopConfiguration().getClassByName("org.apache.hadoop.fs.s3a.S3AFileSystem")
    except Py4JJavaError:
        return False
    return True


def _is_local(master: str) -> bool:
    return master.startswith("local")


def _variables(java_home: Path, log: Path, work_dir: Path, *, local: bool) -> dict[str, str]:
    import pyspark

    variables = {
        "JAVA_HOME": str(java_home),
        "WHYLENS_JVM_LOG": str(log),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }
    if local:  # on a cluster the user's own configuration counts
        no_configuration = work_dir / "spark-conf"
        no_configuration.mkdir(exist_ok=True)
        variables |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(no_configuration)}
    return variables


@contextmanager
def _process_environment(variables: dict[str, str]) -> Iterator[None]:
    """Set variables for the launcher, which inherits this process's environment; restore them."""
    environ = os.environ  # noqa: TID251 - written for a child process, not read as configuration
    before = {name: environ.get(name) for name in variables}
    environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                environ.pop(name, None)
            else:
                environ[name] = value


def _start(settings: TrainingSettings, master: str, work_dir: Path, log: Path) -> "SparkSession":
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(settings.blocks),
        "spark.default.parallelism": str(settings.blocks),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(work_dir / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.local.dir": str(work_dir / "spark"),
        "spark.cleaner.referenceTracking.cleanCheckpoints": "true",
        "spark.driver.memory": settings.driver_memory,
        "spark.driver.extraJavaOptions": f"-Xss16m -Djava.io.tmpdir={work_dir}",
        "spark.executor.extraJavaOptions": "-Xss16m",
        "spark.log.level": "ERROR",
    }
    if _is_local(master):
        options |= _LOCAL_OPTIONS
    elif settings.executor_memory:
        options["spark.executor.memory"] = settings.executor_memory
    builder = SparkSession.builder.master(master).appName("whylens-train")
    # PySpark reports each failed query as JSON on stderr; the exception says the same.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    for name, value in options.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setCheckpointDir(str(work_dir / "checkpoints"))
    except (PySparkException, OSError, RuntimeError) as error:
        raise SparkFailed(f"Spark did not start: {_last_words(log) or error}") from error
    return session


def _last_words(log: Path) -> str:
    if not log.is_file():
        return ""
    return log.read_text(encoding="utf-8", errors="replace").strip()[-_LOG_TAIL_CHARS:]


def _stop(session: "SparkSession") -> None:
    """Stop the session and its JVM; a JVM that died already is not an error here."""
    from py4j.protocol import Py4JError
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    with suppress(Py4JError, OSError):
        session.stop()
    if gateway is None:
        return
    with suppress(Py4JError, OSError):
        gateway.shutdown()
    process = getattr(gateway, "proc", None)
    if process is not None:
        process.stdin.close()  # the JVM ends when its standard input does
        process.wait(timeout=30)
    SparkContext._gateway = None
    SparkContext._jvm = None


@contextmanager
def spark_errors(work_dir: Path) -> Iterator[None]:
    """Turn what PySpark and Py4J throw into one of our errors.

    Args:
        work_dir: The session's, whose log has the last words of a JVM that died.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException, ConnectionError) as error:
        # A JVM that the kernel ended shows as a refused connection.
        raise _explained(str(error), _last_words(work_dir / _LOG_NAME)) from error


def _explained(text: str, last_words: str) -> TrainingError:
    if "No space left on device" in text + last_words:
        return BundleWriteError("the disk is full; the bundle before still serves")
    if "OutOfMemoryError" in text + last_words:
        return SparkFailed(
            "Spark ran out of memory: give its driver more with --set driver_memory=6g, or, on a "
            "cluster, its executors with --set executor_memory=6g"
        )
    lines = [line for line in text.splitlines() if line.strip()]
    return SparkFailed(f"Spark gave up: {' '.join(lines[:2])[:300]}")
