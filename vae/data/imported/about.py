"""The about.json of an imported set: everything that is known of it but the images, labels and columns."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vae.data.names import BUILT_IN, EXAMPLE
from vae.data.preparation.settings import Preparation, Split
from vae.errors import VaeError
from vae.folders import imported_folder, replace_file

ABOUT, JUDGE = "about.json", "judge.safetensors"
FORMAT = 1
LARGEST = 4_000_000  # bytes of the file
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ImportedSetError(VaeError):
    """An imported set that cannot be written, found or read; the message is one sentence for the user."""


@dataclass(frozen=True)
class About:
    """All that is known of an imported set.

    Its `name` is that of its folder, stands in the runs that are trained on it, and never changes; its `title` is shown
    and can be changed.
    """

    name: str
    title: str
    layout: str  # as what the files were read
    image_shape: tuple[int, int, int]
    train_size: int
    validation_size: int
    test_size: int
    class_names: tuple[str, ...]
    labelled: bool  # whether the classes were given, rather than found as clusters
    fingerprint: str  # SHA-256 of the images and labels
    preparation: Preparation
    split: Split | None  # None where the files gave the parts
    remarks: tuple[str, ...]
    created: str  # ISO 8601, UTC

    @property
    def count(self) -> int:
        """The number of all images."""
        return self.train_size + self.validation_size + self.test_size


def set_path(name: str) -> Path:
    """Return the folder of the imported set with this name, whether it exists or not.

    Raises:
        ImportedSetError: for a name that is not allowed or belongs to a data set of the project.
    """
    if not NAME.fullmatch(name) or name in BUILT_IN:
        raise ImportedSetError(
            f"{name[:60]!r} is no name for an imported set: use up to 40 small letters, digits and dashes, beginning "
            f"with a letter or a digit, and none of {', '.join(BUILT_IN)}."
        )
    return imported_folder() / name


def usable_name(text: str) -> str:
    """Turn any text, such as a file's name, into a name that an imported set other than the example can have."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "images"
    return f"own-{name}"[:40] if name in (*BUILT_IN, EXAMPLE) else name


def write_about(folder: Path, about: About) -> None:
    """Write a set's about.json, whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    with replace_file(folder / ABOUT) as temporary:
        temporary.write_text(json.dumps({"format": FORMAT} | asdict(about), indent=1, ensure_ascii=False), "utf-8")


def read_about(name: str) -> About:
    """Read what is known of an imported set.

    Raises:
        ImportedSetError: when there is none of that name, or its about.json is damaged.
    """
    path = set_path(name) / ABOUT
    try:
        if path.stat().st_size > LARGEST:
            raise ImportedSetError(_damage(name, f"{ABOUT} has more than {LARGEST:,} bytes"))
        content = json.loads(path.read_text("utf-8"))
        return _from_json(name, content)
    except FileNotFoundError as error:
        # The page Your images gives names of its own choice, so that only the command brings back this one.
        raise ImportedSetError(
            f"There are no images called {name!r} on this machine; import them again with "
            f"`python -m vae import PATH --name {name}`."
        ) from error
    except OSError as error:
        raise ImportedSetError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ImportedSetError(_damage(name, f"{ABOUT}: {error}")) from error


def _damage(name: str, what: str) -> str:
    return (
        f"The images called {name!r} are damaged ({what}); delete them on the page Your images, and import them again."
    )


def _from_json(name: str, content: dict[str, Any]) -> About:
    if content.pop("format") != FORMAT:
        raise ValueError("it was written by another version")
    channels, height, width = content["image_shape"]
    sizes = [content[f"{part}_size"] for part in ("train", "validation", "test")]
    if any(type(number) is not int or number < 0 for number in (channels, height, width, *sizes)):
        raise ValueError("a size is no whole number")
    if type(content["labelled"]) is not bool or not all(
        isinstance(content[key], str) for key in ("title", "layout", "fingerprint", "created")
    ):
        raise ValueError("a text or a truth value is something else")
    split = content["split"]
    return About(
        **content
        | {
            "name": name,
            "image_shape": (channels, height, width),
            "class_names": tuple(map(str, content["class_names"])),
            "remarks": tuple(map(str, content["remarks"])),
            "preparation": Preparation(**content["preparation"]),
            "split": None if split is None else Split(**split),
        }
    )
