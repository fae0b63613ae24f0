"""The arguments of the command line."""

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from vae.jobs.sweep import ENGINES
from vae.training.config import CHOICES

EPILOG = """examples:
  python -m vae train --model vae --latent-dim 2 --beta 4 --epochs 5 --name my-vae
  python -m vae train --model ae --latent-dim 20 --seconds 10
  python -m vae sweep --betas 0.1,0.5,1,2,4 --latent-dims 2,10,20 --seeds 3
  python -m vae list
  python -m vae evaluate my-vae --json
  python -m vae evaluate my-vae --quality --likelihood-samples 500 --binarised

Losses are in nats per image: summed over pixels and latent dimensions, averaged over images.
Exit status: 0 done, 1 failed, 2 bad arguments."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (try --help)\n")


def _list_of(kind: Callable[[str], Any], example: str) -> Callable[[str], tuple[Any, ...]]:
    """A parser of numbers with commas between them."""

    def parse(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(part) for part in text.split(","))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not like {example}") from None

    return parse


_hidden = _list_of(int, "400,400")


def parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    about = "Train, list and measure autoencoders and variational autoencoders."
    parser = _Parser("python -m vae", description=about, epilog=EPILOG, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    help_train = "train a model into a checkpoint that the app lists at once"
    trainer = commands.add_parser("train", help=help_train, description=help_train, epilog=EPILOG, formatter_class=raw)
    model = trainer.add_argument_group("model")
    model.add_argument("--model", choices=CHOICES["model"], default="vae", help="default: vae")
    model.add_argument("--latent-dim", type=int, default=2, help="latent size, 1 to 128; default: 2")
    model.add_argument("--body", choices=("mlp", "conv"), default="mlp", help="default: mlp")
    model.add_argument(
        "--hidden", type=_hidden, help="layer widths or channels, such as 400,400; default: the recipe's"
    )
    model.add_argument("--activation", help="relu, silu, gelu, tanh or sigmoid; default: the recipe's")
    objective = trainer.add_argument_group("objective")
    objective.add_argument("--beta", type=float, default=1.0, help="weight of the KL; 1 is the ELBO; default: 1")
    objective.add_argument(
        "--beta-warmup", type=float, help="fraction of the run over which β rises from 0; default: the recipe's"
    )
    objective.add_argument(
        "--likelihood", choices=CHOICES["likelihood"], default="bernoulli", help="default: bernoulli"
    )
    objective.add_argument(
        "--binarised", action="store_true", help="black and white pixels, drawn anew in every epoch, as in papers"
    )
    objective.add_argument(
        "--input-noise",
        type=float,
        default=0.0,
        help="σ of Gaussian noise on the input alone, clipped to 0 to 1, which the model learns to remove; default: 0",
    )
    objective.add_argument("--sigma", type=float, default=0.5, help="of --likelihood gaussian; default: 0.5")
    objective.add_argument("--classifier-weight", type=float, default=10.0, help="of a classifier-vae; default: 10")
    budget = trainer.add_argument_group("budget (one of them; default: 20 epochs)")
    budget.add_argument("--epochs", type=int)
    budget.add_argument("--steps", type=int)
    budget.add_argument("--seconds", type=float, help="wall clock; the learning rate is annealed to its end")
    run = trainer.add_argument_group("run")
    run.add_argument("--dataset", choices=CHOICES["dataset"], default="mnist", help="all but mnist download once")
    run.add_argument("--batch-size", type=int, help="default: the recipe's")
    run.add_argument("--learning-rate", type=float, help="the peak; default: the recipe's")
    run.add_argument("--schedule", choices=CHOICES["schedule"], default="cosine", help="default: cosine")
    run.add_argument("--adam-beta2", type=float, default=0.99, help="default: 0.99")
    run.add_argument("--seed", type=int, default=0, help="default: 0")
    run.add_argument("--device", choices=CHOICES["device"], default="auto", help="auto is CUDA, then MPS, then the CPU")
    run.add_argument("--name", help="of the checkpoint; default: made from the settings")
    run.add_argument(
        "--tensorboard", action="store_true", help="event files in tensorboard/NAME beside the checkpoints"
    )
    run.add_argument("--overwrite", action="store_true", help="replace a checkpoint of that name")

    help_sweep = "train a VAE for every β, latent size and seed; what is finished already is not trained again"
    sweeper = commands.add_parser("sweep", help=help_sweep, description=help_sweep, formatter_class=raw, epilog=EPILOG)
    sweeper.add_argument(
        "--betas", type=_list_of(float, "0.1,0.5,1"), default=(0.1, 0.5, 1.0, 2.0, 4.0), help="default: 0.1,0.5,1,2,4"
    )
    sweeper.add_argument(
        "--latent-dims", type=_list_of(int, "2,10,20"), default=(2,), help="such as 2,10,20; default: 2"
    )
    sweeper.add_argument("--seeds", type=int, default=1, help="how many, from 0 on; default: 1")
    sweeper.add_argument("--model", choices=("vae", "classifier-vae"), default="vae", help="default: vae")
    sweeper.add_argument("--body", choices=("mlp", "conv"), default="mlp", help="default: mlp")
    sweeper.add_argument("--hidden", type=_hidden, help="such as 400,400; default: the recipe's")
    sweeper.add_argument("--likelihood", choices=CHOICES["likelihood"], default="bernoulli", help="default: bernoulli")
    sweeper.add_argument("--epochs", type=int, help="of every member; default: 20")
    sweeper.add_argument("--steps", type=int, help="of every member, in the place of epochs")
    sweeper.add_argument("--dataset", choices=CHOICES["dataset"], default="mnist", help="all but mnist download once")
    sweeper.add_argument("--device", choices=CHOICES["device"], default="auto", help="auto is CUDA, then MPS, then CPU")
    sweeper.add_argument("--name", default="sweep", help="what the checkpoints' names begin with; default: sweep")
    help_engine = "auto is stacked on CUDA and processes on CPUs; stacks are of MLPs, conv bodies train one by one"
    sweeper.add_argument("--engine", choices=ENGINES, default="auto", help=help_engine)
    sweeper.add_argument("--ray-address", help="of the cluster for --engine ray; default: one on this machine")

    help_list = "list the checkpoints, damaged ones with the reason"
    listing = commands.add_parser("list", help=help_list, description=help_list)
    help_evaluate = "measure a checkpoint on all test images"
    measurer = commands.add_parser("evaluate", help=help_evaluate, description=help_evaluate)
    measurer.add_argument("name")
    measurer.add_argument("--seed", type=int, default=0, help="of all draws; default: 0")
    measurer.add_argument("--device", choices=CHOICES["device"], default="auto")
    measurer.add_argument(
        "--likelihood-samples", type=int, metavar="K", help="also the importance-weighted bound of K draws an image"
    )
    measurer.add_argument("--binarised", action="store_true", help="that bound for binarised images, as in papers")
    measurer.add_argument(
        "--quality", action="store_true", help="also samples, latent space and bounds with intervals; about a minute"
    )
    measurer.add_argument("--keep", action="store_true", help="write it into the checkpoint's metrics.json")
    help_shrink = "store a checkpoint's weights in half precision, without film; measure it again afterwards"
    shrinker = commands.add_parser("shrink", help=help_shrink, description=help_shrink)
    shrinker.add_argument("name")
    help_judge = "train the classifier that reads what the models decode"
    judge = commands.add_parser("judge", help=help_judge, description=help_judge)
    judge.add_argument("--dataset", choices=CHOICES["dataset"], default="mnist", help="all but mnist download once")
    judge.add_argument("--epochs", type=int, default=12, help="default: 12, half an hour on 2 cores")
    judge.add_argument("--seed", type=int, default=0, help="default: 0")
    for command in (trainer, sweeper, listing, measurer, shrinker, judge):
        command.add_argument(
            "--json", action="store_true", help="one JSON object on standard output, nothing else there"
        )
    return parser
