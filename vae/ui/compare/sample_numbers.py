"""Both models in numbers: samples from the prior and from a mixture fitted to the codes, likelihood, latent space."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from vae.measure.intervals import Measure
from vae.measure.recorded import Quality, recorded_quality
from vae.measure.sample_quality import ANCHORS, RANDOM, SCALES, features_note, scale
from vae.storage.checkpoints import Checkpoint
from vae.ui.compare import two_sizes
from vae.ui.shared import measuring
from vae.ui.shared.models import WORDS, Pair
from vae.ui.shared.terms import explained
from vae.ui.shared.words import NEEDS_LABELS

LABELS = {
    "realistic": "realistic",
    "frechet": "Fréchet",
    "kernel": "kernel",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
    "confidence": "confidence",
    "entropy": "entropy",
    "memorisation": "distance to nearest image",
}
MARKS = {True: " ↑", False: " ↓", None: ""}  # by whether higher is better
# The numbers of likelihood and latent space as the table calls them.
NAMES = {
    "reconstruction": "reconstruction loss",
    "kl": "KL",
    "negative_elbo": "−ELBO",
    "negative_bound_50": "bound on −log p(x), 50 draws",
    "knn_100": "kNN accuracy, 100 labels",
    "knn_1000": "kNN accuracy, 1,000 labels",
    "knn_all": "kNN accuracy, all labels",
    "nmi": "NMI",
    "ari": "ARI",
    "prior_kl": "KL from the prior, as Gaussians",
    "prior_mmd": "squared MMD from the prior",
}
SAMPLER_LABELS = {"prior": "z from N(0, I)", "mixture": "z from a mixture"}


def show(pair: Pair) -> None:
    """Draw the table of both models' samples with both samplers, its meaning in words, and the Measure button."""
    st.subheader(f"{two_sizes.size(pair)} in numbers")
    found = {
        (word, sampler): quality.samples[sampler]
        for word, quality in _qualities(pair).items()
        for sampler in SAMPLER_LABELS
        if "frechet" in quality.samples.get(sampler, {})
    }
    measuring.offer([trained.checkpoint for trained in pair if trained.checkpoint.has_own_numbers], "samples")
    if not pair.vae.checkpoint.has_own_numbers:
        st.caption(_only_at_1(pair.vae.checkpoint))
    if not found:
        return
    any_of_them = max(found.values(), key=len)
    frechet = any_of_them["frechet"]
    st.caption(f"Each row is of {frechet.images:,} samples. Where ↑ stands, higher is better.")
    _table(found, any_of_them)
    said = _read({key: measures["frechet"] for key, measures in found.items()})
    for sentence in said[:1]:
        st.markdown(explained(sentence))
    with st.expander("What a mixture changes, and how the samples were measured"):
        for sentence in said[1:]:
            st.markdown(explained(sentence))
        st.caption(_how_measured(frechet))


def _table(found: Mapping[tuple[str, str], dict[str, Measure]], any_of_them: dict[str, Measure]) -> None:
    """Draw a row for each model and sampler, by its words, and a row for each anchor."""
    # What was measured before a number was invented lacks it.
    labels = {
        key: f"{label}{MARKS[SCALES[key].higher_is_better]}"
        for key, label in LABELS.items()
        if any(key in measures for measures in found.values())
    }
    is_random = RANDOM in any_of_them["frechet"].meaning
    rows = [_row(f"{word}, {SAMPLER_LABELS[sampler]}", measures, labels) for (word, sampler), measures in found.items()]
    rows += [_anchor(name, any_of_them, side, labels) for side, name in ANCHORS.items()]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        key="sample_numbers",
        column_config={
            label: st.column_config.TextColumn(label, help=_help(key, is_random)) for key, label in labels.items()
        },
    )


def _only_at_1(checkpoint: Checkpoint) -> str:
    return explained(
        f":material/info: The numbers of the VAE are left out. Those of {checkpoint.name} are measured at β 1 alone, "
        f"and it is shown at β {checkpoint.config.beta:g}. Train one model for this β alone in the sidebar to measure "
        "its samples."
    )


def _how_measured(frechet: Measure) -> str:
    return explained(
        f"{frechet.images:,} samples of each model and sampler were compared with the test images. The brackets hold "
        "95 % bootstrap intervals. The name of a column shows its meaning under the pointer. "
        + features_note(frechet.meaning)
    )


