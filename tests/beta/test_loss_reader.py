"""The loss reader: it reads pasted losses, and nothing that is pasted runs or raises."""

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.conventions import every_convention
from vae.beta.balance import CROSS_ENTROPY, GAUSSIAN, SQUARED_ERROR, Convention, balance
from vae.beta.code_bases import PRESETS, equivalents, torch_lines
from vae.beta.loss_reader import LONGEST, LossReading, read_loss

KL = "-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())"
BCE_SUM = "F.binary_cross_entropy(recon_x, x.view(-1, 784), reduction='sum')"
SUMS = {"pixels": "sum", "batch": "sum", "latents": "sum", "kl_batch": "sum"}
MEANS = {"pixels": "mean", "batch": "mean"}
PER_IMAGE = {"pixels": "sum", "batch": "mean", "latents": "sum", "kl_batch": "mean"}


def says(lines: list[str], words: str) -> bool:
    return any(words in line for line in lines)


def test_every_convention_is_read_back_from_its_own_lines() -> None:
    sizes = ("channels", "height", "width", "latent_dim", "batch_size", "pixel_range")
    for convention in every_convention():
        reading = read_loss(torch_lines(convention))
        found = asdict(Convention()) | {name: getattr(convention, name) for name in sizes} | reading.settings
        if convention.reconstruction != GAUSSIAN:
            found["sigma"] = convention.sigma
        assert reading.undecided == []
        assert balance(Convention(**found)).ratio == pytest.approx(balance(convention).ratio)


@pytest.mark.parametrize("name", PRESETS)
def test_the_lines_that_the_page_shows_are_read_back(name: str) -> None:
    for one in equivalents(PRESETS[name].convention):
        reading = read_loss(one.lines)
        assert reading.undecided == []
        assert reading.settings["kl_weight"] == pytest.approx(one.weight, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"BCE = {BCE_SUM}\nKLD = {KL}\nreturn BCE + KLD", {"reconstruction": CROSS_ENTROPY, "kl_weight": 1.0, **SUMS}),
        (f"loss = F.mse_loss(a, b) + 0.1 * ({KL}) / x.size(0)", {"kl_weight": 0.1, "kl_batch": "mean", **MEANS}),
        (f"loss = nn.MSELoss()(a, b) + {KL}", {"reconstruction": SQUARED_ERROR, "latents": "sum", **MEANS}),
        (
            f"criterion = nn.BCELoss(reduction='sum')\nl = criterion(a, b) / B + 4 * ({KL}) / B",
            {"kl_weight": 4.0, **PER_IMAGE},
        ),
        (
            f"c = nn.BCEWithLogitsLoss(size_average=False)\nl = c(a, b) + {KL}",
            {"reconstruction": CROSS_ENTROPY, **SUMS},
        ),
        (f"c = nn.MSELoss()\nc.size_average = False\nl = c(a, b) + {KL}", {"reconstruction": SQUARED_ERROR, **SUMS}),
        (
            "l = 0.5 * ((x - x_hat) ** 2).sum((1, 2, 3)).mean() + (mu**2 + lv.exp() - 1 - lv).mul(0.5).sum(1).mean()",
            {"half": True, "reconstruction_weight": 1.0, "kl_weight": 1.0, **PER_IMAGE},
        ),
        (
            "K1 = mu.pow(2).add_(logvar.exp()).mul_(-1).add_(1).add_(logvar)\n"
            f"l = {BCE_SUM} + torch.sum(K1).mul_(-0.5)",
            {"kl_weight": 1.0, **SUMS},
        ),
        (
            "r = tf.reduce_mean(tf.reduce_sum(keras.losses.binary_crossentropy(x, y), axis=(1, 2)))\n"
            "k = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))\n"
            "k = tf.reduce_mean(tf.reduce_sum(k, axis=1))\ntotal = r + k",
            {"reconstruction": CROSS_ENTROPY, "kl_weight": 1.0, **PER_IMAGE, "pixels": "channel mean"},
        ),
        (
            "r = tf.reduce_mean(keras.losses.binary_crossentropy(x, y))\nr *= 28 * 28\n"
            "k = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)\nk = tf.reduce_mean(k)\nk *= -0.5\nloss = r + k",
            {"reconstruction_weight": 784.0, "kl_weight": 1.0, "latents": "mean", "kl_batch": "mean", **MEANS},
        ),
        (
            "xent = original_dim * metrics.binary_crossentropy(x, y)\n"
            "kl = -0.5 * K.sum(1 + z_log_var - K.square(z_mean) - K.exp(z_log_var), axis=-1)\nl = K.mean(xent + kl)",
            {"reconstruction_weight": 1.0, **PER_IMAGE},
        ),
        (
            "px = Normal(x_hat, 0.1)\nloss = -px.log_prob(x).sum() + kl_divergence(q, p).sum()",
            {"reconstruction": GAUSSIAN, "sigma": 0.1, "kl_weight": 1.0, **SUMS},
        ),
        (
            f"def loss(x, y, mu, logvar, beta=4.0):\n    return rec(x, y) + beta * kl(mu, logvar)\n"
            f"def rec(x, y):\n    return {BCE_SUM}\ndef kl(mu, logvar):\n    return {KL}",
            {"kl_weight": 4.0, **SUMS},
        ),
        (
            f"def loss(x, a=4.0, /, b=2.0, *, c=3.0):\n    return {BCE_SUM} + a * b * c * {KL}",
            {"kl_weight": 24.0, **SUMS},
        ),
        (f"r, k = {BCE_SUM}, {KL}\nloss = total = r + 3 * k", {"kl_weight": 3.0, **SUMS}),
        (
            "px = Independent(Normal(x_hat, scale=2), 3)\nloss = (kl_divergence(q, p).sum(1) - px.log_prob(x)).mean()",
            {"reconstruction": GAUSSIAN, "sigma": 2.0, "kl_weight": 1.0, **PER_IMAGE},
        ),
        (f"match kind:\n    case 'bce':\n        loss = {BCE_SUM} + 5 * {KL}", {"kl_weight": 5.0, **SUMS}),
        (f"elbo = -{BCE_SUM} - 2 * ({KL})", {"kl_weight": 2.0, **SUMS}),
        (f"KLD = {KL}\nKLD /= 128 * 784\nloss = F.binary_cross_entropy(a, b) + KLD", {"kl_weight": 1 / 128 / 784}),
    ],
)
def test_the_ways_in_which_losses_are_written(text: str, expected: dict[str, Any]) -> None:
    reading = read_loss(text)
    assert reading.undecided == []
    assert {name: reading.settings[name] for name in expected} == pytest.approx(expected)


