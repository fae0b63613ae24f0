"""Weights of other programs: which files are read, which are refused, and that nothing in them is run."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from vae.storage.foreign import read_tensors
from vae.storage.foreign_layouts import place
from vae.storage.names import CheckpointError

SHAPE = (1, 8, 8)


class Examples(nn.Module):
    """The VAE of pytorch/examples, with other sizes."""

    def __init__(self, pixels: int = 64, hidden: int = 12, latent: int = 3) -> None:
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(pixels, hidden), nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.fc3, self.fc4 = nn.Linear(latent, hidden), nn.Linear(hidden, pixels)


def vanilla(channels: int = 3, final: bool = True) -> dict[str, torch.Tensor]:
    """The state_dict of PyTorch-VAE's VanillaVAE for 16 × 16 pixels, with two levels."""
    hidden = (4, 6)

    def block(convolution: nn.Module, width: int) -> nn.Sequential:
        return nn.Sequential(convolution, nn.BatchNorm2d(width), nn.LeakyReLU())

    last: list[nn.Module] = [nn.ConvTranspose2d(4, 4 if final else channels, 3, 2, 1, 1)]
    if final:
        last += [nn.BatchNorm2d(4), nn.LeakyReLU(), nn.Conv2d(4, channels, 3, padding=1), nn.Tanh()]
    model = nn.Module()
    model.encoder = nn.Sequential(
        block(nn.Conv2d(channels, 4, 3, 2, 1), 4),
        block(nn.Conv2d(4, 6, 3, 2, 1), 6),
    )
    model.fc_mu, model.fc_var = nn.Linear(hidden[-1] * 16, 5), nn.Linear(hidden[-1] * 16, 5)
    model.decoder_input = nn.Linear(5, hidden[-1] * 16)
    model.decoder = nn.Sequential(block(nn.ConvTranspose2d(6, 4, 3, 2, 1, 1), 4))
    model.final_layer = nn.Sequential(*last)
    return model.state_dict()


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("kind", ["safetensors", "pytorch"])
def test_both_kinds_of_file_are_read_whatever_they_are_called(kind: str, wrapped: bool, tmp_path: Path) -> None:
    path, state = tmp_path / "weights.bin", Examples().state_dict()
    if kind == "safetensors":
        save_file({f"module.{key}" if wrapped else key: tensor for key, tensor in state.items()}, path)
    else:
        torch.save({"epoch": 3, "state_dict": state} if wrapped else state, path)
    placed = place(read_tensors(path), SHAPE, variational=True)
    assert (placed.hidden, placed.latent_dim, placed.body) == ((12,), 3, "mlp")
    assert torch.equal(placed.weights["encoder.1.weight"], state["fc1.weight"])
    assert torch.equal(placed.weights["log_variance.bias"], state["fc22.bias"])
    assert torch.equal(placed.weights["decoder.2.weight"], state["fc4.weight"])


class _Harm:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    torch.save({"fc1.weight": torch.zeros(2, 2), "more": _Harm(tmp_path / "run")}, tmp_path / "a.pt")
    torch.save(Examples(), tmp_path / "b.pt")  # a whole module rather than its state_dict
    for name in ("a.pt", "b.pt"):
        with pytest.raises(CheckpointError, match="holds more than tensors, which could run code and is not opened"):
            read_tensors(tmp_path / name)
    assert not (tmp_path / "run").exists()


def test_files_that_hold_no_such_tensors_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    bad = {
        "nothing like it": lambda: path.write_bytes(b"\x80\x02nothing"),
        "no safetensors": lambda: path.write_bytes(b"weights"),
        "no state_dict": lambda: torch.save(torch.zeros(3), path),
        "no tensor": lambda: torch.save({"a": 3}, path),
        "not finite": lambda: torch.save({"a": torch.tensor([1.0, torch.nan])}, path),
        "far larger than it is": lambda: torch.save({"a": torch.zeros(1).expand(10**12)}, path),
        "another archive": lambda: zipfile.ZipFile(path, "w").close(),
    }
    for write in bad.values():
        write()
        with pytest.raises(CheckpointError):
            read_tensors(path)
    with pytest.raises(CheckpointError, match="cannot be read: No such file"):
        read_tensors(tmp_path / "missing.pt")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 255)), max_size=4), cut=st.integers(0, 3_000))
