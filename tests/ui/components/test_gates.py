"""What the browser is sent of a multi-rate VAE's gates, and the file against which its own tests fold them."""

import json
from typing import Any

import numpy as np
import torch

from vae.folders import ROOT
from vae.models.multi_rate import MultiRateVAE
from vae.ui.components.gates import decoder_gates
from vae.ui.components.packed import decoder_layers

SAID = ROOT / "tests" / "ui" / "components" / "every_beta" / "gates.json"
BETAS = (0.05, 1.0, 7.3)


def test_the_browsers_tests_fold_what_python_folds() -> None:
    """If it fails after a change of gates or of what is sent of them: write `said()` to the file, which rounds them."""
    kept, now = json.loads(SAID.read_text()), said()
    assert kept["layers"] == now["layers"]
    assert kept["gates"] == now["gates"]
    assert kept["weights"].keys() == now["weights"].keys()
    for name, values in now["weights"].items():
        np.testing.assert_allclose(kept["weights"][name], values, atol=1e-4, err_msg=name)
    for one, other in zip(kept["at"], now["at"], strict=True):
        np.testing.assert_allclose(one["images"], other["images"], atol=0.2)
        for name, values in other["folded"].items():
            np.testing.assert_allclose(one["folded"][name], values, atol=1e-4, err_msg=name)


def test_every_layer_with_weights_has_a_gate_but_the_last() -> None:
    for body, hidden in (("mlp", (6, 5)), ("conv", (4, 3))):
        model = MultiRateVAE((1, 12, 12), 2, body, hidden)
        layers, _ = decoder_layers(model)
        gates, weights = decoder_gates(model, layers)
        gated = [layers[place] for place in gates["layers"]]
        assert gated == [layer for layer in layers if "weight" in layer][:-1]
        for number, width in enumerate(reversed(hidden)):
            assert weights[f"scale{number}"].shape == weights[f"shift{number}"].shape == (width, 16)
        assert all(array.dtype == np.float16 for array in weights.values())


def said() -> dict[str, Any]:
    torch.manual_seed(0)
    model = MultiRateVAE((1, 8, 8), 2, "mlp", (6, 5)).requires_grad_(False)
    model.gate.weight.normal_(generator=torch.Generator().manual_seed(1))
    for tensor in model.state_dict().values():
        tensor.copy_(tensor.half())  # so that the browser has the same weights
    layers, weights = decoder_layers(model)
    gates, gate_weights = decoder_gates(model, layers)
    latents = torch.randn(5, 2, generator=torch.Generator().manual_seed(2))
    return {
        "layers": layers,
        "gates": gates,
        "weights": {name: flat(array) for name, array in (weights | gate_weights).items()},
        "latents": latents.tolist(),
        "at": [at(model, layers, latents, beta) for beta in BETAS],
    }


def at(model: MultiRateVAE, layers: list[dict[str, Any]], latents: torch.Tensor, beta: float) -> dict[str, Any]:
    frozen = model.at(beta)
    own, gated = frozen.state_dict(), [layer for layer in layers if "weight" in layer][:-1]
    names = [layer[kind] for layer in gated for kind in ("weight", "bias")]
    folded = {name: flat(own[name.replace("layer", "decoder.")].numpy()) for name in names}
    return {"beta": beta, "folded": folded, "images": flat_rows(255 * frozen.decode(latents))}


def flat_rows(images: torch.Tensor) -> list[list[float]]:
    return images.flatten(1).numpy().astype(np.float64).round(3).tolist()


def flat(array: np.ndarray) -> list[float]:
    return array.astype(np.float64).round(6).ravel().tolist()
