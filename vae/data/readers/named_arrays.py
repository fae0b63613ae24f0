"""Arrays that have names, of a file or several: which of them are images, labels, columns or names of classes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import numpy as np

from vae.data.dataset import PARTS
from vae.data.readers.arrays import Array, plain
from vae.data.readers.collection import Collection, ReaderError
from vae.data.readers.files import Options
from vae.data.readers.labels import one_each, texts
from vae.data.readers.listing import shown
from vae.data.readers.parts import WORDS, Piece, joined, part_of, words
from vae.data.readers.shapes import form, has_form

# Names as they are usual, the likeliest first, and without the words that say of which part an array is.
IMAGES = ("images", "imgs", "image", "img", "x", "pixels", "pictures", "data", "faces", "features", "inputs")
LABELS = ("labels", "label", "y", "target", "targets", "classes", "class", "ans", "fine_labels", "fine_label", "digits")
CLASS_NAMES = ("class_names", "classnames", "target_names", "label_names", "list_classes")
KNOWN = {*IMAGES, *LABELS}
FILLERS = ("set", "orig", "array")
WIDEST = 16  # columns of an array that become columns of the collection
FACTORS = ("color", "shape", "scale", "orientation", "pos_x", "pos_y")  # of dSprites, whose file has them pickled


@dataclass(frozen=True)
class Parsed:
    """The name of an array, taken apart."""

    role: str  # such as `x` or `fine_label`
    part: str


def parsed(key: str) -> Parsed:
    """Tell what an array is, and of which part, by its name: `train/x`, `x_train` and `train_set_x_orig` are alike."""
    role = [word for word in words(PurePosixPath(key).name) if word not in WORDS and word not in FILLERS]
    return Parsed("_".join(role), part_of(key))


def collected(arrays: Mapping[str, Array], kind: str, options: Options) -> Collection:
    """Make a collection of arrays by their names and shapes.

    Arrays of images of one size, none of which has a usual name, are one class each, as Quick, Draw! has them.

    Raises:
        ReaderError: when there are no images among them, more than one array may be them, or labels do not fit.
    """
    if _are_classes(arrays) and not options.image_column:
        return _one_array_a_class(arrays)
    parts: dict[str, dict[str, Array]] = {}
    for key, array in arrays.items():
        parts.setdefault(parsed(key).part, {})[key] = array
    images = {part: _images(inside, options) for part, inside in parts.items()}
    with_images = [part for part in ("", *PARTS) if images.get(part)]
    if not with_images:
        raise _no_images(arrays)
    if len(with_images) > 1 and "" in with_images:
        with_images.remove("")  # such as a mean image beside the parts
    used: set[str] = set()
    pieces = [_piece(part, parts[part], images[part], options, used) for part in with_images]
    forms = [form(arrays[images[part]]) for part in with_images]
    names = _class_names(arrays, used)
    if options.label_column and all(piece.labels is None for piece in pieces):
        raise ReaderError(
            f"There are no labels {options.label_column!r} for the images; choose among {_listed(list(arrays))}."
        )
    left = [key for key in arrays if key not in used]
    return joined(
        pieces,
        f"{kind} with images of {forms[0].text}.",
        class_names=names if names and _are_numbers(pieces) else None,
        remarks=(f"Left out: {_listed(left)}.",) if left else (),
    )


def _are_classes(arrays: Mapping[str, Array]) -> bool:
    return (
        len(arrays) > 1
        and not any(parsed(key).role in KNOWN or parsed(key).part or "arr" in words(key) for key in arrays)
        and all(has_form(array) for array in arrays.values())
        and len({array.shape[1:] for array in arrays.values()}) == 1
    )


def _one_array_a_class(arrays: Mapping[str, Array]) -> Collection:
    names = [PurePosixPath(key).name for key in arrays]
    pieces = [
        Piece(
            name=array.name,
            count=array.shape[0],
            read=partial(form(array).pictures, array),
            labels=np.full(array.shape[0], name),
        )
        for name, array in zip(names, arrays.values(), strict=True)
    ]
    size = form(next(iter(arrays.values()))).text
    return joined(pieces, f"NumPy arrays with the images of one class each, of {size}.")


def _images(arrays: Mapping[str, Array], options: Options) -> str:
    """Return the key of the images among the arrays of one part; empty where there are none.

    Raises:
        ReaderError: when an array called so holds no images, or several may be the images.
    """
    if options.image_column:
        return next((key for key in arrays if options.image_column in (key, parsed(key).role)), "")
    wrong: ReaderError | None = None
    for role in IMAGES:
        keys = [key for key in arrays if parsed(key).role == role]
        if len(keys) > 1 and all(has_form(arrays[key]) for key in keys):
            raise ReaderError(f"{_listed(keys)} may all be the images; bring one set of images at a time.")
        for key in keys:
            try:
                form(arrays[key])
            except ReaderError as error:
                wrong = wrong or error
            else:
                return key
    if wrong is not None:
        raise wrong
    possible = [key for key in arrays if parsed(key).role not in LABELS and has_form(arrays[key])]
    if len(possible) > 1:
        raise ReaderError(
            f"{_listed(possible)} may all be the images; call one of them `images` and save the file again."
        )
    return next(iter(possible), "")


def _listed(keys: Sequence[str]) -> str:
    """Return the names of at most eight arrays as they can stand in a sentence."""
    return ", ".join(map(shown, keys[:8])) + (f" and {len(keys) - 8} more" if len(keys) > 8 else "")


def _no_images(arrays: Mapping[str, Array]) -> ReaderError:
    if len(arrays) == 1:
        form(next(iter(arrays.values())))  # says what is wrong with it
    found = ", ".join(f"{array.name} {array.shape}" for array in list(arrays.values())[:6])
    return ReaderError(f"There are no images among the arrays {found}; images are (N, height, width) numbers.")


def _piece(part: str, arrays: Mapping[str, Array], images: str, options: Options, used: set[str]) -> Piece:
    """Return the images of one part with their labels and columns; the keys of all of them are added to `used`."""
    array = arrays[images]
    others = {key: other for key, other in arrays.items() if key != images and not other.dtype.hasobject}
    used.add(images)
    _refuse_objects(arrays, options)
    columns = dict(_columns(others, array.shape[0], used))
    labels = None
    key = _labels(others, images, array.shape[0], options)
    if options.label_column in columns:
        labels = columns.pop(options.label_column)
    elif key:
        used.add(key)
        stored = others[key].whole()
        labels = one_each(stored, array.shape[0], others[key].name)
        columns.pop(parsed(key).role, None)
        if labels is None and stored.ndim == 2 and stored.shape[1] <= WIDEST:
            columns |= {
                f"{parsed(key).role} {i}": plain(stored[:, i]).astype(np.float64) for i in range(stored.shape[1])
            }
    return Piece(array.name, array.shape[0], partial(form(array).pictures, array), part, labels, columns)


def _refuse_objects(arrays: Mapping[str, Array], options: Options) -> None:
    for key, array in arrays.items():
        wanted = options.label_column in (key, parsed(key).role) if options.label_column else parsed(key).role in LABELS
        if wanted and array.dtype.hasobject:
            raise ReaderError(
                f"{array.name} holds Python objects, which could run code and are not read; save labels as text with "
                f"`{parsed(key).role or 'y'}.astype(str)`, or leave them out."
            )


def _labels(arrays: Mapping[str, Array], images: str, count: int, options: Options) -> str:
    """Return the key of the labels, by their name or as the only array with one value an image; empty without any."""
    if options.label_column:
        return next((key for key in arrays if options.label_column in (key, parsed(key).role)), "")
    for role in LABELS:
        for key, array in arrays.items():
            if parsed(key).role == role and array.shape:
                return key
    fitting = [key for key, array in arrays.items() if array.shape in ((count,), (count, 1))]
    return fitting[0] if parsed(images).role not in IMAGES and len(fitting) == 1 else ""


def _columns(arrays: Mapping[str, Array], count: int, used: set[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what else is known of each image: arrays of one value an image, or a few."""
    for key, array in arrays.items():
        role = parsed(key).role
        width = array.shape[1] if len(array.shape) == 2 else 1
        if array.shape[:1] != (count,) or len(array.shape) > 2 or not 0 < width <= WIDEST or role in LABELS:
            continue
        if array.dtype.kind not in "biufSU" or (width > 1 and array.dtype.kind in "SU"):
            continue
        used.add(key)
        values = array.whole().reshape(count, width)
        if array.dtype.kind in "SU":
            yield role, texts(values[:, 0].tolist())
        else:
            for name, column in zip(_column_names(role, width), values.T, strict=True):
                yield name, plain(column).astype(np.float64)


def _column_names(role: str, width: int) -> Sequence[str]:
    if role in ("latents_values", "latents_classes") and width == len(FACTORS):
        return [name if role == "latents_values" else f"{name} class" for name in FACTORS]
    return [role] if width == 1 else [f"{role} {place}" for place in range(width)]


def _class_names(arrays: Mapping[str, Array], used: set[str]) -> tuple[str, ...]:
    for key, array in arrays.items():
        if parsed(key).role in CLASS_NAMES and array.dtype.kind in "SU" and max(array.shape, default=0) > 1:
            used.add(key)
            return tuple(texts(array.whole().reshape(-1).tolist()).tolist())
    return ()


def _are_numbers(pieces: Sequence[Piece]) -> bool:
    return all(piece.labels is None or piece.labels.dtype.kind in "iuf" for piece in pieces)
