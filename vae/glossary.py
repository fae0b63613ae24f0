"""The terms that the pages use, each with a definition and, where there is one, its equation.

A page links a term to its entry (`ui/shared/terms.py`), and the page Glossary lists all of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term: its name, other words under which texts use it, a definition, and its equation in plain and in LaTeX."""

    name: str
    definition: str
    formula: str = ""
    latex: str = ""
    words: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The word that stands for the term in an address: lower case, with hyphens for spaces."""
        return "-".join(self.name.lower().replace("β", "beta").replace("σ", "sigma").replace("-", " ").split())

    @property
    def hover(self) -> str:
        """Definition and equation in one line of plain text."""
        return f"{self.definition} {self.formula}".strip()


TERMS = (
    Term(
        "active unit",
        "A latent dimension whose posterior mean differs from image to image, so that the decoder can learn something "
        "from it. A dimension counts as active when the variance of its posterior means is above 0.01 (Burda et al. "
        "2016).",
        "Var over x of μⱼ(x) > 0.01",
        r"\operatorname{Var}_x\left[\mu_j(x)\right] > 0.01",
        ("active units", "active dimension", "active dimensions", "inactive"),
    ),
    Term(
        "AE",
        "An autoencoder: an encoder that turns an image into a few numbers, and a decoder that turns these numbers "
        "back into an image. It is trained for the reconstruction alone.",
        words=("autoencoder", "autoencoders"),
    ),
    Term(
        "aggregate posterior",
        "The distribution of the codes of all images together: the mean of all their posteriors. A VAE can be sampled "
        "where it resembles the prior.",
        "q(z) = mean over x of q(z|x)",
        r"q(z) = \frac{1}{N}\sum_{n=1}^{N} q(z \mid x_n)",
    ),
    Term(
        "AUROC",
        "The area under the ROC curve: the chance that a score puts a random unusual image above a random usual one. "
        "0.5 is guessing, 1 is perfect.",
    ),
    Term(
        "Bernoulli",
        "A likelihood that takes every pixel as the chance of being white. Its negative logarithm is the binary "
        "cross-entropy, which is above 0 for grey pixels even when the reconstruction is perfect.",
        "−log p(x|z) = −Σᵢ [xᵢ log x̂ᵢ + (1 − xᵢ) log(1 − x̂ᵢ)]",
        r"-\log p(x \mid z) = -\sum_i \left[x_i \log \hat{x}_i + (1 - x_i)\log(1 - \hat{x}_i)\right]",
        ("Bernoulli likelihood",),
    ),
    Term(
        "β",
        "The weight of the KL term against the reconstruction in the loss of a VAE. At 1 the loss is the negative "
        "ELBO. A larger β makes samples more realistic and reconstructions worse, up to a point (Higgins et al. 2017).",
        "loss = reconstruction + β · KL",
        r"\text{loss} = \text{reconstruction} + \beta \cdot \mathrm{KL}",
        ("beta",),
    ),
    Term(
        "checkpoint",
        "A trained model on disk: its weights, settings, training history and measurements in one folder.",
        words=("checkpoints",),
    ),
    Term(
        "code",
        "The few numbers that an encoder makes of an image. For a VAE it is the mean of the posterior, unless a text "
        "says that it was drawn.",
        "z = μ(x)",
        r"z = \mu(x)",
        ("codes",),
    ),
    Term(
        "collapse",
        "The state of a VAE whose posterior equals the prior for every image: the codes carry nothing, and every "
        "image is reconstructed as the mean image. It happens when β is too large.",
        "q(z|x) = p(z) for all x",
        r"q(z \mid x) = p(z)\ \text{for all } x",
        ("posterior collapse", "collapses", "collapsed"),
    ),
    Term(
        "decoder",
        "The network that turns a latent vector into an image.",
        "x̂ = f(z)",
        r"\hat{x} = f(z)",
        ("decoders",),
    ),
    Term(
        "density of codes",
        "How many codes lie near a place of the latent space. A decoder has been trained only where codes are dense.",
        words=("density",),
    ),
    Term(
        "ELBO",
        "The evidence lower bound: how well a VAE explains an image, in nats. It never exceeds the log-likelihood of "
        "the image, and training raises it. Charts show −ELBO, of which less is better.",
        "ELBO = E[log p(x|z)] − KL(q(z|x) ‖ p(z))",
        r"\mathrm{ELBO} = \mathbb{E}_{q(z \mid x)}\left[\log p(x \mid z)\right] - "
        r"\mathrm{KL}\left(q(z \mid x)\,\|\,p(z)\right)",
        ("−ELBO",),
    ),
    Term(
        "encoder",
        "The network that turns an image into a code; in a VAE, into the mean and the standard deviation of a "
        "posterior.",
        "(μ, σ) = g(x)",
        r"(\mu, \sigma) = g(x)",
        ("encoders",),
    ),
    Term("epoch", "One pass of training over all training images.", words=("epochs",)),
    Term(
        "Fréchet distance",
        "How far the samples of a model are from test images, seen as two clouds of features: 0 when the clouds have "
        "the same mean and covariance. It is not the FID of papers, which uses another network (Heusel et al. 2017).",
        "‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁C₂)^½)",
        r"\lVert m_1 - m_2 \rVert^2 + \operatorname{tr}\left(C_1 + C_2 - 2 (C_1 C_2)^{1/2}\right)",
        ("Fréchet",),
    ),
    Term(
        "Gaussian likelihood",
        "A likelihood that takes every pixel as normally distributed around its reconstruction with one standard "
        "deviation σ. Its negative logarithm is the squared error, weighed by 1/(2σ²).",
        "−log p(x|z) = Σᵢ (xᵢ − x̂ᵢ)² / (2σ²) + log σ + ½ log 2π",
        r"-\log p(x \mid z) = \sum_i \left[\frac{(x_i - \hat{x}_i)^2}{2\sigma^2} + \log\sigma + "
        r"\tfrac{1}{2}\log 2\pi\right]",
    ),
    Term(
        "importance-weighted bound",
        "A bound on log p(x) from several z of a posterior, each weighted by how well it explains the image. The more "
        "draws there are, the nearer it comes to log p(x); with one draw it is the ELBO (Burda et al. 2016).",
        "E[log (1/K) Σₖ p(x, zₖ) / q(zₖ|x)]",
        r"\mathbb{E}\left[\log \frac{1}{K} \sum_k \frac{p(x, z_k)}{q(z_k \mid x)}\right]",
        ("bound of 50 draws",),
    ),
    Term(
        "interval",
        "A range in which the true value of a measurement lies with 95 % confidence. It is found by the bootstrap: "
        "the measurement is repeated on images drawn again at random from the ones that were measured.",
        words=("intervals", "confidence interval", "95 % interval"),
    ),
    Term(
        "judge",
        "A classifier that was trained on the images and their labels, apart from the compared models. It reads what "
        "a decoder makes, and its features tell how far samples are from real images.",
    ),
    Term(
        "kernel distance",
        "How far the samples of a model are from test images: the squared MMD of their features with a cubic kernel. "
        "It is not the KID of papers, which uses another network (Bińkowski et al. 2018).",
    ),
    Term(
        "KL",
        "The Kullback-Leibler divergence of a posterior from the prior: how many nats of information a code keeps "
        "about its image. The VAE pays for it in its loss; the AE does not.",
        "KL(q(z|x) ‖ p(z)) = ½ Σⱼ (μⱼ² + σⱼ² − 1 − log σⱼ²)",
        r"\mathrm{KL}\left(q(z \mid x)\,\|\,p(z)\right) = \tfrac{1}{2}\sum_j \left(\mu_j^2 + \sigma_j^2 - 1 - "
        r"\log\sigma_j^2\right)",
        ("KL term",),
    ),
    Term(
        "kNN accuracy",
        "How often the class of a test image can be told from the nearest codes of training images. It says how well "
        "the codes keep classes apart.",
        words=("kNN",),
    ),
    Term(
        "ladder",
        "A set of VAEs that were trained alike but for β, so that moving β shows what β alone does.",
        words=("ladders",),
    ),
    Term(
        "latent dimension",
        "One of the numbers of a code.",
        words=("latent dimensions",),
    ),
    Term(
        "latent map",
        "A flat picture of a latent space: every dot is an image, placed by its code or by a projection of its code.",
        words=("latent maps",),
    ),
    Term(
        "latent size",
        "How many numbers a code has. A model of latent size 2 is written 2-D.",
    ),
    Term(
        "latent space",
        "The space of all codes. With two numbers to a code it is a plane, and every image is a point on a map.",
        words=("latent spaces",),
    ),
    Term(
        "learning rate",
        "The length of the steps in which training changes the weights. If it is too high the loss diverges, and if it "
        "is too low the model learns little in its budget.",
    ),
    Term(
        "log variance",
        "What a VAE's encoder returns for the spread of a posterior: the logarithm of its variance, which may be any "
        "number, below 0 too.",
        "log σ² and σ = exp(½ log σ²)",
        r"\log\sigma^2, \quad \sigma = \exp\left(\tfrac{1}{2}\log\sigma^2\right)",
        ("log variances", "logvar"),
    ),
    Term(
        "mixture",
        "A density of several Gaussians that is fitted to the codes after training. Drawing z from it lets an "
        "AE be sampled too (Ghosh et al. 2020).",
        "p(z) = Σₖ wₖ N(z; mₖ, Cₖ)",
        r"p(z) = \sum_k w_k\, \mathcal{N}(z; m_k, C_k)",
        ("mixture of Gaussians",),
    ),
    Term(
        "MMD",
        "The maximum mean discrepancy of two distributions: how far apart they are, by the means of a kernel over "
        "pairs of their points. It is 0 for equal ones (Gretton et al. 2012).",
        "MMD² = E[k(x, x′)] + E[k(y, y′)] − 2 E[k(x, y)]",
        r"\mathrm{MMD}^2 = \mathbb{E}\left[k(x, x')\right] + \mathbb{E}\left[k(y, y')\right] - 2\,"
        r"\mathbb{E}\left[k(x, y)\right]",
        ("squared MMD",),
    ),
    Term(
        "nat",
        "The unit of information with the natural logarithm: 1 nat is 1.44 bits. Losses are in nats an image.",
        "1 nat = log₂ e bits = 1.44 bits",
        r"1\ \text{nat} = \log_2 e\ \text{bits} \approx 1.44\ \text{bits}",
        ("nats",),
    ),
    Term(
        "PCA",
        "Principal component analysis: a projection on the directions in which the codes vary most. It keeps "
        "distances as well as a flat picture can.",
    ),
    Term(
        "posterior",
        "What a VAE's encoder returns for an image: not a point, but a Gaussian with a mean and a standard deviation "
        "for every latent dimension. All that is drawn from it should decode to that image.",
        "q(z|x) = N(μ(x), σ(x)²)",
        r"q(z \mid x) = \mathcal{N}\left(\mu(x), \operatorname{diag}\sigma(x)^2\right)",
        ("posteriors", "posterior mean", "posterior means"),
    ),
    Term(
        "precision and recall",
        "Precision is the share of samples that lie among real images; recall is the share of real images that "
        "lie among samples. Blurred samples cost precision, and missing kinds of images cost recall.",
        words=("precision", "recall"),
    ),
    Term(
        "prior",
        "The distribution that a VAE's codes are drawn towards, and from which new z are drawn: a Gaussian with mean "
        "0 and standard deviation 1 in every dimension. The AE has none.",
        "p(z) = N(0, I)",
        r"p(z) = \mathcal{N}(0, I)",
        ("N(0, I)",),
    ),
    Term(
        "PSNR",
        "The peak signal-to-noise ratio of two images in decibels; more is more alike. 3 dB more is half the squared "
        "error.",
        "PSNR = −10 log₁₀(mean squared error)",
        r"\mathrm{PSNR} = -10 \log_{10} \mathrm{MSE}",
    ),
    Term(
        "rate and distortion",
        "The two terms of a VAE's loss. The rate is the KL: how much a code says. The distortion is the "
        "reconstruction loss: how far off the decoded image is. A lower one is paid for with the other.",
        "rate = KL, distortion = −E[log p(x|z)]",
        r"R = \mathrm{KL}\left(q(z \mid x)\,\|\,p(z)\right), \quad D = -\mathbb{E}_{q(z \mid x)}\left[\log "
        r"p(x \mid z)\right]",
        ("rate", "distortion"),
    ),
    Term(
        "realistic",
        "Said of an image that lies as near to real images, in what the judge sees of it, as nine in ten real images "
        "do (Kynkäänniemi et al. 2019).",
    ),
    Term(
        "reconstruction",
        "The image that a model's decoder makes of the code of an image.",
        "x̂ = decoder(encoder(x))",
        r"\hat{x} = \mathrm{decoder}(\mathrm{encoder}(x))",
        ("reconstructions",),
    ),
    Term(
        "reconstruction loss",
        "How far a reconstruction is from its image: −log p(x|z), summed over the pixels and averaged over images.",
        "−E[log p(x|z)]",
        r"-\mathbb{E}_{q(z \mid x)}\left[\log p(x \mid z)\right]",
    ),
    Term("run", "One training of a model and what it leaves on disk: a checkpoint.", words=("runs",)),
    Term(
        "sample",
        "A new image: a random z, decoded.",
        "z ~ p(z), then x = decoder(z)",
        r"z \sim p(z), \quad x = \mathrm{decoder}(z)",
        ("samples",),
    ),
    Term(
        "seed",
        "The number from which all random draws follow. Two runs with the same seed start from the same weights and "
        "see the images in the same order; runs with other seeds show how much of a result is chance.",
        words=("seeds",),
    ),
    Term(
        "σ",
        "A standard deviation: that of a posterior, of which a small one says that the encoder is certain, or that of "
        "a Gaussian likelihood.",
    ),
    Term(
        "silhouette",
        "How much nearer a code is to codes of its own class than to those of the nearest other class, from −1 to 1.",
        "(b − a) / max(a, b)",
        r"\frac{b - a}{\max(a, b)}",
    ),
    Term(
        "SSIM",
        "The structural similarity of two images, from −1 to 1 for equal ones. It compares brightness, contrast and "
        "structure window by window (Wang et al. 2004).",
    ),
    Term(
        "t-SNE",
        "A map of codes that keeps neighbours together. The sizes of its clusters and the distances between them mean "
        "nothing, and another seed gives another map (van der Maaten & Hinton 2008).",
    ),
    Term(
        "temperature",
        "A factor by which the spread of random z is multiplied. Below 1, samples are more alike and more often "
        "realistic.",
        "z ~ N(0, t² I)",
        r"z \sim \mathcal{N}(0, t^2 I)",
    ),
    Term(
        "trustworthiness",
        "The degree, up to 1, to which neighbours on a map were neighbours before the projection.",
    ),
    Term(
        "VAE",
        "A variational autoencoder: an autoencoder whose encoder returns a Gaussian instead of a point, with a KL "
        "term in the loss that draws these Gaussians to the prior. Hence a z drawn from the prior decodes to an image "
        "like those it was trained on (Kingma & Welling 2014).",
        "loss = reconstruction + β · KL",
        r"\text{loss} = \text{reconstruction} + \beta \cdot \mathrm{KL}",
        ("variational autoencoder", "VAEs"),
    ),
    Term(
        "warm-up",
        "A rise of β from 0 to its value in the first part of training, so that the codes learn to say something "
        "before they have to pay for it (Bowman et al. 2016).",
    ),
    Term("z", "A latent vector: a point of the latent space, which a decoder turns into an image."),
)
