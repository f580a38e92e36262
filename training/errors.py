"""What can go wrong in training.

WhylensError
└── TrainingError
    ├── DatasetError        a file is missing, damaged or not MovieLens
    │   └── DownloadError   GroupLens cannot be reached, or sent something else
    ├── JavaNotFound        no Java 17 or newer, and no bundled one
    ├── SparkFailed         the JVM did not start or gave up
    ├── TrainingBusy        another training run holds this home
    ├── UnknownVersion      no bundle of that version is kept here
    └── BundleWriteError    the bundle cannot be written: disk full, read-only, no permission
"""

from retrieval.domain.errors import WhylensError

__all__ = [
    "BundleWriteError",
    "DatasetError",
    "DownloadError",
    "JavaNotFound",
    "SparkFailed",
    "TrainingBusy",
    "TrainingError",
    "UnknownVersion",
]


class TrainingError(WhylensError):
    """Root of the errors of this room."""


class DatasetError(TrainingError):
    """A dataset cannot be used; the message names the file and what to do."""


class DownloadError(DatasetError):
    """A dataset could not be downloaded whole and as pinned; nothing was left behind."""


class JavaNotFound(TrainingError):
    """Spark needs Java 17 or newer and none was found."""


class SparkFailed(TrainingError):
    """Spark's JVM did not start or a job of it failed."""


class TrainingBusy(TrainingError):
    """Another training run works in the same home."""


class UnknownVersion(TrainingError):
    """There is no bundle of that version."""


class BundleWriteError(TrainingError):
    """The bundle could not be written; the one that served before still does."""
