"""The command `import-weights`: another program's model becomes a checkpoint with the losses that it had there."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.helpers.command_line import run
from vae.data.dataset import Dataset
from vae.measure.evaluate import per_image
from vae.storage.checkpoints import load
from vae.storage.models import load_model


class VAE(nn.Module):
    """The VAE of pytorch/examples as it stands there, but for the noise, which is an argument."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def forward(self, x: Tensor, eps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h1 = F.relu(self.fc1(x.view(-1, 784)))
        mu, logvar = self.fc21(h1), self.fc22(h1)
        z = mu + eps * torch.exp(0.5 * logvar)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def loss(model: VAE, x: Tensor, eps: Tensor) -> Tensor:
    recon_x, mu, logvar = model(x, eps)
    bce = F.binary_cross_entropy(recon_x, x.view(-1, 784), reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


@pytest.fixture
def digits(mnist: Dataset) -> Dataset:
    images, labels = (torch.cat([all_of[:1000], all_of[-500:]]) for all_of in (mnist.images, mnist.labels))
    return Dataset("mnist", images, labels, 1000, mnist.class_names, "f" * 64)


@pytest.fixture
def trained(digits: Dataset) -> VAE:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = VAE()
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(5):
            for batch in digits.train_images.split(128):
                x = batch / 255
                optimiser.zero_grad()
                loss(model, x, torch.randn(len(x), 20)).backward()
                optimiser.step()
    return model


def test_the_vae_of_pytorch_examples_has_the_elbo_that_it_has_there(
    trained: VAE,
    digits: Dataset,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vae.cli.commands.import_weights.load_dataset", lambda _: digits)
    torch.save(trained.state_dict(), tmp_path / "my vae.pt")
    status, out, err = run(capsys, "import-weights", str(tmp_path / "my vae.pt"), "--dataset", "mnist")
    assert (status, err) == (0, "")
    assert "read as the VAE of pytorch/examples" in out
    checkpoint = load("my-vae")
    assert checkpoint.config.activation == "relu"
    with torch.no_grad():
        x = digits.test_images / 255
        eps = torch.randn(len(x), 20, generator=torch.Generator().manual_seed(0))
        expected = float(loss(trained, x, eps)) / len(x)
    found = per_image(load_model(checkpoint), digits, checkpoint.config)["elbo"]
    assert -found.mean() == pytest.approx(expected, abs=0.01)
    assert checkpoint.metric("elbo") == pytest.approx(-expected, abs=0.01)


def test_what_cannot_be_placed_is_named_and_nothing_is_kept(
    digits: Dataset,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vae.cli.commands.import_weights.load_dataset", lambda _: digits)
    torch.save(VAE().state_dict() | {"fc5.weight": torch.zeros(3, 3)}, tmp_path / "vae.pt")
    status, out, err = run(capsys, "import-weights", str(tmp_path / "vae.pt"))
    assert (status, out) == (1, "")
    place = "python -m vae import-weights: These tensors have no place in a model of this project: fc5.weight.\n"
    assert err == place
    assert not (folder / "vae").exists()
