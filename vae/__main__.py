"""The command line: `python -m vae train`, `sweep`, `list`, `evaluate`, `shrink` and `judge`."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, NoReturn

from vae.data.datasets import DatasetError, binarise, load_dataset
from vae.jobs.engine_ray import ClusterError
from vae.jobs.engines import Event
from vae.jobs.sweep import ENGINES, plan, sweep
from vae.measure.evaluate import evaluate
from vae.measure.likelihood import likelihood
from vae.measure.quality import likelihood_measures, measure
from vae.models.judge import JudgeError, judge_path, load_judge, save_judge, train_judge
from vae.storage.checkpoints import (
    WEIGHTS,
    CheckpointError,
    CheckpointNameError,
    list_checkpoints,
    load,
    load_model,
    record,
    shrink,
    unused_name,
    write_metrics,
)
from vae.training.config import CHOICES, TrainConfig, recommended
from vae.training.loop import TrainingDivergedError, choose_device, train
from vae.training.tensorboard import follow

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


def _parser() -> argparse.ArgumentParser:
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


def _config(args: argparse.Namespace) -> TrainConfig:
    budgets = {key: getattr(args, key) for key in ("epochs", "steps", "seconds")}
    if not any(value is not None for value in budgets.values()):
        budgets["epochs"] = 20
    settings = {f.name: getattr(args, f.name) for f in fields(TrainConfig)} | budgets
    recipe = recommended(args.latent_dim, args.body, **budgets)
    return TrainConfig(**settings | {key: value for key, value in recipe.items() if settings[key] is None})


def _train(args: argparse.Namespace) -> dict[str, Any]:
    config = _config(args)
    name = args.name or unused_name(config.default_name())
    dataset = load_dataset(config.dataset)
    bar = _Bar(name)
    reports = record(train(config, dataset, bar.step), name, config, dataset, overwrite=args.overwrite)
    if args.tensorboard:
        reports = follow(reports, name, dataset)
    report = None
    for report in reports:
        bar.line(
            f"epoch {report.epoch:<6.4g} train {report.train.total:8.2f}   test {report.test.total:8.2f} "
            f"(reconstruction {report.test.reconstruction:.2f}, KL {report.test.kl:.2f})   "
            f"{report.images_per_second:,.0f} images/s"
        )
    bar.clear()
    assert report is not None
    metrics = evaluate(report.model, dataset, config)
    write_metrics(name, metrics)
    checkpoint = load(name)
    return {
        "name": name,
        "path": str(checkpoint.path),
        "steps": report.step,
        "epochs": round(report.epoch, 4),
        "seconds": round(report.elapsed, 2),
        "device": checkpoint.device,
        "command": checkpoint.command,
        "metrics": metrics,
    }


def _sweep(args: argparse.Namespace) -> dict[str, Any]:
    if args.ray_address and args.engine != "ray":
        raise ValueError("--ray-address goes with --engine ray.")
    epochs = 20 if args.epochs is None and args.steps is None else args.epochs
    settings = {key: getattr(args, key) for key in ("model", "body", "likelihood", "dataset", "device", "steps")}
    if args.hidden:
        settings["hidden"] = args.hidden
    members = plan(args.betas, args.latent_dims, args.seeds, args.name, epochs=epochs, **settings)
    began, bar = time.monotonic(), _Bar(args.name)
    ended: dict[str, Event] = {}
    progress: dict[str, float] = {}
    for event in sweep(members, args.engine, args.ray_address):
        if event.ended:
            ended[event.member.name] = event
            bar.line(f"{len(ended)} of {len(members)}  {event.member.name} {event.error or event.state}")
        progress[event.member.name] = 1.0 if event.ended else event.progress
        skipped = sum(e.state == "skipped" for e in ended.values())
        if len(members) > skipped:
            bar.step((sum(progress.values()) - skipped) / (len(members) - skipped))
    bar.clear()
    rows = [
        {
            "name": member.name,
            "beta": member.config.beta,
            "latent_dim": member.config.latent_dim,
            "seed": member.config.seed,
            "state": ended[member.name].state,
            "error": ended[member.name].error,
            "metrics": ended[member.name].metrics,
        }
        for member in members
    ]
    failed = sum(row["state"] == "failed" for row in rows)
    return {"members": rows, "failed": failed, "seconds": round(time.monotonic() - began, 2)}


class _Bar:
    """A progress bar with the time left, on standard error, drawn where there is a terminal."""

    def __init__(self, name: str) -> None:
        self.name, self.began, self.drawn = name, time.monotonic(), 0.0

    def step(self, progress: float) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self.drawn < 0.1 or progress <= 0:
            return
        self.drawn = now
        left = (now - self.began) * (1 - progress) / progress
        filled = round(30 * progress)
        bar = "█" * filled + "░" * (30 - filled)
        print(f"\r\033[K{self.name} {bar} {progress:4.0%}  {left:.0f} s left", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def line(self, text: str) -> None:
        self.clear()
        print(text, file=sys.stderr, flush=True)


def _list(_: argparse.Namespace) -> dict[str, Any]:
    sound, damaged = list_checkpoints()
    rows = [
        {
            "name": c.name,
            "model": c.model,
            "dataset": c.config.dataset,
            "latent_dim": c.config.latent_dim,
            "beta": None if c.model == "ae" else c.config.beta,
            "epochs": c.epochs_done,
            "finished": c.finished,
            "metrics": c.metrics,
        }
        for c in sound
    ]
    return {"checkpoints": rows, "damaged": [{"name": d.name, "reason": d.reason} for d in damaged]}


def _evaluate(args: argparse.Namespace) -> dict[str, Any]:
    if args.binarised and args.likelihood_samples is None:
        raise ValueError("--binarised goes with --likelihood-samples.")
    checkpoint = load(args.name)
    config, device, bar = checkpoint.config, choose_device(args.device), _Bar(args.name)
    model, dataset = load_model(checkpoint, device), load_dataset(config.dataset)
    result: dict[str, Any] = {}
    if args.likelihood_samples is not None:
        images = binarise(dataset.test_images, args.seed) if args.binarised else dataset.test_images
        terms = likelihood(model, images, config, (args.likelihood_samples,), args.seed, bar.step)
        words = f"{'binarised' if args.binarised else 'grey'} test images"
        measures = likelihood_measures(terms, words, args.seed)
        result["binarised"] = args.binarised
        result["likelihood"] = {name: asdict(measure) for name, measure in measures.items()}
    if args.quality:
        judge = load_judge(judge_path(dataset.name))[0].to(device)
        result["quality"] = measure(
            model, dataset, judge, config, seed=args.seed, on_progress=lambda done, _: bar.step(done)
        )
    bar.clear()
    metrics = evaluate(model, dataset, config, args.seed) | result
    if args.keep:
        write_metrics(args.name, metrics)
    return {"name": args.name} | metrics


def _shrink(args: argparse.Namespace) -> dict[str, Any]:
    shrink(args.name)
    weights = load(args.name).path / WEIGHTS
    return {"name": args.name, "bytes": weights.stat().st_size}


def _judge(args: argparse.Namespace) -> dict[str, Any]:
    if args.epochs < 1:
        raise ValueError(f"epochs must be at least 1, not {args.epochs}.")
    dataset, path = load_dataset(args.dataset), judge_path(args.dataset)
    report = None
    for report in train_judge(dataset, args.epochs, args.seed):
        print(f"epoch {report.epoch:<3} loss {report.loss:.4f}   accuracy {report.accuracy:.2%}", file=sys.stderr)
    assert report is not None
    save_judge(report, dataset, path)
    return {"path": str(path), "epochs": report.epoch, "accuracy": report.accuracy}


def _show_judge(result: dict[str, Any]) -> str:
    return f"{result['path']}: reads {result['accuracy']:.2%} of the test images right"


def _show_train(result: dict[str, Any]) -> str:
    return f"{result['path']}: {result['steps']} steps in {result['seconds']} s\n{_show_metrics(result['metrics'])}"


def _show_sweep(result: dict[str, Any]) -> str:
    lines = [
        f"{'β':>7} {'latent':>6} {'seed':>4} {'test rec':>9} {'KL':>8} {'−ELBO':>9} {'active':>6} {'kNN':>6}  name"
    ]
    for row in sorted(result["members"], key=lambda row: (row["latent_dim"], row["beta"], row["seed"])):
        start = f"{row['beta']:>7g} {row['latent_dim']:>6} {row['seed']:>4} "
        if row["metrics"] is None:
            lines.append(f"{start}{row['state']}: {row['error']}")
            continue
        m = row["metrics"]
        lines.append(
            f"{start}{m['test_reconstruction']:>9.2f} {m['test_kl']:>8.2f} {-m['elbo']:>9.2f} {m['active_units']:>6} "
            f"{m['knn_accuracy']:>6.1%}  {row['name']}"
        )
    return "\n".join(lines)


def _show_list(result: dict[str, Any]) -> str:
    lines = [f"{'name':<28} {'model':<15} {'data':<15} {'latent':>6} {'β':>6} {'epochs':>7} {'test rec':>9} {'kNN':>7}"]
    for row in result["checkpoints"]:
        reconstruction, accuracy = row["metrics"].get("test_reconstruction"), row["metrics"].get("knn_accuracy")
        lines.append(
            f"{row['name']:<28} {row['model']:<15} {row['dataset']:<15} {row['latent_dim']:>6} "
            f"{'–' if row['beta'] is None else format(row['beta'], 'g'):>6} {row['epochs']:>7.4g} "
            f"{'–' if reconstruction is None else format(reconstruction, '.2f'):>9} "
            f"{'–' if accuracy is None else format(accuracy, '.1%'):>7}"
            + ("" if row["finished"] else "  (stopped early)")
        )
    lines += [f"{row['name']:<28} damaged: {row['reason']}" for row in result["damaged"]]
    return "\n".join(lines)


def _show_metrics(metrics: dict[str, Any]) -> str:
    return "\n".join(
        f"  {key.replace('_', ' '):<20} {value:.4f}"
        if isinstance(value, float)
        else f"  {key.replace('_', ' '):<20} {value}"
        for key, value in metrics.items()
        if value is not None
    )


def _show_shrink(result: dict[str, Any]) -> str:
    return f"{result['name']}: weights of {result['bytes'] / 1e6:.1f} MB"


def _show_evaluate(result: dict[str, Any]) -> str:
    lines = [_show_metrics({key: value for key, value in result.items() if not isinstance(value, dict)})]
    quality = result.get("quality", {})
    samples = {f"samples ({sampler})": found for sampler, found in (quality.get("samples") or {}).items()}
    for title, measures in {
        "likelihood of all test images": result.get("likelihood"),
        "likelihood of some test images": quality.get("likelihood"),
        "latent space": quality.get("latents"),
        **samples,
    }.items():
        if measures:
            lines += [title, *(_show_measure(name, measure) for name, measure in measures.items())]
    return "\n".join(lines)


def _show_measure(name: str, measure: dict[str, Any]) -> str:
    interval = "" if measure["low"] is None else f"[{measure['low']:.4f}, {measure['high']:.4f}]"
    return f"  {name.replace('_', ' '):<20} {measure['value']:<10.4f} {interval:<24} {measure['unit']}"


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = _parser().parse_args(argv)
    command, show = {
        "train": (_train, _show_train),
        "sweep": (_sweep, _show_sweep),
        "list": (_list, _show_list),
        "evaluate": (_evaluate, _show_evaluate),
        "shrink": (_shrink, _show_shrink),
        "judge": (_judge, _show_judge),
    }[args.command]
    try:
        result = command(args)
    except (ValueError, CheckpointNameError) as error:
        print(f"python -m vae {args.command}: {error}", file=sys.stderr)
        return 2
    except (CheckpointError, ClusterError, DatasetError, JudgeError, TrainingDivergedError) as error:
        print(f"python -m vae {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = "what is finished is kept, and the same command goes on"
        if args.command != "sweep":
            kept = "the last full epoch, if there was one, is kept as a checkpoint"
        print(f"\nStopped; {kept}.", file=sys.stderr)
        return 130
    print(json.dumps(result, ensure_ascii=False) if args.json else show(result))
    return 1 if result.get("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
