"""Unpacking a zip that somebody else made."""

import shutil
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from training.errors import BundleWriteError, DatasetError

__all__ = ["extract_files"]


def extract_files(archive: Path, target: Path, *, wanted: Collection[str]) -> list[str]:
    """Copy the wanted members of a zip into one folder, by their base name.

    Only base names that were asked for are ever written, so a member called ``../../x`` goes
    nowhere. Of several members with one base name the least deeply nested counts.

    Args:
        archive: Zip file.
        target: Folder to create.
        wanted: Base names.

    Returns:
        Base names of everything in the archive, wanted or not.

    Raises:
        DatasetError: The archive is damaged, encrypted or no zip.
        BundleWriteError: The folder cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            members = _by_base_name(file)
            target.mkdir(parents=True, exist_ok=True)
            for name in sorted(set(wanted) & set(members)):
                with file.open(members[name]) as source, (target / name).open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DatasetError(
            f"{archive} is not a readable zip archive ({error}); fetch or make it again"
        ) from error
    except OSError as error:
        raise BundleWriteError(f"cannot unpack {archive}: {error.strerror or error}") from error
    return sorted(members)


def _by_base_name(file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in file.infolist() if not info.is_dir()]
    infos.sort(key=lambda info: (info.filename.count("/"), info.filename), reverse=True)
    return {PurePosixPath(info.filename).name: info for info in infos}
