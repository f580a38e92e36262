"""New names for the themes of the bundle that serves: measured, and published as a new version."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from retrieval.domain.label_match import FilmTraits, measure_labels
from training.errors import TrainingError
from training.publish import publish, training_lock, work_directory, write_errors, write_json

__all__ = ["NewLabel", "publish_labels"]

_ADDED_BY_PUBLISHING: Final = ("version", "created_at", "files")
_DATA_JS_THEMES: Final = re.compile(
    r"^export const themes = (\[.*\]);\s*\Z", re.DOTALL | re.MULTILINE
)
_GIVEN_TAGS: Final = frozenset({"notes", "users"})


class NewLabel(NamedTuple):
    """What a theme is called from now on."""

    label: str
    summary: str
    labelled_by: str


def publish_labels(
    home: Path, labels: Mapping[int, NewLabel], *, keep: int
) -> tuple[str, Path, list[dict[str, Any]]]:
    """Copy the bundle that serves, with other labels, and make the copy the one that serves.

    Args:
        home: Where bundles live.
        labels: By theme id; themes without one keep theirs.
        keep: How many versions stay.

    Returns:
        Version and directory of the new bundle, and its themes with their measured labels.

    Raises:
        TrainingError: Nothing is trained here, a training run is busy, or two labels are equal.
    """
    with training_lock(home), work_directory(home) as (_, staging):
        source = _current(home)
        with write_errors(staging):
            shutil.copytree(source, staging, dirs_exist_ok=True)
        themes = _relabelled(staging, labels)
        with write_errors(staging):
            write_json(staging / "themes.json", themes)
            _rewrite_data_js(staging / "data.js", themes)
        manifest = json.loads((staging / "manifest.json").read_bytes())
        (staging / "manifest.json").unlink()
        kept = {key: value for key, value in manifest.items() if key not in _ADDED_BY_PUBLISHING}
        version, path = publish(
            staging,
            {**kept, "relabelled_from": manifest["version"]},
            created_at=datetime.now(UTC),
            keep=keep,
        )
        return version, path, themes


def _current(home: Path) -> Path:
    bundles = home / "bundles"
    try:
        return bundles / (bundles / "CURRENT").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise TrainingError(f"no trained bundle in {bundles}; run 'whylens train' first") from error


def _relabelled(folder: Path, labels: Mapping[int, NewLabel]) -> list[dict[str, Any]]:
    themes: list[dict[str, Any]] = json.loads((folder / "themes.json").read_bytes())
    for theme in themes:
        if theme["theme_id"] in labels:
            theme.update(labels[theme["theme_id"]]._asdict())
    names = [theme["label"].casefold() for theme in themes]
    if len(set(names)) < len(names):
        raise TrainingError("two themes would have the same label; nothing was changed")
    traits = _film_traits(folder)
    quality = measure_labels(
        {theme["theme_id"]: f"{theme['label']}. {theme['summary']}" for theme in themes},
        [
            (theme["theme_id"], traits[movie_id])
            for theme in themes
            for movie_id in theme.get("held_out_movie_ids", ())
        ],
    )
    for theme in themes:
        found = quality[theme["theme_id"]]
        theme["label_quality"] = None if found.share is None else round(found.share, 4)
        theme["label_is_weak"] = found.is_weak
    return themes


def _film_traits(folder: Path) -> dict[int, FilmTraits]:
    return {
        movie["movie_id"]: FilmTraits(
            movie["genres"],
            movie["year"],
            [tag["tag"] for tag in movie["style_tags"] if tag["source"] in _GIVEN_TAGS],
        )
        for movie in json.loads((folder / "movies.json").read_bytes())
    }


def _rewrite_data_js(path: Path, themes: list[dict[str, Any]]) -> None:
    """Carry the new names over to the first page's data."""
    new = {theme["theme_id"]: theme for theme in themes}
    text = path.read_text(encoding="utf-8")
    found = _DATA_JS_THEMES.search(text)
    if found is None:
        raise TrainingError(f"{path} is not as training writes it; run 'whylens train' again")
    rows = json.loads(found.group(1))
    lines = []
    for row in rows:
        row.update({key: new[row["theme_id"]][key] for key in ("label", "summary")})
        lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    listed = "[\n" + ",\n".join(lines) + "\n]"
    path.write_text(text[: found.start(1)] + listed + text[found.end(1) :], encoding="utf-8")