def show_codes(pair: Pair) -> None:
    """Draw the measures of likelihood and latent space of both models, with intervals, anchors and meanings."""
    found = _qualities(pair)
    if not found:
        return
    with st.expander(f"Likelihood and latent spaces in numbers: {two_sizes.name(pair)}"):
        rows = []
        for group in ("likelihood", "latents"):
            names = dict.fromkeys(name for quality in found.values() for name in quality.measures(group))
            rows += [_both(group, name, found) for name in names]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key="code_numbers")
        st.caption(
            explained(
                "The brackets hold 95 % bootstrap intervals. ↑ means that higher is better, ↓ that lower is. An AE has "
                "no likelihood. " + _active(found.get("VAE")) + _left_out(pair)
            )
        )


def _left_out(pair: Pair) -> str:
    """Say which numbers are missing because there are no labels; an empty text if there are."""
    if pair.vae.dataset.labelled:
        return ""
    return f" Nearest neighbours' accuracy, linear probe, NMI, ARI and silhouette are left out: each {NEEDS_LABELS}."


def _qualities(pair: Pair) -> dict[str, Quality]:
    """Return what was measured of each of the two models, by its word (AE or VAE)."""
    found = {word: recorded_quality(trained.checkpoint.metrics) for word, trained in pair.named()}
    return {word: quality for word, quality in found.items() if quality is not None}


def _both(group: str, name: str, found: dict[str, Quality]) -> dict[str, str]:
    measures = {word: quality.measures(group).get(name) for word, quality in found.items()}
    one = next(measure for measure in measures.values() if measure)
    anchors = (one.good, one.bad)
    return {
        "number": f"{NAMES.get(name, name.replace('_', ' '))}{MARKS[one.higher_is_better]}",
        **{word: _value(measure) for word, measure in measures.items()},
        "best and chance value": " / ".join("–" if anchor is None else f"{anchor:.3g}" for anchor in anchors),
        "images": f"{one.images:,}",
        "what it is": f"{one.meaning} ({one.unit})",
    }


def _value(measure: Measure | None, form: str = ".4g") -> str:
    if measure is None:
        return "–"
    interval = "" if measure.low is None else f" [{measure.low:{form}}, {measure.high:{form}}]"
    return f"{measure.value:{form}}{interval}"


def _active(vae: Quality | None) -> str:
    if vae is None or vae.active_units is None:
        return ""
    units = vae.active_units
    return (
        f"Of the {units.dimensions} dimensions of the VAE, {units.by_variance} are active units by Var(E[z|x]) > 0.01 "
        f"(Burda et al. 2016), and {units.by_kl} have a mean KL of at least 0.1 nats."
    )


def _row(name: str, measures: dict[str, Measure], labels: dict[str, str]) -> dict[str, str]:
    return {"samples of": name} | {label: _value(measures.get(key), ".3g") for key, label in labels.items()}


def _anchor(name: str, measures: dict[str, Measure], side: str, labels: dict[str, str]) -> dict[str, str]:
    values = {label: getattr(measures.get(key), side, None) for key, label in labels.items()}
    return {"samples of": name} | {label: "–" if v is None else f"{v:.3g}" for label, v in values.items()}


def _help(key: str, random: bool) -> str:
    meaning, unit, _ = scale(key, random=random)
    return f"{meaning[0].upper()}{meaning[1:]} ({unit})."


def _read(distances: dict[tuple[str, str], Measure]) -> list[str]:
    """Say in sentences what these four Fréchet distances say; two differ only if their intervals do not overlap."""
    wanted = [(word, sampler) for word in WORDS for sampler in SAMPLER_LABELS]
    if any(key not in distances for key in wanted):
        return []
    ae_prior, ae_mixture, vae_prior, vae_mixture = (distances[key] for key in wanted)
    words = [f"From N(0, I), {_compared('the VAE', vae_prior, 'the AE', ae_prior)}."]
    if ae_mixture.below(ae_prior):
        compared = _compared("the AE", ae_mixture, "the VAE from its prior", vae_prior)
        words.append(
            f"From a mixture fitted to its codes, {compared}. What the AE lacked was a distribution to draw z from, "
            "and not a good decoder."
        )
    if vae_mixture.below(vae_prior):
        words.append(
            f"The mixture improves the VAE's samples, too (to {_distance(vae_mixture)}), since its aggregate posterior "
            "differs from its prior."
        )
    return words


def _compared(one: str, first: Measure, other: str, second: Measure) -> str:
    values = f"the Fréchet distance is {_distance(first)} against {_distance(second)}"
    if first.below(second):
        return f"{one} draws better samples than {other}: {values}"
    if second.below(first):
        return f"{one} draws worse samples than {other}: {values}"
    return f"the samples of {one} and of {other} cannot be told apart: {values}, and the intervals overlap"


def _distance(measure: Measure) -> str:
    """Write a distance, which random features make far smaller than the judge's do."""
    return format(measure.value, ".1f" if measure.value >= 10 else ".3g")
