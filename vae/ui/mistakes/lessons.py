"""The mistakes in words: what each is, the line of code wrong and right, and how to find it in one's own code."""

from dataclasses import dataclass

from vae.training.config import MISTAKES

LADDER = "ladder-vae-10d-beta{beta}-seed0"  # whose runs show a β that is far too large
LARGE_BETA = 16


@dataclass(frozen=True)
class Lesson:
    """A mistake: its name in the address and on the screen, and the texts about it."""

    key: str
    label: str
    what: str  # one sentence
    code: str  # a diff of PyTorch: the wrong line and the right one
    find: str  # how to find it in one's own code
    sides: tuple[str, str] = ("With the mistake", "Without it")

    @property
    def trained(self) -> bool:
        """Whether it is made in training, by runs of the page's own."""
        return self.key in MISTAKES


LESSONS = {
    lesson.key: lesson
    for lesson in (
        Lesson(
            "mean",
            "Mean over pixels",
            "The reconstruction loss is averaged over the pixels of an image and not summed, so that the KL weighs "
            "{values:,} times as much: β is {values:,}.",
            "- rec = F.binary_cross_entropy(x_hat, x)\n"
            '+ rec = F.binary_cross_entropy(x_hat, x, reduction="sum") / len(x)\n'
            "  kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()\n"
            "  loss = rec + kl",
            "Print both terms. A cross-entropy below 1 on images of {values:,} pixels is a mean, and a KL that falls "
            "to 0 in the first epoch is a collapse.",
        ),
        Lesson(
            "no-noise",
            "No noise",
            "The decoder is trained on the posterior's mean and never on a random z around it, while the KL stays in "
            "the loss.",
            "  mu, logvar = encoder(x)\n"
            "- z = mu\n"
            "+ z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)\n"
            "  x_hat = decoder(z)",
            "Decode a z that is drawn from the posterior of a test image. If only the mean decodes to the image, the "
            "decoder has never seen noise. The mean of σ is then near 1 in every dimension.",
        ),
        Lesson(
            "at-mean",
            "−ELBO at the mean",
            "The model is right, but its −ELBO is computed from the posterior's mean and not from a random z. The "
            "number is then too low, and it is no bound.",
            "  mu, logvar = encoder(x)\n"
            "- x_hat = decoder(mu)\n"
            "+ x_hat = decoder(mu + (0.5 * logvar).exp() * torch.randn_like(mu))\n"
            "  negative_elbo = rec(x_hat, x) + kl(mu, logvar)",
            "Evaluate the same images twice. A number that does not change in its last digits was computed without a "
            "draw.",
            ("Decoded from the mean", "Decoded from a drawn z"),
        ),
        Lesson(
            "no-half",
            "No ½ in the KL",
            "The factor ½ of the KL is missing, so that the KL counts twice: β is 2.",
            "- kl = (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()\n"
            "+ kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()\n"
            "  loss = rec + kl",
            "Compare your KL with that of `torch.distributions`: their ratio must be 1. The pictures hardly tell, but "
            "the numbers do.",
        ),
        Lesson(
            "kl-sign",
            "Sign of the KL",
            "The original paper prints −KL, for an objective that is maximised. Here it is added to a loss as it "
            "stands, so that the log variance and all else in it have the wrong sign.",
            "- kl = 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()\n"
            "+ kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()\n"
            "  loss = rec + kl",
            "Assert that the KL is never below 0. A loss with a cross-entropy that falls below 0 has a wrong sign.",
        ),
        Lesson(
            "beta",
            "β far too large",
            "β is {beta:g}: every nat in a code costs so much that most latent dimensions say nothing.",
            "- loss = rec + {beta:g} * kl\n+ loss = rec + kl",
            "Count the active units, and train at several β: the page β shows what each of them gives and takes.",
        ),
        Lesson(
            "ae",
            "AE sampled",
            "An AE is trained without a KL, and its decoder is then given z from N(0, I), where none of its codes need "
            "to lie.",
            "- z = torch.randn(64, latent_dim)\n"
            "+ z = GaussianMixture(10).fit(codes).sample(64)[0]\n"
            "  samples = decoder(z)",
            "Compare the mean and the standard deviation of your codes with 0 and 1 before you draw z from N(0, I). A "
            "mixture that is fitted to the codes lets an AE be sampled, and a VAE needs none.",
            ("AE", "VAE, the same z"),
        ),
    )
}
FIRST = next(iter(LESSONS))