def test_a_damaged_file_is_read_or_refused_in_words(damage: list[tuple[int, int]], cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save(Examples(8, 3, 2).state_dict(), path)
    content = bytearray(path.read_bytes())
    for place_, value in damage:
        content[place_ % len(content)] = value
    path.write_bytes(content[: len(content) - cut] if cut % 2 else content)
    try:
        place(read_tensors(path), (1, 2, 4), variational=True)
    except CheckpointError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("names", ["by name", "by number"])
@pytest.mark.parametrize("variational", [False, True])
def test_stacks_of_linear_layers_are_placed_by_their_names_or_where_they_are_narrowest(
    names: str, variational: bool
) -> None:
    sizes = [(20, 64), (10, 20), (2, 10), *([(2, 10)] if variational else []), (10, 2), (20, 10), (64, 20)]
    if names == "by name":
        heads = ["fc_mu", "fc_logvar"] if variational else ["fc_mu"]
        words = ["encoder.0", "encoder.2", *heads, "decoder.0", "decoder.2", "decoder.10"]
    else:
        words = [f"net.{2 * number}" for number in range(len(sizes))]
    tensors: dict[str, torch.Tensor] = {}
    for word, size in zip(words, sizes, strict=True):
        tensors |= {f"{word}.weight": torch.rand(size), f"{word}.bias": torch.rand(size[0])}
    if variational and names == "by number":
        with pytest.raises(CheckpointError, match=r"net\.4, net\.6 do not tell which layer gives the mean"):
            place(tensors, SHAPE, variational=True)
        return
    placed = place(tensors, SHAPE, variational=variational)
    assert (placed.hidden, placed.latent_dim) == ((20, 10), 2)
    assert torch.equal(placed.weights["mean.weight"], tensors[f"{words[2]}.weight"])
    assert torch.equal(placed.weights["decoder.4.bias"], tensors[f"{words[-1]}.bias"])
    assert ("log_variance.weight" in placed.weights) == variational


def test_a_vanilla_vae_is_placed_where_its_shapes_are_ours_and_otherwise_says_what_has_no_place() -> None:
    state = vanilla(final=False)
    placed = place(state, (3, 16, 16), variational=True)
    assert (placed.body, placed.hidden, placed.latent_dim) == ("conv", (4, 6), 5)
    x = torch.rand(2, 3, 16, 16)
    # The batch norm, as it is in evaluation, has become part of the convolution.
    norm = nn.BatchNorm2d(4).eval()
    norm.load_state_dict({key.removeprefix("encoder.0.1."): state[key] for key in state if "encoder.0.1." in key})
    ours = torch.conv2d(x, placed.weights["encoder.0.weight"], placed.weights["encoder.0.bias"], 2, 1)
    theirs = norm(torch.conv2d(x, state["encoder.0.0.weight"], state["encoder.0.0.bias"], 2, 1))
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    with pytest.raises(CheckpointError, match=r"no place .*: final_layer\.3\.weight, final_layer\.3\.bias\."):
        place(vanilla(), (3, 16, 16), variational=True)


def test_what_is_missing_or_does_not_fit_is_named() -> None:
    state = Examples().state_dict()
    with pytest.raises(CheckpointError, match=r"fc1\.weight has shape \(12, 64\), and \(12, 784\) would fit"):
        place(state, (1, 28, 28), variational=True)
    with pytest.raises(CheckpointError, match=r"no place .*: fc22\.weight, fc22\.bias"):
        place(state, SHAPE, variational=False)
    with pytest.raises(CheckpointError, match=r"missing: fc4\.bias"):
        place({key: tensor for key, tensor in state.items() if key != "fc4.bias"}, SHAPE, variational=True)
    with pytest.raises(CheckpointError, match=r"no layout that is known here.*conv1\.weight"):
        place({"conv1.weight": torch.zeros(2, 2, 3, 3), "a.weight": torch.zeros(2, 2)}, SHAPE, variational=True)


def heads(first: str, second: str) -> dict[str, torch.Tensor]:
    sizes = {"enc.0": (12, 64), first: (3, 12), second: (3, 12), "dec.0": (12, 3), "dec.2": (64, 12)}
    return {
        f"{name}.{kind}": torch.rand(size if kind == "weight" else size[:1])
        for name, size in sizes.items()
        for kind in ("weight", "bias")
    }


@pytest.mark.parametrize(
    ("mean", "log_variance"),
    [
        ("fc_mu", "fc_logvar"),
        ("enc.mean", "enc.log_var"),
        ("enc.zMean", "enc.logVar"),
        ("q.loc", "q.lv"),
        ("mu.0", "logvar.0"),
        ("fc_mu", "fc_var"),
        ("z_mean", "z_log_variance"),
    ],
)
def test_mean_and_log_variance_are_told_apart_by_their_names_in_either_order(mean: str, log_variance: str) -> None:
    for order in ((mean, log_variance), (log_variance, mean)):
        tensors = heads(*order)
        placed = place(tensors, SHAPE, variational=True)
        assert torch.equal(placed.weights["mean.weight"], tensors[f"{mean}.weight"])
        assert torch.equal(placed.weights["log_variance.weight"], tensors[f"{log_variance}.weight"])


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("enc.2", "enc.4", r"enc\.2, enc\.4 do not tell which layer gives the mean"),
        ("enc.mu", "enc.mean", "do not tell which layer"),
        ("enc.mu", "enc.sigma", r"enc\.sigma seems to give a variance or a deviation"),
        ("enc.mu", "enc.std", r"enc\.std seems to give"),
        ("enc.mu", "enc.log_std", r"enc\.log_std seems to give"),
    ],
)
def test_heads_that_may_be_something_else_are_refused_by_name(first: str, second: str, words: str) -> None:
    with pytest.raises(CheckpointError, match=words):
        place(heads(first, second), SHAPE, variational=True)
