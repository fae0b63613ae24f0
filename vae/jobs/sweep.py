"""Sweeps: a VAE for every β, latent size and seed, each an ordinary checkpoint, on the engine that is fastest here.

A finished member is not trained again, so that an interrupted sweep continues where it stopped. The same seeds give the
same results on every engine, except that stacked runs differ by the rounding of their matrix products, which training
amplifies.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from vae.data.dataset import Dataset
from vae.data.datasets import load_dataset
from vae.jobs.engine_processes import cores, processes
from vae.jobs.engine_ray import on_ray
from vae.jobs.engines import Event, one_by_one, stacked
from vae.jobs.plan import ENGINES, Member
from vae.storage.checkpoints import Checkpoint, load
from vae.storage.claims import claiming
from vae.storage.names import CheckpointError, checkpoint_path
from vae.storage.shipped import refuse_shipped
from vae.training.build import choose_device
from vae.training.config import TrainConfig, fulfils
from vae.training.precision import choose_precision


def finished(member: Member) -> Checkpoint | None:
    """Return the member's checkpoint if it is measured and trained to its end on the same settings; else None."""
    try:
        checkpoint = load(member.name)
    except CheckpointError:
        return None
    done = checkpoint.finished and checkpoint.metrics and fulfils(checkpoint.config, member.config)
    return checkpoint if done else None


def choose_engine(config: TrainConfig) -> str:
    """Return the engine that `auto` stands for: stacked on CUDA, processes on CPUs, one-by-one on one core or on MPS.

    Raises:
        ValueError: for a device that is not there.
    """
    device = choose_device(config.device).type
    if device == "cuda":
        return "stacked"
    return "processes" if device == "cpu" and cores() > 1 else "one-by-one"


def settled(config: TrainConfig) -> TrainConfig:
    """Return the settings with the precision that `auto` stands for: here, and not in every process by itself.

    Raises:
        ValueError: for a device or a precision that is not there.
    """
    return replace(config, precision=choose_precision(config, choose_device(config.device)))


def sweep(
    members: Sequence[Member],
    engine: str = "auto",
    ray_address: str | None = None,
    dataset: Dataset | None = None,
    *,
    replace_shipped: bool = False,
) -> Generator[Event, None, None]:
    """Train the members that are not finished, and yield the events of all.

    A checkpoint of a member's name that is unfinished, has other settings or is not measured is replaced. A member
    whose name another process has claimed fails before anything is trained, and so does one that would replace a run
    that comes with the project. A member that fails is reported, and the others go on. Closing the generator, or
    Ctrl-C, keeps the members that are finished and saves nothing of the others.

    Args:
        engine: one of `ENGINES`.
        ray_address: the address of a cluster for the engine `ray`; by default one is started here for the sweep.
        dataset: by default loaded by its name; worker processes and the nodes of a cluster always load it themselves.
        replace_shipped: also replace runs that come with the project.

    Raises:
        DatasetError: when the data set cannot be loaded.
        ClusterError: when Ray is not installed or the cluster cannot be reached.
        ValueError: for an engine, a device or a precision that is not there.
    """
    if engine not in ENGINES:
        raise ValueError(f"There is no engine {engine!r}; choose one of {', '.join(ENGINES)}.")
    with ExitStack() as claims:
        left = []
        for member in members:
            try:
                claims.enter_context(claiming(member.name, replacing=True))
                checkpoint = finished(member)
                if checkpoint is None and not replace_shipped:
                    refuse_shipped(checkpoint_path(member.name), "replaced", "--replace-shipped")
            except CheckpointError as error:
                yield Event(member, "failed", error=str(error))
                continue
            if checkpoint is None:
                left.append(member)
            else:
                yield Event(member, "skipped", 1.0, checkpoint.metrics)
        if left:
            # Loaded here first, so that no two processes download it at once.
            dataset = dataset or load_dataset(left[0].config.dataset)
            yield from _train(left, engine, ray_address, dataset)


def _train(left: list[Member], engine: str, ray_address: str | None, dataset: Dataset) -> Iterator[Event]:
    chosen = choose_engine(left[0].config) if engine == "auto" else engine
    if chosen != "ray":  # whose nodes may be of another kind than this machine
        left = [replace(member, config=settled(member.config)) for member in left]
    if chosen == "processes":
        yield from processes(left)
    elif chosen == "ray":
        yield from on_ray(left, ray_address)
    else:
        yield from (stacked if chosen == "stacked" else one_by_one)(left, dataset)
