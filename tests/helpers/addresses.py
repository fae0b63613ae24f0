"""What addresses of pages can hold: every parameter that a widget is bound to, and values that none can hold."""

import ast
from collections import Counter
from dataclasses import fields
from typing import Any

from streamlit.testing.v1 import AppTest

from vae.beta.balance import Convention
from vae.folders import ROOT
from vae.ui.frame import address, pages
from vae.ui.frame.pages import Page

KINDS = (
    *("selectbox", "number_input", "slider", "select_slider", "radio", "checkbox", "toggle", "text_input"),
    *("button_group", "segmented_control", "pills", "multiselect", "text_area", "date_input", "time_input"),
)
LARGE = {"ae": "ae-20d", "vae": "vae-20d"}
# Addresses that draw the bound widgets of their pages, those of the sidebar on one of them.
VIEWS: dict[Page, list[dict[str, str]]] = {
    pages.LATENT_SPACES: [LARGE | {"projection": "t-SNE"}],
    pages.SAMPLES: [{}],
    pages.BETA: [{}, {"beta_by": "A ladder of VAEs"}],
    pages.BETA_TRANSLATOR: [
        {},
        {"budget": "epochs", "model": "ClassifierVAE", "likelihood": "Gaussian, σ below"},
        {"budget": "steps"},
    ],
    pages.TRAINING: [{}],
    pages.RUNS: [{}],
    pages.YOUR_IMAGES: [{}],
    pages.RANDOM_LATENTS: [{}],
    pages.INTERPOLATION: [{}],
    pages.TRAVERSAL: [{}],
    pages.ARITHMETIC: [{}],
    pages.DIGITS_ON_DEMAND: [{}, {"demand_source": "test images"}],
    pages.DRAW: [{}],
    pages.EDIT_A_CODE: [{}],
    pages.TWO_IMAGES: [{}],
    pages.DENOISE: [{"spoil": "square"}],
    pages.UNUSUAL_IMAGES: [{}],
}
# Drawn only for picked samples, for long films, and on machines with more than one device.
OF_STATE = {"nearest", "demand_all", "device"}
# No widget can hold these, and their parameters give way to the defaults. Streamlit itself ignores an address of more
# than half a megabyte, which all parameters together stay below.
UNUSABLE: dict[str, Any] = {
    "empty": "",
    "infinite": "inf",
    "infinite, in words": "-Infinity",
    "no number": "nan",
    "beyond all floats": "1e400",
    "400 digits": "1" + "0" * 400,
    "5,000 digits": "9" * 5_000,
    "very long": "x" * 4_000,
    "NUL": "\0",
    "control characters": "\x1b[31m1\r\n2",
    "turned around": "\u202e1",
    "markup": "<script>alert(1)</script>",
    "Markdown": "![x](http://example.com/x) **b** :red[c]",
    "a path": "../../etc/passwd",
    "repeated": ["inf", "", "nan"],
}
# Some widgets can hold these, and others cannot.
DOUBTFUL: dict[str, Any] = {
    "negative": "-1",
    "a fraction": "1.5",
    "out of range": "99999999999999999999",
    "tiny": "1e-320",
    "other digits": "٣",
    "underlined": "1_0",
    "true": "TRUE",
    "a date": "2024-02-30T25:00",
    "repeated numbers": ["1", "2"],
    "repeated, one infinite": ["inf", "2"],
    "zero": "-0",
}


def bound_widgets(app: AppTest) -> dict[str, Any]:
    """The values of a page's widgets that are bound to its address, by the names of their parameters."""
    found: list[Any] = [widget for kind in KINDS for widget in app.get(kind)]
    return {str(w.proto.query_param_key): w.value for w in found if w.proto.query_param_key}


def bound_in_sources() -> tuple[set[str], Counter[str]]:
    """The parameters that the app's sources bind by name, and how many widgets of a file get their key elsewhere."""
    named, other = set(), Counter[str]()
    for path in (ROOT / "latent_spaces.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "vae" / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(keyword.arg == "bind" for keyword in node.keywords):
                (key,) = (keyword.value for keyword in node.keywords if keyword.arg == "key")
                if isinstance(key, ast.Constant):
                    named.add(str(key.value))
                else:
                    other[path.relative_to(ROOT).as_posix()] += 1
    return named, other


PARAMETERS = sorted(
    {
        *bound_in_sources()[0],
        *address.SIDEBAR,
        *(f"t_{field.name}" for field in fields(Convention)),
        *("kind_first", "kind_second", "sampler", "random_sampler", "sum_a", "sum_b", "classifier-vae"),
    }
)
