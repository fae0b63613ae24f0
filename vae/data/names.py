"""Names of the data sets that come with the project or through torchvision, and their titles on the screen."""

TITLES = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "kmnist": "KMNIST",
    "emnist-letters": "EMNIST letters",
}
EXAMPLE = "clothes"  # the imported set that comes with the project, and that its shipped models were trained on
BUILT_IN = tuple(TITLES)
