"""The slider's data: every rung's pictures, points and KL, of the same z and images, in the order of their β."""

import base64
import io

import numpy as np
from PIL import Image

from vae.beta.ladder import Rung
from vae.data.dataset import Dataset
from vae.ui.beta.ladder_slider import message
from vae.ui.beta.rungs import Look

RANDOM = np.random.default_rng(0)
LOOK = Look(seed=0, first_image=3, samples=16, images=10, points=30)


def images(count: int) -> np.ndarray:
    return RANDOM.integers(0, 256, (count, 1, 8, 8), dtype=np.uint8)


def rung(beta: float, *, spread: float = 1, losses: tuple[float, float] | None = None) -> Rung:
    points = spread * RANDOM.normal(size=(30, 2)).astype(np.float32)
    of_loss = losses or (90 + beta, 20 - beta)
    return Rung(beta, f"b{beta:g}", images(16), images(10), points, spread * RANDOM.random(3), *of_loss)


def picture(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))))


def test_each_rung_is_sent_as_it_is_and_the_slider_starts_at_the_elbo(small: Dataset) -> None:
    rungs = [rung(beta) for beta in (0, 0.5, 1, 4)]
    sent = message(rungs, small, LOOK)
    assert [one["beta"] for one in sent["rungs"]] == ["0", "0.5", "1", "4"]
    assert sent["start"] == 2
    for one, made in zip(sent["rungs"], rungs, strict=True):
        np.testing.assert_array_equal(picture(one["samples"])[:8, :8], made.samples[0, 0])
        copies = picture(one["copies"])
        np.testing.assert_array_equal(copies[:8, 9:17], small.test_images[LOOK.first_image + 1, 0])
        np.testing.assert_array_equal(copies[9:17, 9:17], made.reconstructions[1, 0])
        np.testing.assert_array_equal(copies[18:26, :8], small.test_images[LOOK.first_image + 5, 0])
        points = np.frombuffer(base64.b64decode(one["points"]), np.float32).reshape(-1, 2)
        np.testing.assert_array_equal(points, made.points)
        assert one["kl"] == sorted(made.kl, reverse=True)
        assert one["dimensions"][0] == f"z{made.kl.argmax() + 1}"
        bound, loss = one["numbers"]
        assert bound == (
            f"−ELBO = reconstruction loss {made.reconstruction:.2f} + KL {made.rate:.2f} = 110.00 nats per image."
        )
        total = made.reconstruction + made.beta * made.rate
        parts = f"{made.reconstruction:.2f} + {made.beta:g} · {made.rate:.2f}"
        assert loss == f"Loss with β = {parts} = {total:.2f} nats per image."


def test_the_numbers_that_are_read_add_up(small: Dataset) -> None:
    made = rung(16, losses=(170.571, 1.676))
    (one,) = message([made], small, LOOK)["rungs"]
    assert "170.57 + KL 1.68 = 172.25 nats" in one["numbers"][0]
    assert "170.57 + 16 · 1.68 = 197.45 nats" in one["numbers"][1]


def test_all_stops_share_the_scales_of_the_rungs_that_pay_for_the_kl(small: Dataset) -> None:
    rungs = [rung(0, spread=30), rung(0.5), rung(1)]
    sent = message(rungs, small, LOOK)
    paying = [np.abs(one.points).max() for one in rungs[1:]]
    assert max(paying) / 2 < sent["edge"] < 2 * max(paying)
    assert max(one.kl.max() for one in rungs[1:]) < sent["highest"] < 2
    beyond = [int(one["beyond"].split(" ")[0]) for one in sent["rungs"]]
    assert beyond[0] > 20
    assert all(count <= 1 for count in beyond[1:])


def test_a_classs_name_stands_on_one_of_its_points(small: Dataset) -> None:
    (one,) = message([rung(1)], small, LOOK)["rungs"]
    labels = small.test_labels[:30].numpy()
    points = np.frombuffer(base64.b64decode(one["points"]), np.float32).reshape(-1, 2)
    assert [mark["label"] for mark in one["medoids"]] == sorted(set(labels.tolist()))
    for mark in one["medoids"]:
        own = points[labels == mark["label"]]
        assert np.isclose(own, [mark["x"], mark["y"]]).all(1).any()
