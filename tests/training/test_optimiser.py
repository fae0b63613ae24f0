"""The optimiser: Adam, whatever the weights' places in memory."""

import torch
from torch import nn

from vae.training.config import TrainConfig
from vae.training.optimiser import Optimiser


def layers() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.Flatten(), nn.Linear(108, 5)).to(memory_format=torch.channels_last)


def test_it_takes_adams_steps_and_keeps_the_layout_of_convolutions() -> None:
    config, cpu = TrainConfig(epochs=1, adam_beta2=0.9), torch.device("cpu")
    ours, theirs = layers(), layers()
    strides = [weights.stride() for weights in ours.parameters()]
    optimiser = Optimiser(ours.parameters(), config, cpu)
    adam = torch.optim.Adam(theirs.parameters(), betas=(0.9, 0.9), fused=True)
    assert [weights.stride() for weights in ours.parameters()] == strides
    images = torch.rand(4, 1, 8, 8)
    for rate in (1e-2, 3e-3):
        optimiser.set_rate(rate)
        optimiser.step(ours(images).square().sum())
        adam.param_groups[0]["lr"] = rate
        adam.zero_grad()
        theirs(images).square().sum().backward()
        adam.step()
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
