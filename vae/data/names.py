"""Names of the data sets, and their titles on the screen."""

TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist-letters": "EMNIST letters",
}
DATASETS = tuple(TITLES)
