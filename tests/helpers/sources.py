"""Folders and archives of small pictures, as people bring them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from tests.helpers.photos import file


def picture(value: int, kind: str = "PNG", shape: tuple[int, ...] = (7, 9)) -> bytes:
    """A picture file of one grey value, or of one in all channels."""
    return file(Image.fromarray(np.full(shape, value, np.uint8)), kind)


def folder_of(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def zip_of(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return path


def tar_of(path: Path, files: Mapping[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            add(archive, tarfile.TarInfo(name), content)
    return path


def add(archive: tarfile.TarFile, member: tarfile.TarInfo, content: bytes) -> None:
    """Add a file to an archive that is being written, and nothing of this machine."""

    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
