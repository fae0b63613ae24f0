"""Where a retraining starts, from the compared VAE's weights or from scratch, and what it is compared with."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from vae.storage.checkpoints import Checkpoint
from vae.storage.frozen import compared_as
from vae.storage.starts import continuing
from vae.training.config import KEPT_SETTINGS, MULTI_RATE, ConfigError, TrainConfig, fulfils, label
from vae.training.recipe import CONTINUED, RECIPE_SETTINGS, recommended_for
from vae.ui.frame import data_set, seeds, settings
from vae.ui.shared import server
from vae.ui.shared.models import kept
from vae.ui.shared.words import NEEDS_LABELS

SCRATCH = "from scratch"
ABOUT = (
    "A run that starts from the compared VAE keeps its weights, network, likelihood and images, so that a few seconds "
    "show what β does and nothing else; log β moves from the old to the new value over the first third of the run. A "
    "run from scratch is compared with one that has the same settings and budget at the old β."
)


@dataclass(frozen=True)
class Plan:
    """The runs of a retraining, the first of them the one that is asked for, and what that is compared with."""

    configs: list[TrainConfig]
    before: str = ""  # the name of a VAE that is there; empty if there is none, or the reference trains beside
    reference: int | None = None  # the number of the run that is the reference; None if none trains beside
    seeds: int = 1  # how many seeds are trained, from that of the configs upwards

    @property
    def series(self) -> list[list[TrainConfig]]:
        """The runs of each seed; the reference trains beside those of the first alone, which is compared with it."""
        asked = [config for number, config in enumerate(self.configs) if number != self.reference]
        others = range(1, self.seeds)
        return [self.configs, *([replace(config, seed=config.seed + more) for config in asked] for more in others)]


def has_other_images(run: Checkpoint) -> bool:
    """Tell whether the set that a run was trained on has other images now, imported under the same name."""
    now = server.fingerprint(run.config.dataset)
    return bool(now) and now != run.data_fingerprint


def choose(vae: Checkpoint | None) -> None:
    """Draw the choice between the compared VAE's weights and scratch, which is all that a multi-rate VAE leaves."""
    if vae is None or vae.frozen_at is not None:
        return
    options = [f"from {vae.name}", SCRATCH]
    # The name of another VAE, which the page before may still hold, gives way to the default, in the browser too.
    if st.session_state.get("start_from", SCRATCH) not in options:
        st.session_state["start_from"] = options[0]
    st.radio(
        "Retrain",
        options,
        key="start_from",
        horizontal=True,
        label_visibility="collapsed",  # the heading above says it
        bind="query-params",
    )


def recipe(vae: Checkpoint | None, latent_dim: int, budget: dict[str, Any]) -> dict[str, Any]:
    """Return the values that empty fields of the form stand for."""
    if vae is not None and trains_on(vae, latent_dim):
        return _continued(vae)
    state = st.session_state
    found = recommended_for(state["dataset"], latent_dim, state["body"], model=state["model"], **budget)
    return found | _network(vae) if vae is not None and keeps_network(vae, latent_dim) else found


def keeps_network(vae: Checkpoint, latent_dim: int) -> bool:
    """Tell whether empty fields stand for the network of the compared VAE.

    They do for a run that trains on, and for one that is trained from scratch to be compared with a multi-rate VAE.
    """
    same = (vae.config.body, vae.config.latent_dim) == (st.session_state["body"], latent_dim)
    return trains_on(vae, latent_dim) or (vae.frozen_at is not None and same)


def trains_on(vae: Checkpoint | None, latent_dim: int) -> bool:
    """Tell whether the run trains on: it is asked to, and no setting that the weights fit to was changed."""
    if vae is None or vae.frozen_at is not None or has_other_images(vae):
        return False
    return st.session_state.get("start_from") != SCRATCH and not changed(vae, latent_dim)


def changed(vae: Checkpoint, latent_dim: int) -> list[str]:
    """Name the settings in the form that the weights of a VAE do not fit to."""
    try:
        found = settings.chosen(_continued(vae)) | {"latent_dim": latent_dim}
    except ConfigError:  # hidden sizes that are no numbers, of which the form says so below
        return [label("hidden")]
    of = vae.config
    return [label(key) for key in KEPT_SETTINGS if key in found and found[key] != getattr(of, key)]


