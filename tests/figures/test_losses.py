"""Figures of losses and of KL by dimension."""

import numpy as np
import pandas as pd

from vae.figures.losses import kl_bars, loss_curves


def test_loss_curves_leave_out_the_kl_that_an_ae_does_not_have() -> None:
    history = pd.DataFrame({"epoch": [1, 2], "train_reconstruction": [9.0, 8], "test_reconstruction": [8.5, 8]})
    ae = history.assign(train_kl=0.0, test_kl=0.0)
    vae = history.assign(train_kl=[1.0, 2], test_kl=[1.5, 2])
    figure = loss_curves({"ae": ae, "vae": vae})
    kl = [trace for trace in figure.data if trace.xaxis == "x2"]
    assert {trace.legendgroup for trace in kl} == {"vae, test", "vae, train"}
    assert len(figure.data) == 6


def test_dimensions_stand_in_the_order_of_their_kl() -> None:
    (bars,) = kl_bars(np.array([0.1, 2.0, 0.0])).data
    assert list(bars.x) == ["z2", "z1", "z3"]
    assert list(bars.y) == [2.0, 0.1, 0.0]
