"""Write files and folders so that no reader ever finds one half written, and read JSON files."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from vae.folders import replace_file
from vae.storage.names import CheckpointError, checkpoint_path
from vae.storage.replicates import Replicates, write_replicates


class replace_folder:  # noqa: N801 — a context manager that reads as a verb
    """Make a new folder beside `path`, which takes its place if the block succeeds and is removed if it raises."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        self.folder = Path(tempfile.mkdtemp(prefix=f".{self.path.name}-", dir=self.path.parent))
        self.folder.chmod(0o755)
        return self.folder

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            # Two renames, because no portable call swaps folders: between them a reader finds no folder, never a half.
            old = self.folder.with_name(self.folder.name + ".old")
            if self.path.exists():
                self.path.rename(old)
            self.folder.rename(self.path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` so that a reader finds the old file or the new one, never a part of one."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_metrics(name: str, metrics: dict[str, Any], replicates: Replicates | None = None) -> None:
    """Write the measurements of a checkpoint's weights to its metrics.json, and the replicates of their `quality`.

    The replicates are written first and say which quality they are of. A reader that comes in between, or after a
    failure, finds the old numbers without replicates, never with those of another measurement.
    """
    folder = checkpoint_path(name)
    if replicates is not None:
        write_replicates(folder, replicates, metrics["quality"])
    write_json(folder / "metrics.json", metrics)


def read_json(path: Path) -> dict[str, Any]:
    """Read the JSON object in a file.

    Raises:
        CheckpointError: when the file is missing, cannot be read, or holds no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing.") from error
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path.name} holds no JSON object.")
    return content
