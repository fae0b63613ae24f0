"""pytorch/examples' vae, restated faithfully: model, loss, optimiser, DataLoader and ToTensor.

github.com/pytorch/examples/blob/main/vae/main.py (BSD-3-Clause): 784-400-20-400-784, ReLU, sigmoid output, summed
binary cross-entropy and KL, Adam at 1e-3, batch 128, images opened and converted one by one by torchvision's MNIST.
"""

import struct
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim
from torchvision import datasets, transforms

from vae.data.dataset import Dataset


class ReferenceVAE(nn.Module):
    """The example's VAE, on images as (B, 784) in [0, 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the reconstructions (B, 784) of images in [0, 1], and μ and log σ² (B, 20)."""
        h1 = F.relu(self.fc1(x.view(-1, 784)))
        mu, logvar = self.fc21(h1), self.fc22(h1)
        std = torch.exp(0.5 * logvar)
        z = mu + torch.randn_like(std) * std
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def loss_function(recon_x: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Compute the example's loss, binary cross-entropy + KL, in nats, summed over the batch."""
    bce = F.binary_cross_entropy(recon_x, x.view(-1, 784), reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def write_mnist(dataset: Dataset, root: Path) -> None:
    """Write MNIST into `root`, to the place and in the format that torchvision reads."""
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, images, labels in (
        ("train", dataset.train_images, dataset.train_labels),
        ("t10k", dataset.test_images, dataset.test_labels),
    ):
        for kind, array in (("images-idx3", images[:, 0].numpy()), ("labels-idx1", labels.numpy().astype(np.uint8))):
            header = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">i", size) for size in array.shape)
            (raw / f"{part}-{kind}-ubyte").write_bytes(header + array.tobytes())


class Reference:
    """The example's training and testing; training goes on for as many steps as a call asks for."""

    def __init__(self, root: Path, device: torch.device) -> None:
        torch.manual_seed(1)
        mnist = datasets.MNIST(str(root), train=True, transform=transforms.ToTensor())
        test = datasets.MNIST(str(root), train=False, transform=transforms.ToTensor())
        self.device = device
        kwargs = {"num_workers": 1, "pin_memory": True} if device.type == "cuda" else {}
        self.loader = torch.utils.data.DataLoader(mnist, batch_size=128, shuffle=True, **kwargs)  # type: ignore[arg-type]
        self.test_loader = torch.utils.data.DataLoader(test, batch_size=128, shuffle=False, **kwargs)  # type: ignore[arg-type]
        self.model = ReferenceVAE().to(device)
        self.optimizer = optim.Adam(self.model.parameters(), lr=1e-3)
        self._batches: Iterator[list[Tensor]] = iter(())

    def seconds_per_step(self, steps: int) -> float:
        """Train `steps` steps (469 make an epoch) and return the mean seconds of one."""
        self.model.train()
        train_loss, done = 0.0, 0
        began = time.perf_counter()
        while done < steps:
            batch = next(self._batches, None)
            if batch is None:
                self._batches = iter(self.loader)
                continue
            data = batch[0].to(self.device)
            self.optimizer.zero_grad()
            recon_batch, mu, logvar = self.model(data)
            loss = loss_function(recon_batch, data, mu, logvar)
            loss.backward()
            train_loss += loss.item()
            self.optimizer.step()
            done += 1
        return (time.perf_counter() - began) / steps

    @torch.no_grad()
    def test_loss(self) -> float:
        """Compute the loss in nats per image over all test images, with one draw of z each."""
        self.model.eval()
        total = 0.0
        for images, _ in self.test_loader:
            data = images.to(self.device)
            total += loss_function(*_reorder(self.model(data), data)).item()
        return total / len(self.test_loader.dataset)  # type: ignore[arg-type]


def _reorder(output: tuple[Tensor, Tensor, Tensor], data: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    recon, mu, logvar = output
    return recon, data, mu, logvar
