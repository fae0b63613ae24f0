"""A wall of samples in the browser, each with what the judge reads in it; a click or the Enter key picks one."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from vae.data.to_picture import data_uri
from vae.generate.samples import Sample, realistic
from vae.ui.components.component import component, rerun
from vae.ui.shared.readings import reading_text
from vae.ui.shared.words import counted

ROOMY = 36  # samples; in a larger wall they are drawn smaller, and the pointer shows what is read in one
_component = component("wall")


def show(samples: Sequence[Sample], class_names: Sequence[str], title: str, key: str, of: str) -> list[Sample]:
    """Draw the wall and return the picked samples, in the order of the wall.

    Args:
        of: identifies the samples; when it changes, nothing is picked any more.
    """
    # A change of page clears the component's state, but the browser's module keeps the picks, so the session does too.
    if said := (st.session_state.get(key) or {}).get("picked"):
        st.session_state[f"{key}_said"] = said
    chosen = picked(st.session_state.get(f"{key}_said"), of, len(samples))
    _component(
        key=key,
        data={
            "key": key,
            "of": of,
            "title": title,
            "verdict": verdict(samples, len(class_names)),
            "parts": _parts(of, samples, class_names),
            "dense": len(samples) > ROOMY,
            "picked": chosen,
        },
        default={"picked": None},
        on_picked_change=rerun,
    )
    return [samples[number] for number in chosen]


def picked(said: Any, of: str, count: int) -> list[int]:
    """Return the numbers of the picked samples of a wall, ascending; a message about another wall is ignored."""
    if not isinstance(said, dict) or said.get("of") != of or not isinstance(said.get("indices"), list):
        return []
    return sorted({number for number in said["indices"] if type(number) is int and 0 <= number < count})


def verdict(samples: Sequence[Sample], classes: int) -> str:
    """Say how many samples are realistic and, with a judge, how many of the classes these show; no test, no words."""
    if not samples or samples[0].realism is None:
        return ""
    count, seen = realistic(samples)
    said = f"{count} of {counted(len(samples), 'sample')} {'is' if count == 1 else 'are'} realistic"
    if samples[0].read is None:
        return f"{said}, as random features tell."
    return f"{said}; {seen} of {classes} classes are among them." if count else f"{said}."


@st.cache_resource(max_entries=32, show_spinner=False)
def _parts(of: str, _samples: Sequence[Sample], _class_names: Sequence[str]) -> list[dict[str, Any]]:
    """Split the wall into realistic samples and the rest, each part under its name; one part if none is tested."""
    images = _images(_samples, _class_names)
    if not _samples or _samples[0].realism is None:
        return [{"name": "", "images": images}]
    count, _ = realistic(_samples)
    parts = zip(("realistic", "not realistic"), (images[:count], images[count:]), strict=True)
    return [{"name": name, "images": part} for name, part in parts if part]


def _images(samples: Sequence[Sample], class_names: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for place, sample in enumerate(samples, start=1):
        text = reading_text(class_names, sample.read, sample.probability)
        source = data_uri(sample.image.transpose(1, 2, 0).squeeze(), scale=1)
        described = f"sample {place}{': the judge reads ' if text else ''}{text}"
        found.append({"source": source, "text": text, "described": described})
    return found