def test_lines_cut_out_of_a_function_or_fenced_are_read() -> None:
    cut = f"recons = F.mse_loss(a, b)\n        kld = {KL}\n        return recons + kld"
    fenced = f"```python\nloss = F.mse_loss(a, b) + {KL}\n```"
    for text in (cut, fenced):
        reading = read_loss(text)
        assert reading.settings["kl_weight"] == 1
        assert reading.undecided == []


@pytest.mark.parametrize(
    ("text", "words", "left_open"),
    [
        (f"loss = F.mse_loss(a, b) + kld_weight * {KL[7:]} * -0.5", "the value of `kld_weight`", "kl_weight"),
        (
            f"loss = F.mse_loss(a, b, reduction=self.how) + {KL}",
            "how the reconstruction is reduced over pixels",
            "pixels",
        ),
        (
            f"loss = F.mse_loss(a, b, reduction='none') + {KL}",
            "how the reconstruction is reduced over the batch",
            "batch",
        ),
        (f"loss = F.mse_loss(a, b) - {KL}", "the sign of the KL", "kl_weight"),
        (f"loss = F.mse_loss(a, b) + 1e40 * {KL}", "a weight of 1e+40 on the KL", "kl_weight"),
        ("loss = -Normal(x_hat, s).log_prob(x).sum()", "the value of σ", "sigma"),
        (f"loss = F.l1_loss(a, b) + {KL}", "`l1_loss`, a loss that has no place here", "reconstruction"),
        (f"loss = {BCE_SUM} + NLNC + {KL}", "what `NLNC` adds to the loss", ""),
        (f"loss = {BCE_SUM} + F.mse_loss(a, b) + {KL}", "2 reconstruction terms", ""),
        (f"if a:\n    r = F.mse_loss(a, b)\nelse:\n    r = {BCE_SUM}\nloss = r + {KL}", "the last one is taken", ""),
        ("kl = 0.5 * torch.sum(mu**2 - logvar.exp() - logvar - 1)", "a sign that no KL has", "kl_weight"),
        ("print('hello')", "the reconstruction term", "pixels"),
        ("loss = F.mse_loss(a, b)", "the KL: no expression", "kl_weight"),
        (f"this is no Python\nloss = F.mse_loss(a, b) + {KL}", "`this is no Python` is not Python", ""),
        (f"x = {'+'.join('a' * 90)}\nloss = F.mse_loss(a, b) + {KL}", "nested deeper than 60 levels", ""),
        (f"loss = ({'+'.join('a' * 50)}) * {BCE_SUM}", "the value of `a + a + a", ""),
        (f"loss = {BCE_SUM} * [{'1, ' * 200}]", "the value of `a long expression`", ""),
        ("loss = F.mse_loss(a, b, reduction=['sum'])", "how the reconstruction is reduced over pixels", "pixels"),
        ("", "there is no text", "reconstruction"),
        ("x" * (LONGEST + 1), "longer than 20,000 characters", "reconstruction"),
    ],
)
def test_what_the_text_does_not_decide_is_said_and_left_open(text: str, words: str, left_open: str) -> None:
    reading = read_loss(text)
    assert says(reading.undecided, words), reading.undecided
    assert left_open not in reading.settings


