"""The ways in which images come (the browser, a path on this computer, the example), and as what they are read."""

from pathlib import Path

import streamlit as st

from vae.data.imported import example
from vae.data.imported.shelf import LONGEST_TITLE
from vae.data.readers.files import Options
from vae.data.readers.pictures import SUFFIXES
from vae.errors import VaeError
from vae.ui.own import brought
from vae.ui.own.brought import Brought
from vae.ui.own.uploads import MOST_BYTES, UploadError, Uploads
from vae.ui.shared.plain import plain

OF_ARRAYS = (".npz", ".parquet", ".mat", ".h5", ".hdf5")  # files that may hold several arrays or columns of images
AUTOMATIC = "chosen automatically"


def show() -> Brought | None:
    """Draw the ways in, and as what the files were read; return what was brought, if anything was."""
    with st.container(border=True, key="own_source"):
        _ways_in()
        error = st.session_state.pop("own_error", "")
        if error:
            st.error(plain(error))
        found = brought.current()
        if found is not None:
            _recognised(found)
    return found


def is_on_this_computer() -> bool:
    """Tell whether the browser runs on the machine of the server, so that a path means the same to both.

    A proxy on this machine would hand over others' requests, which it says in a header.
    """
    headers = st.context.headers
    host = headers.get("Host", "").rpartition(":")[0].strip("[]")
    handed_over = any(headers.get(name) for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return st.context.ip_address is None and host in ("localhost", "127.0.0.1", "::1") and not handed_over


def _ways_in() -> None:
    here = is_on_this_computer()
    left, right = st.columns([3, 2])
    with left:
        st.file_uploader(
            "Choose files with images",
            accept_multiple_files=True,
            key=f"own_files_{st.session_state.get('own_uploads', 0)}",
            on_change=_take_upload,
            help="Pictures are read from a zip or tar archive, where each class may have a folder, or as they are. "
            "Arrays and tables are read from .npz, .npy, IDX, CSV, Parquet, .mat and HDF5 files. The reader looks at "
            "what a file holds and not at its name.",
        )
        st.caption(
            "Pictures, zip, tar, npz, npy, gz, IDX, CSV, Parquet, mat or HDF5, together at most "
            f"{MOST_BYTES / 1e9:.1f} GB. The files stay on this server until they are imported or you leave."
        )
    with right:
        if here:
            st.text_input(
                "Or type a path on this computer",
                key="own_path",
                placeholder="/home/me/pictures",
                on_change=_take_path,
            )
        if example.ARCHIVE.exists():
            st.button(
                "Try 3,000 images of clothes",
                key="own_example",
                icon=":material/apparel:",
                on_click=_take,
                args=(example.ARCHIVE, example.TITLE),
            )
        elif not here:
            st.caption("Larger sets can be imported on the server with `python -m vae import PATH --name NAME`.")


def _take_upload() -> None:
    number = st.session_state.get("own_uploads", 0)
    files = st.session_state.get(f"own_files_{number}")
    if not files:
        return
    st.session_state["own_uploads"] = number + 1  # a new key empties the uploader and its memory
    try:
        uploads = Uploads(files)
    except UploadError as error:
        st.session_state["own_error"] = str(error)
        return
    _take(uploads.path, uploads.title, uploads)


def _take_path() -> None:
    text = st.session_state["own_path"].strip()
    if text and is_on_this_computer():
        _take(Path(text), Path(text).name.split(".")[0] or "Images")


def _take(path: Path, title: str, uploads: Uploads | None = None, options: Options | None = None) -> None:
    try:
        found = brought.bring(path, title, uploads, options)
    except VaeError as error:
        st.session_state["own_error"] = str(error)
        return
    if options is None:
        st.session_state["own_title"] = title[:LONGEST_TITLE]
        st.session_state.update(own_label_pattern="", own_label_column="", own_image_column="")
    _fill(found)


def _fill(found: Brought) -> None:
    """Put the suggested settings into the controls."""
    asked = found.suggested
    st.session_state.update(
        own_height=asked.height,
        own_width=asked.width,
        own_colour=asked.colour,
        own_fit=asked.fit,
        own_ground=asked.ground,
        own_invert=asked.invert,
        own_low=asked.low,
        own_high=asked.high,
    )


def _recognised(found: Brought) -> None:
    collection = found.collection
    classes = len(collection.class_names) if collection.labels is not None else 0
    told = [f"**{plain(found.files.name)}**", plain(collection.layout), f"**{collection.count:,} images**"]
    told.append(f"{classes:,} class{'' if classes == 1 else 'es'}" if classes else "no classes")
    if collection.split is not None:
        told.append("already divided into training and test images")
    if collection.columns:
        told.append(f"columns: {', '.join(map(plain, list(collection.columns)[:8]))}")
    st.markdown(" · ".join(told))
    for remark in (*found.files.remarks, *collection.remarks, *found.reasons):
        st.caption(f":material/info: {plain(remark)}")
    _options(found)


def _options(found: Brought) -> None:
    """Draw what the layout leaves to choose, if anything."""
    names = [path.lower() for path in found.files.sizes]
    pictures = any(name.endswith(SUFFIXES) for name in names)
    columns = list(found.collection.columns)
    arrays = any(name.endswith(OF_ARRAYS) for name in names)
    asked = found.options
    if not (pictures or columns or arrays):
        return
    with st.expander("Change how the files are read", expanded=asked != Options()):
        if pictures:
            help_text = "Write `{label}` where the class stands. `*` stands for any text and `#` for a whole number."
            _text("label_pattern", "Pattern of file names that hold the class", "{label}_*.png", asked, help_text)
        if columns or asked.label_column:
            offered = list(dict.fromkeys(["", *([asked.label_column] if asked.label_column else []), *columns]))
            st.selectbox(
                "Column that holds the classes",
                offered,
                offered.index(asked.label_column),
                key="own_label_column",
                format_func=lambda name: name or AUTOMATIC,
                on_change=_read_again,
                args=("label_column",),
            )
        if arrays:
            _text("image_column", "Array or column that holds the images", AUTOMATIC, asked)


def _text(option: str, label: str, placeholder: str, asked: Options, about: str | None = None) -> None:
    st.text_input(
        label,
        getattr(asked, option),
        200,
        key=f"own_{option}",
        placeholder=placeholder,
        help=about,
        on_change=_read_again,
        args=(option,),
    )


def _read_again(option: str) -> None:
    found = brought.current()
    if found is None:
        return
    changed = {**vars(found.options), option: (st.session_state[f"own_{option}"] or "").strip()}
    _take(found.path, found.title, found.uploads, Options(**changed))