def say_why_from_scratch(vae: Checkpoint | None, latent_dim: int) -> None:
    """Say which setting makes a run start from scratch that was to train on."""
    if vae is None or (st.session_state.get("start_from") == SCRATCH and vae.frozen_at is None):
        return
    if has_other_images(vae):
        st.caption(
            f":material/info: This run starts from scratch and is not compared with {vae.name}, which was trained on "
            "other images of this name."
        )
    elif vae.frozen_at is None and (names := changed(vae, latent_dim)):
        st.caption(
            f":material/info: This run starts from scratch, because the weights of {vae.name} fit to no other "
            f"{' or '.join(names)}."
        )


def plan(ae: Checkpoint | None, vae: Checkpoint | None, latent_dim: int, budget: dict[str, Any]) -> Plan:
    """Return what the form asks for.

    Raises:
        ConfigError: if the model is too large, or if no model can have one of the values.
        CheckpointError: if the weights of the run before cannot be read.
    """
    found = replace(_plan(ae, vae, latent_dim, budget), seeds=seeds.count())
    assert found.series  # which raises ConfigError where the last seed is too large
    return found


def _plan(ae: Checkpoint | None, vae: Checkpoint | None, latent_dim: int, budget: dict[str, Any]) -> Plan:
    state = st.session_state
    asked = settings.chosen(recipe(vae, latent_dim, budget)) | budget
    if vae is not None and trains_on(vae, latent_dim):
        fresh = {key: value for key, value in asked.items() if key not in KEPT_SETTINGS}
        configs = [continued_from(vae, beta=state["beta"], **fresh)]
        if state["ae_too"] and ae is not None and not has_other_images(ae):
            configs.append(continued_from(ae, **fresh))
        return Plan(configs, vae.name)
    asked |= {"latent_dim": latent_dim}
    if asked["model"] == "classifier-vae" and not data_set.is_labelled(asked["dataset"]):
        raise ConfigError(f"A ClassifierVAE {NEEDS_LABELS}; choose another model in All settings.")
    if asked["model"] == "ae":
        return Plan([TrainConfig(**asked)])
    config = TrainConfig(beta=1.0 if asked["model"] == MULTI_RATE else state["beta"], **asked)
    compared = vae if compared_as(config.model) == "vae" and vae is not None and not has_other_images(vae) else None
    found = _compared_with(config, compared)
    if state["ae_too"]:
        defaults = TrainConfig(epochs=1)
        ae_config = replace(config, model="ae", beta=defaults.beta, classifier_weight=defaults.classifier_weight)
        found = replace(found, configs=[*found.configs, ae_config])
    return found


@kept(max_entries=32)
def continued_from(before: Checkpoint, **changes: Any) -> TrainConfig:
    """Return `continuing` of a checkpoint, whose weights are read only once."""
    return continuing(before, **changes)


def _compared_with(config: TrainConfig, vae: Checkpoint | None) -> Plan:
    """Plan a run from scratch beside a reference at the compared VAE's β, which may be among the runs already."""
    if vae is None or vae.frozen_at is not None or config.model == MULTI_RATE or vae.config.beta == config.beta:
        return Plan([config], vae.name if vae else "")
    reference = replace(config, beta=vae.config.beta)
    # Like is compared with like, also in precision, as soon as it is known what `auto` is here.
    asked = replace(reference, precision=server.trainer().precision_of(config) or config.precision)
    sound, _ = server.checkpoints()
    for one in sound:
        if one.finished and not has_other_images(one) and fulfils(replace(one.config, device=reference.device), asked):
            return Plan([config], one.name)
    return Plan([config, reference], reference=1)


def _continued(vae: Checkpoint) -> dict[str, Any]:
    return _network(vae) | CONTINUED


def _network(vae: Checkpoint) -> dict[str, Any]:
    return {key: getattr(vae.config, key) for key in RECIPE_SETTINGS if key in KEPT_SETTINGS}
