"""The help of every setting of a run on the command line."""

from vae.data.names import BUILT_IN
from vae.models.choices import ACTIVATIONS

# The help of every setting of a run, by group. A setting's type and default are those of the field of `TrainConfig`.
SETTINGS = {
    "model": {
        "model": "the kind of model: an autoencoder, a VAE, a VAE that tells its decoder the class it has read, or a "
        "VAE that learns every β at once",
        "latent_dim": "the latent size, 1 to 128",
        "body": "the kind of network: mlp has fully connected layers, conv convolutional ones",
        "hidden": "the sizes of the hidden layers, or their channels, such as 400,400",
        "activation": f"the activation function: {', '.join(ACTIVATIONS)}",
    },
    "objective": {
        "beta": "the weight of the KL in the loss; at 1 the loss is the negative ELBO; a multi-rate-vae takes none",
        "beta_warmup": "the share of the run, 0 to 1, in which β rises from 0 to its value",
        "likelihood": "the likelihood of the pixels, on which the reconstruction loss depends",
        "binarised": "draw every pixel black or white in every epoch, with its grey as the probability, as papers do",
        "input_noise": "σ of the noise that is added to what the encoder sees, and that the model learns to remove",
        "sigma": "σ of the likelihood gaussian, for pixels from 0 to 1",
        "classifier_weight": "the weight of the cross-entropy of a classifier-vae's classifier",
        "mistake": "a mistake to make on purpose, which shows what it does; no list of models in the app has the run",
    },
    "budget (one of them; default: 20 epochs, and 40 of a multi-rate-vae)": {
        "epochs": "how many times the run passes over all training images",
        "steps": "how many training steps the run takes, each with one batch of images",
        "seconds": "how many seconds the run takes; the learning rate falls to its end within them",
    },
    "run": {
        "dataset": f"the images: {', '.join(BUILT_IN)}, all but mnist of which are downloaded once, or an imported set",
        "batch_size": "the number of images in one training step",
        "learning_rate": "the peak of the learning rate",
        "schedule": "the course of the learning rate: cosine rises to the peak in the first tenth and then falls",
        "adam_beta2": "Adam's β₂; the nearer to 1, the longer Adam remembers past gradients",
        "seed": "the number from which all random draws of the run follow",
        "device": "the device to compute on; auto takes CUDA, then MPS, then the CPU",
        "precision": "the precision of the matrix products in training; auto takes the faster one here, losses are "
        "always float32, and a CPU without bfloat16 instructions takes ten times as long with bfloat16",
    },
}
