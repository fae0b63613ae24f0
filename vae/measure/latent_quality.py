"""Quality of a latent space: how much of the classes its codes keep, and how far they lie from the prior."""

from typing import NamedTuple

import numpy as np
import torch

from vae.generate.draws import prior_latents
from vae.measure.intervals import GROUPS, Measure, Scale, in_groups, measured, random_rows

KNN_NEIGHBOURS = 5
LABEL_DRAWS = 10  # draws of 100 or 1,000 labels; which labels they are matters more than which test images there are
SILHOUETTE_CODES = 2_000
CLUSTER_DRAWS = 100  # bootstrap resamples, fewer than elsewhere because each takes milliseconds
TRUST_NEIGHBOURS, TRUST_POINTS = 12, 2_000
TRUST_LEAST = 2 * TRUST_NEIGHBOURS + 1  # points, of which fewer have no trustworthiness

_KNN = "test images whose class the vote of the 5 nearest labelled codes gives;"
SCALES = {
    "knn_100": Scale("share", f"{_KNN} 100 labels, the mean of 10 draws of them", True),
    "knn_1000": Scale("share", f"{_KNN} 1,000 labels, the mean of 10 draws of them", True),
    "knn_all": Scale("share", f"{_KNN} all training labels", True),
    "linear_probe": Scale("share", "test images whose class a logistic regression of their codes gives", True),
    "silhouette": Scale("−1 to 1", "how much nearer codes lie to their own class than to the next one", True),
    "nmi": Scale("0 to 1", "normalised mutual information of the classes and of k-means' clusters of the codes", True),
    "ari": Scale("−½ to 1", "adjusted Rand index of the classes and of k-means' clusters of the codes", True),
    "trustworthiness": Scale("0 to 1", "how far neighbours among the codes are neighbours among the images", True),
    "prior_kl": Scale(
        "nats", "KL of a Gaussian with the mean and covariance of the aggregate posterior, from N(0, I)", False
    ),
    "prior_mmd": Scale("squared MMD", "of the aggregate posterior, holes and clusters included, and N(0, I)", False),
}


class Labelled(NamedTuple):
    """Codes and the classes of their images."""

    codes: np.ndarray  # float32 (N, D)
    labels: np.ndarray  # int64 (N,)


def class_measures(training: Labelled, test: Labelled, seed: int = 0) -> dict[str, Measure]:
    """Measure how much of the classes test codes keep; the measures are those that `SCALES` describes.

    Images of a single class have none of them, and the silhouette needs two classes and an image more among the codes.

    They are the accuracy of the 5 nearest neighbours with 100, 1,000 and all training labels, the accuracy of a
    logistic regression of standardised codes, the classes' silhouette (Rousseeuw 1987), and NMI and ARI of as many
    k-means clusters as there are classes. The anchor `bad` is chance: the share of the commonest class, or 0.
    """
    if not has_classes(training.labels):
        return {}
    hits = {"knn_all": knn_hits(training, test, KNN_NEIGHBOURS), "linear_probe": probe_hits(training, test)}
    commonest = float(np.bincount(test.labels).max() / len(test.labels))
    found = {f"knn_{count}": _knn_with_few_labels(training, test, count, seed, commonest) for count in (100, 1_000)} | {
        name: measured(SCALES[name], np.mean, values, seed=seed, good=1.0, bad=commonest)
        for name, values in hits.items()
    }
    if (apart := silhouettes(*test)) is not None:
        found["silhouette"] = measured(SCALES["silhouette"], np.mean, apart, seed=seed, good=1.0, bad=0.0)
    return found | _cluster_measures(test, seed)


def prior_measures(codes: np.ndarray, deviations: np.ndarray | None, seed: int = 0) -> dict[str, Measure]:
    """Measure how far the aggregate posterior of codes (N, D), with a VAE's posterior σ (N, D), is from N(0, I).

    `prior_kl` is the closed form for the Gaussian fitted to the aggregate posterior and depends on its mean and
    covariance alone. `prior_mmd` takes one draw from each posterior and the kernel C / (C + |x − y|²), C = 2·D, of
    Tolstikhin et al. 2018 (WAE); fewer than 40 codes have none. An AE has no σ (None), and its aggregate posterior is
    its codes.
    """
    spread = np.zeros_like(codes) if deviations is None else deviations
    random = np.random.default_rng(seed)
    drawn = (codes + spread * random.standard_normal(codes.shape)).astype(np.float32)
    found = {"prior_kl": measured(SCALES["prior_kl"], _fitted_kl, np.stack([codes, spread], 1), seed=seed, good=0.0)}
    if len(codes) >= 2 * GROUPS:  # two in each group, which lie at a distance
        mmd = in_groups(squared_mmd, drawn, prior_latents(len(drawn), drawn.shape[1], seed), seed)
        found["prior_mmd"] = measured(SCALES["prior_mmd"], np.mean, mmd, seed=seed, images=len(codes), good=0.0)
    return found


