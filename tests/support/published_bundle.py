"""The tiny bundle, published the way training publishes."""

import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from tests.support.tiny_bundle import write_tiny_bundle
from training.publish import publish, work_directory

ADDED = ("version", "created_at", "files")


def publish_tiny(home: Path, *, created_at: datetime, keep: int = 3, note: str = "") -> Path:
    """Publish the tiny bundle in a home; ``note`` makes its content another."""
    with tempfile.TemporaryDirectory() as elsewhere, work_directory(home) as (_, staging):
        source = write_tiny_bundle(Path(elsewhere))
        manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        (source / "manifest.json").unlink()
        shutil.copytree(source, staging, dirs_exist_ok=True)
        (staging / "metrics.json").write_text(json.dumps({"note": note}), encoding="utf-8")
        kept = {name: value for name, value in manifest.items() if name not in ADDED}
        return publish(staging, kept, created_at=created_at, keep=keep)[1]
