"""The code that loads weights: at most twenty lines, which run where nothing of ours is, and decode as we do."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from tests.helpers.models import untrained
from vae.export.loader import loader_code
from vae.models.autoencoders import ClassifierVAE
from vae.models.choices import ACTIVATIONS
from vae.storage.weights import write_weights
from vae.training.build import build_model
from vae.training.config import MODEL_KINDS, TrainConfig

KINDS = [(kind, body) for kind in MODEL_KINDS for body in ("mlp", "conv")]
ELSEWHERE = """
import json, os, sys
sys.modules["vae"] = sys.modules["numpy.testing"] = None  # nothing of the project can be imported
from safetensors.torch import save_file
for folder in json.loads(sys.argv[1]):
    os.chdir(folder)
    names = {}
    exec(open("loader.py").read(), names)
    torch = names["torch"]
    with torch.no_grad():
        found = names["encode"](torch.linspace(0, 1, 2 * 3 * 20 * 28).reshape(2, 3, 20, 28))
        found = found if isinstance(found, tuple) else (found,)
        rest = (torch.tensor([2, 0]),) if "classes" in names["decode"].__code__.co_varnames else ()
        image = names["decode"](found[0], *rest)
    save_file({"image": image} | {str(place): each for place, each in enumerate(found)}, "found.safetensors")
"""


def test_it_runs_elsewhere_and_gives_what_our_models_give(tmp_path: Path) -> None:
    models = {}
    for kind, body in KINDS:
        checkpoint, model = untrained(kind, body, (3, 20, 28))
        models[tmp_path / f"{kind}-{body}"] = model
        (tmp_path / f"{kind}-{body}").mkdir()
        half = {name: tensor.half() for name, tensor in model.state_dict().items()}  # as `shrink` stores weights
        write_weights(tmp_path / f"{kind}-{body}", half if body == "conv" else model.state_dict())
        (tmp_path / f"{kind}-{body}" / "loader.py").write_text(loader_code(checkpoint, model), "utf-8")
    words = [sys.executable, "-I", "-c", ELSEWHERE, json.dumps([str(folder) for folder in models])]
    subprocess.run(words, cwd=tmp_path, check=True)
    images = torch.linspace(0, 1, 2 * 3 * 20 * 28).reshape(2, 3, 20, 28)
    for folder, model in models.items():
        if "conv" in folder.name:
            model.half().float()
        found = load_file(folder / "found.safetensors")
        posterior = [each for each in model.posterior(images) if each is not None]
        assert len(found) == 1 + len(posterior)
        for place, each in enumerate(posterior):
            np.testing.assert_allclose(found[str(place)], each.numpy(), atol=1e-5, rtol=1e-5)
        z = posterior[0]
        image = model.decode_classes(z, torch.tensor([2, 0])) if isinstance(model, ClassifierVAE) else model.decode(z)
        np.testing.assert_allclose(found["image"], image.numpy(), atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("body", "hidden"), [("mlp", (4096,) * 6), ("conv", (128,) * 5)])
def test_it_has_at_most_twenty_lines_of_every_model(body: str, hidden: tuple[int, ...], activation: str) -> None:
    for kind in MODEL_KINDS:
        checkpoint = untrained(kind)[0]
        config = TrainConfig(
            model=kind, body=body, hidden=hidden, activation=activation, latent_dim=128, epochs=1, device="cpu"
        )
        with torch.device("meta"):
            code = loader_code(checkpoint, build_model(config, (3, 128, 128), 1_000))
        assert len(code.splitlines()) <= 20
        assert max(map(len, code.splitlines())) <= 120
        compile(code, "loader.py", "exec")
