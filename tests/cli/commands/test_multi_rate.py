"""The command line with a VAE for every β: trained, measured at any β, swept over latent sizes, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.helpers.command_line import run
from vae.beta.ladder import ladders
from vae.cli.arguments import parser
from vae.cli.commands.train import config_of
from vae.data.dataset import Dataset
from vae.storage.checkpoints import load
from vae.training.config import TrainConfig
from vae.training.recipe import recommended

BRIEF = ("--model", "multi-rate-vae", "--hidden", "16", "--device", "cpu")


@pytest.fixture
def quick(small: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the checkpoints, with small data in the place of MNIST."""
    for command in ("commands.train", "commands.evaluate"):
        monkeypatch.setattr(f"vae.cli.{command}.load_dataset", lambda _: small)
    monkeypatch.setattr("vae.jobs.sweep.load_dataset", lambda _: small)
    return folder


def test_it_is_trained_and_measured_at_any_beta(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "train", *BRIEF, "--steps", "300", "--batch-size", "32", "--json")
    assert status == 0
    trained = json.loads(out)
    assert trained["name"] == "multi-rate-vae-2d"
    kept = trained["metrics"]
    assert kept["elbo"] == pytest.approx(-kept["test_reconstruction"] - kept["test_kl"], rel=1e-6)
    measured = {}
    for beta in ("0.05", "1", "16"):
        status, out, _ = run(capsys, "evaluate", trained["name"], "--beta", beta, "--device", "cpu", "--json")
        assert status == 0
        measured[beta] = json.loads(out)
        assert measured[beta]["beta"] == float(beta)
    assert measured["1"]["elbo"] == pytest.approx(kept["elbo"], rel=1e-5)
    assert measured["0.05"]["test_kl"] > measured["1"]["test_kl"] > measured["16"]["test_kl"]
    assert load(trained["name"]).metrics["elbo"] == kept["elbo"]

    run(capsys, "train", "--hidden", "16", "--steps", "5", "--name", "plain", "--device", "cpu")
    for words, said in {
        "plain --beta 2": "--beta goes with runs of model multi-rate-vae, and plain is a run of model vae.",
        "multi-rate-vae-2d --beta 50": "--beta must be 0.03 to 20, not 50.",
        "multi-rate-vae-2d --beta nan": "--beta must be 0.03 to 20, not nan.",
        "multi-rate-vae-2d --beta 2 --keep": "--keep goes with β 1",
    }.items():
        status, out, err = run(capsys, "evaluate", *words.split())
        assert (status, out) == (2, "")
        assert said in err


def test_a_sweep_trains_one_for_every_latent_size_and_seed(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("sweep", *BRIEF, "--latent-dims", "2,3", "--seeds", "2", "--epochs", "1", "--engine", "stacked")
    status, out, _ = run(capsys, *words, "--json")
    assert status == 0
    names = [row["name"] for row in json.loads(out)["members"]]
    assert names == [f"sweep-multi-rate-vae-{dim}d-seed{seed}" for dim in (2, 3) for seed in (0, 1)]
    assert ladders([load(name) for name in names]) == []
    status, _, err = run(capsys, *words, "--betas", "0.5,2")
    assert status == 2
    assert "learns every β at once and is measured at β 1, not 0.5" in err


@pytest.mark.parametrize(
    ("words", "said"), [("--beta 4", "learns every β at once"), ("--beta-warmup 0.5", "no β warm")]
)
def test_a_beta_of_its_own_is_refused_in_a_sentence(
    words: str, said: str, quick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "train", *BRIEF, *words.split())
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_without_a_budget_it_has_forty_epochs() -> None:
    config = config_of(parser().parse_args(["train", "--model", "multi-rate-vae"]))
    assert config == TrainConfig(model="multi-rate-vae", epochs=40, **recommended(2, "mlp", epochs=40))