def test_what_is_taken_for_granted_is_said() -> None:
    assert says(read_loss(f"r = F.mse_loss(a, b)\nk = {KL}").assumed, "no line adds them")
    assert says(read_loss(f"l = {BCE_SUM} / n + ({KL}) / n").assumed, "`n` is the batch size")
    assert says(read_loss(f"elbo = -{BCE_SUM} - ({KL})").assumed, "is an ELBO")
    assert says(read_loss("((x - y) ** 2).sum(1).mean()").assumed, "lie on the one axis")
    assert says(read_loss(f"l = {BCE_SUM} + {KL} + 1e-8").assumed, "a number that is added to the loss")
    assert not says(read_loss(f"l = 0\nl += {BCE_SUM}\nl += {KL}").assumed, "a number")


def test_nothing_that_is_pasted_runs(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for text in (
        f"open({str(mark)!r}, 'w')",
        f"loss = F.mse_loss(open({str(mark)!r}, 'w'), b)",
        f"def __getattr__(x=open({str(mark)!r}, 'w')): ...",
        f"__import__('os').system('touch {mark}')",
    ):
        read_loss(text)
    assert not mark.exists()


HOSTILE = [
    "1+" * 9_000 + "1",
    "(" * 9_000,
    "-" * 19_000 + "1",
    "a." * 9_000 + "a",
    "a(" * 90 + ")" * 90,
    "f(1)" + "(1)" * 3_000,
    "x = 10 ** 10 ** 10 ** 10",
    "x = " + "9" * 6_000,
    "x = 1e308 * 1e308 * F.mse_loss(a, b)",
    "x = 1 / 0",
    "a = a * a\n" * 1_000,
    "def f(): return f() + F.mse_loss(a, b)\n" * 200,
    "x = F.mse_loss(a, b)\n" + "x = x + x\n" * 40,
    "\0",
    "\ud800",
    "lambda: (yield)",
    "F.mse_loss(*a, **b).sum(dim=dim).mean(0, 1, 2)",
    "F.mse_loss(x, y).sum(dim={[]: 1})",
    "F.mse_loss(x, y, reduction={[]: 1})",
    "Normal(x, scale=0x" + "f" * 10_000 + ").log_prob(x)",
    "x = 0x" + "f" * 18_000 + " * F.mse_loss(a, b)",
    "x = f'{a!r:>{b}}\\n' * F.mse_loss(a, b)",
    "p = Normal(x, p.log_prob(x))\n" * 600,
    "match x:\n case " + "[" * 90 + "]" * 90 + ": F.mse_loss(a, b)",
    "sum()",
    "mse_loss()",
    "Normal().log_prob()",
    "square()",
    "x: int",
    "'" * 3 + "\n" * 300,
    "if x:\n" * 300,
    "(\n" * 9_000,
    "a b\n" * 4_500,
    ("x = [\n" + "1,\n" * 38 + "]\n  y\n") * 100,
    "if a: b\n" + "elif a: b\n" * 1_900,
    "x = a" + "*a" * 900,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_an_answer_in_words(text: str) -> None:
    reading = read_loss(text)
    assert isinstance(reading, LossReading)
    assert len(reading.undecided) < 40
    "".join(reading.undecided).encode()  # as the page has to


def test_losses_with_characters_changed_at_random_are_answered() -> None:
    chance = random.Random(0)
    whole = torch_lines(PRESETS["pythae, mse"].convention) + f"\nloss = {BCE_SUM} + {KL}"
    for _ in range(300):
        text = list(whole)
        for _ in range(chance.randint(1, 8)):
            text[chance.randrange(len(text))] = chance.choice("()[]=+-*/.,:'\"\n 01xσ")
        reading = read_loss("".join(text))
        Convention(**(asdict(Convention()) | reading.settings))
