"""The error tree of Whylens.

WhylensError
├── BadInput                  the caller can fix it (HTTP 4xx, exit 1)
│   ├── UnknownViewer
│   ├── UnknownMovie
│   ├── UnknownEvent
│   ├── UnknownThread
│   ├── InvalidInteraction
│   └── ReadOnlyViewer
├── BundleError               what training wrote cannot be served
│   ├── BundleNotFound
│   └── BundleInvalid
└── StateError                viewers' state cannot be read or written
    ├── StateConflict         somebody else wrote first, too often
    └── StateUnavailable      disk full, locked, corrupt or read-only
"""

__all__ = [
    "BadInput",
    "BundleError",
    "BundleInvalid",
    "BundleNotFound",
    "InvalidInteraction",
    "ReadOnlyViewer",
    "StateConflict",
    "StateError",
    "StateUnavailable",
    "UnknownEvent",
    "UnknownMovie",
    "UnknownThread",
    "UnknownViewer",
    "WhylensError",
]


class WhylensError(Exception):
    """Root of every error that Whylens raises on purpose; its text is fit to show to a person."""


class BadInput(WhylensError):
    """The request cannot be met as it stands; the message says what to change."""


class UnknownViewer(BadInput):
    """No such viewer."""


class UnknownMovie(BadInput):
    """No such movie in the catalogue of the bundle that serves."""


class UnknownEvent(BadInput):
    """The viewer's event log holds no such event."""


class UnknownThread(BadInput):
    """The viewer has no such conversation."""


class InvalidInteraction(BadInput):
    """An interaction that cannot be recorded: its fields contradict each other."""


class ReadOnlyViewer(BadInput):
    """The viewer's history may be read and asked about, but not changed."""


class BundleError(WhylensError):
    """The trained bundle cannot be served."""


class BundleNotFound(BundleError):
    """Nothing has been trained in this home yet."""


class BundleInvalid(BundleError):
    """A bundle is there, but its files are missing, damaged or of another format."""


class StateError(WhylensError):
    """Viewers' state could not be read or written; nothing was half written."""


class StateConflict(StateError):
    """Other writers changed the same viewer at every attempt; the request may be repeated."""


class StateUnavailable(StateError):
    """The state file cannot be used: the disk is full, or it is locked, corrupt or read-only."""
