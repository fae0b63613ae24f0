"""The training loop: `train()` yields one report per epoch, offers looks between, and knows neither screen nor disk.

The recipe: the whole set as one tensor in memory, fused Adam, output bias at the logit of the mean training image, the
learning rate warmed up over the first tenth of the budget and annealed along a cosine to a thousandth of its peak. The
schedule follows the fraction of the budget that is spent, so that a run with a budget in seconds is annealed too.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from vae.data.dataset import Dataset, DatasetError
from vae.data.pixels import at_once, binarise, mean_image, to_bytes, to_unit, with_noise
from vae.models.autoencoders import Autoencoder, ClassifierVAE
from vae.models.multi_rate import MultiRateVAE, draw_betas
from vae.models.objectives import beta_at, beta_between, kl_divergence, optimal_sigma
from vae.training.build import build_model, choose_device
from vae.training.collapse import CollapseWatch
from vae.training.config import TrainConfig
from vae.training.cuda_graph import GraphedStep
from vae.training.divergence import check_loss, load_start
from vae.training.mistakes import learning
from vae.training.objective import TOTAL, objective
from vae.training.optimiser import Optimiser
from vae.training.precision import choose_precision, mixed, tf32
from vae.training.reports import EpochReport, Look, Losses

NOISES = ("z", "pixels", "input", "β of a MultiRateVAE")  # each drawn from a stream of its own, in this order
SAMPLES = 16
FOLLOWED = 2_000  # how many test images have their codes in every report
TEST_BATCH = 1_000
BEFORE_THE_END = 1 - 1e-9
LOOKED = 1_000  # test images of a look
LOOK_SECONDS = 0.5  # between two looks, or longer
LOOK_SHARE = 0.04  # of the time since the run began, the most that looks may take: they come less often if need be
LOOK_RESTS = 3.0  # seconds, the longest time between two looks: also a busy machine shows how a run comes along


def train(
    config: TrainConfig,
    dataset: Dataset,
    on_step: Callable[[float], bool | None] | None = None,
    progress: Callable[[int], float] | None = None,
    *,
    start: Mapping[str, Tensor] | None = None,
    on_look: Callable[[Look], None] | None = None,
) -> Iterator[EpochReport]:
    """Train a model and yield a report after every epoch; a budget in steps or seconds may end within an epoch.

    Args:
        on_step: called before every step with the fraction of the budget spent; True stops the run there, as
            closing the generator does. The last report is then that of the last full epoch.
        progress: maps the number of a step to the fraction of the budget that is spent before it; by default the
            config's budget decides. With it the second run of a pair follows the first, step by step.
        start: the weights by name of the run that this one trains on from, whose SHA-256 the config has.
        on_look: called with a look at the model before the run, twice a second and at the end; less often, but at least
            every `LOOK_RESTS`, where its time and that of the look would come to more than `LOOK_SHARE` of the run's.

    Raises:
        TrainingDivergedError: at the end of the epoch in which the loss diverged.
        DatasetError: for a ClassifierVAE and images without labels.
        ValueError: for a device that the machine lacks, images that no body takes, or a run that trains on without
            `start`, or from weights that are not finite.
    """
    run = RunState(config, dataset, progress, start)
    run.begin_looking(on_look)
    report = None
    # The report itself says whether the run is over: by the clock it may be so only a moment later.
    while report is None or report.progress < 1:
        began = time.perf_counter()
        first_step = run.step
        losses = run.epoch(on_step)
        if losses is None:
            return
        report = run.report(losses, first_step, time.perf_counter() - began, run.stepping)
        yield report
    run.look(1.0)


class RunState:
    """The state of one run: model, optimiser, data on the device, random streams and clock.

    Args:
        pace: maps the number of a step to the fraction of the budget that is spent before it; by default the config's
            budget decides.
        start: the weights by name of the run that this one trains on from.
    """

    def __init__(
        self,
        config: TrainConfig,
        dataset: Dataset,
        pace: Callable[[int], float] | None = None,
        start: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.config, self.pace = config, pace
        self.device = choose_device(config.device)
        self.precision, self.learning = choose_precision(config, self.device), learning(config.mistake)
        model = _untrained(config, dataset)
        average = mean_image(dataset.train_images)
        if bool(config.start) != (start is not None):
            raise ValueError("A run that trains on needs the weights of the run before it, and no other run takes any.")
        if start is not None:
            load_start(model, start, config)
        else:
            model.start_from_mean_image(average)
        layout = torch.channels_last if config.body == "conv" else torch.contiguous_format
        self.model = model.to(self.device).to(memory_format=layout)
        self.images = dataset.train_images.to(self.device)
        self.labels = dataset.train_labels.to(self.device)
        self.test_images = (binarise(dataset.test_images) if config.binarised else dataset.test_images).to(self.device)
        self.test_labels = dataset.test_labels.to(self.device)
        self.watch = CollapseWatch(config, average, dataset.train_images, self.test_images)
        self.optimiser = Optimiser(self.model.parameters(), config, self.device)
        self.beta = torch.zeros((), device=self.device)
        # The AE draws no noise. The order of images has a stream of its own, so that AE and VAE see the same order.
        self.order = torch.Generator().manual_seed(config.seed)
        self.noise = [torch.Generator(self.device).manual_seed(config.seed + i) for i in range(len(NOISES))]
        self.sample_noise = torch.Generator().manual_seed(config.seed)
        self.fixed_latents = torch.randn(SAMPLES, config.latent_dim, generator=self.sample_noise).to(self.device)
        self.steps_per_epoch = math.ceil(len(self.images) / config.batch_size)
        self.total_steps = config.steps or (config.epochs or 0) * self.steps_per_epoch
        self.step, self.epochs = 0, 0.0
        self.first_losses = [math.nan]
        self.graphed = self.graphed_step()
        self.on_look: Callable[[Look], None] | None = None
        self.looking, self.looked = 0.0, -math.inf  # seconds that looks have taken, and when the last one ended
        self.start = time.perf_counter()

    def graphed_step(self) -> GraphedStep | None:
        """Return a stepper that captures `take_step` as a CUDA graph; return None where there is no CUDA."""
        return GraphedStep(self.take_step, self.noise, self.config.batch_size) if self.device.type == "cuda" else None

    @property
    def stepping(self) -> str:
        """How steps are taken now: `CUDA graph` or `eager`; if capture failed, also why."""
        return self.graphed.path if self.graphed else "eager"

    def progress(self) -> float:
        """Return the fraction of the budget that is spent, 1 or more at its end."""
        if self.pace is not None:
            return self.pace(self.step)
        if self.config.seconds:
            return (time.perf_counter() - self.start) / self.config.seconds
        return self.step / self.total_steps

    def images_seen(self, first_step: int) -> int:
        """Return how many training images the epoch that began with step `first_step` has seen."""
        return min((self.step - first_step) * self.config.batch_size, len(self.images))

    def epoch(self, on_step: Callable[[float], bool | None] | None) -> Losses | None:
        """Train for an epoch or until the budget is spent, and return the losses.

        Return None if `on_step` asked to stop.
        """
        means = self.steps(on_step)
        return None if means is None else self.settle(means)

    def steps(self, on_step: Callable[[float], bool | None] | None) -> Tensor | None:
        """Take the steps of an epoch and return the means of their terms (4,), or (M, 4) for a stack of M runs.

        Return None if `on_step` asked to stop.
        """
        self.model.train()
        order = self.draw_order().to(self.device)
        sums = torch.zeros(*self.beta.shape, 4, device=self.device)
        seen = 0
        for indices in order.split(self.config.batch_size, dim=-1):
            progress = self.progress() if self.step else 0.0
            if not seen:
                progress = min(progress, BEFORE_THE_END)  # an epoch that has begun takes a step
            if progress >= 1:
                break
            if on_step is not None and on_step(progress):
                return None
            self._schedule(progress)
            if self._look_is_due():
                self.look(progress)
            with tf32(self.device):
                terms = self.graphed(indices) if self.graphed else self.take_step(indices, self.noise)
            sums += terms * indices.shape[-1]
            seen += indices.shape[-1]
            if self.step == 0:
                self.first_losses = terms[..., TOTAL].flatten().tolist()
            self.step += 1
        return sums / seen

    def settle(self, means: Tensor) -> Losses:
        """Return an epoch's losses from the means of its terms (4,); set an `optimal-gaussian` model's σ to their σ."""
        losses = Losses(*means.tolist())
        if self.config.likelihood == "optimal-gaussian" and math.isfinite(losses.reconstruction):
            self.model.sigma.fill_(optimal_sigma(losses.reconstruction, self.images[0].numel()))
        return losses

    def draw_order(self) -> Tensor:
        """Draw the order of the training images in an epoch: int64 (N,)."""
        return torch.randperm(len(self.images), generator=self.order)

    def _schedule(self, progress: float) -> None:
        self.set_beta(progress)
        self.optimiser.set_rate(self.config.learning_rate_at(progress))

    def set_beta(self, progress: float) -> None:
        """Set β to its value after a fraction `progress` of the budget."""
        config = self.config
        if config.start:
            self.beta.fill_(beta_between(progress, config.start_beta, config.beta))
        else:
            self.beta.fill_(beta_at(progress, config.beta, config.beta_warmup))

    def begin_looking(self, on_look: Callable[[Look], None] | None) -> None:
        """Have `on_look` called from now on, for the first time at once; the run's clock starts after that."""
        self.on_look = on_look
        self.set_beta(0.0)
        self.look(0.0)
        self.looking, self.start = 0.0, time.perf_counter()

    def _look_is_due(self) -> bool:
        """Tell whether the last look is long enough ago, for what looks have taken of the time so far."""
        if self.on_look is None:
            return False
        now = time.perf_counter()
        rested, affordable = now - self.looked, self.looking < LOOK_SHARE * (now - self.start)
        return rested >= (LOOK_SECONDS if affordable else LOOK_RESTS)

    def look(self, progress: float) -> None:
        """Call `on_look`, if there is one, with a look at the model after a fraction `progress` of the budget."""
        if self.on_look is None:
            return
        began, training = time.perf_counter(), self.model.training
        test, latents, _ = self.test(LOOKED)
        elapsed = began - self.start if progress else 0.0
        said = self.watch.describe(self.model, test.reconstruction, progress, self.step, LOOKED)
        self.on_look(Look(progress, self.step, elapsed, float(self.beta), test, latents, self.model, said))
        self.model.train(training)
        self.looked = time.perf_counter()
        self.looking += self.looked - began

    def take_step(self, indices: Tensor, noise: Sequence[torch.Generator]) -> Tensor:
        """Update the weights on the training images with these indices (B,); return the terms (4,) of the objective."""
        config = self.config
        images = to_unit(self.images.index_select(0, indices))
        if config.binarised:
            images = torch.bernoulli(images, generator=noise[1])
        seen = images
        if config.input_noise:
            seen = with_noise(images, config.input_noise, noise[2])
        beta = self.beta
        with mixed(self.device, self.precision):
            if isinstance(self.model, MultiRateVAE):
                beta = draw_betas(len(indices), noise[3])
                output = self.model(seen, noise[0], beta)
            else:
                output = self.learning.forward(self.model, seen, noise[0])
        sigma = None if config.likelihood == "optimal-gaussian" else self.model.sigma
        labels = self.labels.index_select(0, indices) if output.class_logits is not None else None
        terms = self.learning.objective(output, images, labels, config, beta, sigma)
        self.optimiser.step(terms[TOTAL])
        return terms.detach()

    def report(self, losses: Losses, first_step: int, seconds: float, stepping: str) -> EpochReport:
        """Test the model and return the report of the epoch that began with step `first_step`.

        Raises:
            TrainingDivergedError: when the epoch's loss diverged.
        """
        check_loss(losses.total, self.first_losses[0], math.floor(self.epochs) + 1, self.config)
        test, latents, kl_per_dimension = self.test()
        images = self.images_seen(first_step)
        self.epochs += images / len(self.images)
        progress = min(1.0, self.progress())
        if progress >= 1 and isinstance(self.model, MultiRateVAE):
            self.model.settle()
        return EpochReport(
            epoch=self.epochs,
            step=self.step,
            progress=progress,
            train=losses,
            test=test,
            seconds=seconds,
            elapsed=time.perf_counter() - self.start,
            images_per_second=images / seconds,
            samples=self.samples(),
            latents=latents,
            kl_per_dimension=kl_per_dimension,
            stepping=stepping,
            precision=self.precision,
            model=self.model,
            collapse=self.watch.describe(self.model, test.reconstruction, progress, self.step, None),
        )

    @torch.no_grad()
    def test(self, count: int | None = None) -> tuple[Losses, np.ndarray, np.ndarray | None]:
        """Compute losses over all test images or the first `count`, codes of the first `FOLLOWED`, and the mean KL.

        The KL is that of every dimension, (latent_dim,), and None for an AE.
        """
        self.model.eval()
        tested, labelled = self.test_images[:count], self.test_labels[:count]
        noise = torch.Generator(self.device).manual_seed(self.config.seed)
        sums = torch.zeros(4, device=self.device)
        kl = torch.zeros(self.config.latent_dim, device=self.device)
        codes: list[Tensor] = []
        size = at_once(tested, TEST_BATCH)
        for images, labels in zip(tested.split(size), labelled.split(size), strict=True):
            pixels = to_unit(images)
            output = self.model(pixels, noise)
            sums += objective(output, pixels, labels, self.config, self.config.beta, self.model.sigma) * len(images)
            if len(codes) * size < FOLLOWED:
                codes.append(output.mean)
            if output.log_variance is not None:
                kl += kl_divergence(output.mean, output.log_variance).sum(0)
        latents = torch.cat(codes)[:FOLLOWED].cpu().numpy()
        per_dimension = None if self.config.model == "ae" else (kl / len(tested)).cpu().numpy()
        return Losses(*(sums / len(tested)).tolist()), latents, per_dimension

    @torch.no_grad()
    def samples(self) -> np.ndarray:
        """Decode the samples of a report: uint8 (16, C, H, W), or (classes, C, H, W) from a ClassifierVAE."""
        model = self.model
        if isinstance(model, ClassifierVAE):
            style = torch.randn(1, model.latent_dim, generator=self.sample_noise).to(self.device)
            digits = torch.arange(model.classes, device=self.device)
            images = model.decode_classes(style.expand(model.classes, -1), digits)
        else:
            images = model.decode(self.fixed_latents)
        return to_bytes(images)


def _untrained(config: TrainConfig, dataset: Dataset) -> Autoencoder:
    if config.model == "classifier-vae" and not dataset.labelled:
        raise DatasetError("A ClassifierVAE needs labels, which these images do not have; train a VAE or an AE.")
    return build_model(config, dataset.image_shape, len(dataset.class_names))
