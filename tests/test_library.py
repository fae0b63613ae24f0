"""The border between library and screen."""

import subprocess
import sys

from vae.folders import ROOT


def test_the_library_imports_neither_streamlit_nor_plotly_where_it_trains() -> None:
    code = (
        "import sys, vae.__main__, vae.cli.commands.train, vae.cli.commands.sweep, vae.cli.commands.evaluate;"
        "import vae.jobs.trainer, vae.generate.draws;"
        "print([m for m in ('streamlit', 'plotly', 'openTSNE', 'torchmetrics') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_but_those_of_the_screen_imports_streamlit() -> None:
    modules = "vae.figures.maps, vae.explore.projection, vae.storage.archive"
    code = f"import sys, {modules}; print('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_nothing_in_the_library_unpickles() -> None:
    words = ("torch.load(", "pickle.load", "allow_pickle=True", "joblib", "multiprocessing")
    for path in [*(ROOT / "vae").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "latent_spaces.py"]:
        # Weights from elsewhere are read by the one way of PyTorch's that builds nothing but tensors.
        only_tensors = 'torch.load(path, map_location="cpu", weights_only=True)'
        text = path.read_text(encoding="utf-8").replace(only_tensors, "", path.name == "foreign.py")
        assert not [word for word in words if word in text], path