def trust(codes: np.ndarray, points: np.ndarray) -> float | None:
    """Compute the trustworthiness of a map's first 2,000 points at 12 neighbours, 0 to 1 (Venna & Kaski 2001).

    Return None for fewer than 25 points, of which more than half would be neighbours.
    """
    from sklearn.manifold import trustworthiness

    if len(codes) < TRUST_LEAST:
        return None
    return float(trustworthiness(codes[:TRUST_POINTS], points[:TRUST_POINTS], n_neighbors=TRUST_NEIGHBOURS))


def trustworthiness(images: np.ndarray, codes: np.ndarray) -> Measure | None:
    """Measure by `trust` how well codes (N, D) map the pixels of images uint8 (N, C, H, W), without an interval.

    Return None for fewer than 25 images.
    """
    count = len(images)
    images, codes = images[:TRUST_POINTS], codes[:TRUST_POINTS]  # floats of all could be larger than the memory
    pixels = images.reshape(len(images), -1) / np.float32(255)
    # No interval: a bootstrap would repeat images, and an image's nearest neighbours would be its copies.
    value = trust(pixels, codes)
    if value is None:
        return None
    return Measure(value, None, None, min(count, TRUST_POINTS), 0, *SCALES["trustworthiness"], 1.0, 0.5)


def knn_hits(training: Labelled, test: Labelled, neighbours: int) -> np.ndarray:
    """Tell for each test code whether the vote of its nearest training codes gives its label: bool (N,)."""
    # scikit-learn takes a second to import, which the first page need not wait for.
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(min(neighbours, len(training.codes))).fit(*training)
    return classifier.predict(test.codes) == test.labels


def probe_hits(training: Labelled, test: Labelled) -> np.ndarray:
    """Tell for each test code whether a logistic regression fitted to training codes gives its label: bool (N,)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)).fit(*training)
    return probe.predict(test.codes) == test.labels


def has_classes(labels: np.ndarray) -> bool:
    """Tell whether labels (N,) are of two classes or more, so that there is something to tell apart."""
    return len(np.unique(labels)) > 1


def silhouettes(codes: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """Compute the silhouette of each of the first 2,000 codes (N, D) among the classes: (≤ 2,000,), −1 to 1.

    Return None where these are of one class, or where every code is alone in its class.
    """
    from sklearn.metrics import silhouette_samples

    codes, labels = codes[:SILHOUETTE_CODES], labels[:SILHOUETTE_CODES]
    if not 2 <= len(np.unique(labels)) < len(labels):
        return None
    return silhouette_samples(codes, labels)


def gaussian_kl(mean: np.ndarray, covariance: np.ndarray) -> float:
    """Compute KL(N(m, S) ‖ N(0, I)) = ½ (tr S + m·m − D − log |S|) in nats, from m (D,) and S (D, D)."""
    _, log_determinant = np.linalg.slogdet(covariance)
    return float(0.5 * (np.trace(covariance) + mean @ mean - len(mean) - log_determinant))


def squared_mmd(one: np.ndarray, other: np.ndarray) -> float:
    """Estimate the squared maximum mean discrepancy of samples float32 (N, D) and (M, D) without bias.

    The estimate is equation 3 of Gretton et al. 2012, with the kernel of `prior_measures`.
    """

    def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        squares = torch.cdist(torch.from_numpy(x), torch.from_numpy(y)).square().double().numpy()
        return 2 * x.shape[1] / (2 * x.shape[1] + squares)

    def within(x: np.ndarray) -> float:
        return (kernel(x, x).sum() - len(x)) / (len(x) * (len(x) - 1))

    return float(within(one) + within(other) - 2 * kernel(one, other).mean())


def _fitted_kl(posteriors: np.ndarray) -> float:
    codes, deviations = posteriors.transpose(1, 0, 2).astype(np.float64)
    covariance = np.cov(codes, rowvar=False, bias=True).reshape(codes.shape[1], -1)
    return gaussian_kl(codes.mean(0), covariance + np.diag(np.square(deviations).mean(0)))


def _knn_with_few_labels(training: Labelled, test: Labelled, count: int, seed: int, chance: float) -> Measure:
    """Measure the accuracy with 10 draws of `count` labels; the bootstrap resamples these draws and the test images."""
    hits = np.empty((LABEL_DRAWS, len(test.codes)))
    for draw in range(LABEL_DRAWS):
        given = random_rows(len(training.codes), count, seed + draw)
        hits[draw] = knn_hits(Labelled(training.codes[given], training.labels[given]), test, KNN_NEIGHBOURS)
    return measured(
        SCALES[f"knn_{count}"],
        lambda draws, images: hits[draws][:, images].mean(),
        *map(np.arange, hits.shape),
        seed=seed,
        good=1.0,
        bad=chance,
    )


def _cluster_measures(test: Labelled, seed: int) -> dict[str, Measure]:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    clusters = KMeans(len(np.unique(test.labels)), n_init=10, random_state=seed).fit_predict(test.codes)
    pairs = np.stack([test.labels, clusters], axis=1)
    scores = {"nmi": normalized_mutual_info_score, "ari": adjusted_rand_score}
    return {
        name: measured(
            SCALES[name],
            lambda rows, score=score: score(*rows.T),
            pairs,
            seed=seed,
            draws=CLUSTER_DRAWS,
            good=1.0,
            bad=0.0,
        )
        for name, score in scores.items()
    }
