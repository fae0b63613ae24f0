"""The halves of a model as ONNX graphs, layer by layer.

Our bodies have ten kinds of layers and activations, which are written here in milliseconds as operators that every
runtime has had since opset 13; PyTorch's own exporter takes some five seconds a half, and is there for any program.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

import vae
from vae.models.autoencoders import LOG_VARIANCE_LIMIT, VAE, Autoencoder, ClassifierVAE

OPSET, IR_VERSION = 13, 7
Shape = Sequence[int]


def encoder_graph(model: Autoencoder, about: Mapping[str, str]) -> onnx.ModelProto:
    """Return the encoder: `image` (N, C, H, W) in [0, 1] → `mean`, `log_variance` (N, latent_dim), or an AE's `code`.

    That of a `ClassifierVAE` also gives `class_probabilities` (N, classes).

    Args:
        about: texts that are kept in the file, by name.
    """
    graph = _Graph()
    features = graph.through(model.encoder, "image", "encoder")
    code = (model.latent_dim,)
    outputs: dict[str, Shape] = {"mean" if isinstance(model, VAE) else "code": code}
    graph.linear(model.mean, features, "mean", next(iter(outputs)))
    if isinstance(model, VAE):
        outputs["log_variance"] = code
        graph.limited(graph.linear(model.log_variance, features, "log_variance"), "log_variance")
    if isinstance(model, ClassifierVAE):
        outputs["class_probabilities"] = (model.classes,)
        logits = graph.through(model.classifier, "image", "classifier")
        graph.add("Softmax", logits, out="class_probabilities", axis=1)
    return graph.model({"image": model.image_shape}, outputs, about)


def decoder_graph(model: Autoencoder, about: Mapping[str, str]) -> onnx.ModelProto:
    """Return the decoder: `z` (N, latent_dim) → `image` (N, C, H, W) in [0, 1].

    That of a `ClassifierVAE` also takes `class_probabilities` (N, classes), such as a one-hot code for a class.

    Args:
        about: texts that are kept in the file, by name.
    """
    graph = _Graph()
    inputs: dict[str, Shape] = {"z": (model.latent_dim,)}
    latents = "z"
    if isinstance(model, ClassifierVAE):
        inputs["class_probabilities"] = (model.classes,)
        latents = graph.add("Concat", "z", "class_probabilities", axis=1)
    graph.add("Sigmoid", graph.through(model.decoder, latents, "decoder"), out="image")
    return graph.model(inputs, {"image": model.image_shape}, about)


class _Graph:
    """A graph to which operators are added one after another; each method returns the name of what it gives."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        out = out or f"step_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [out], **attributes))
        return out

    def constant(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number_{len(self.weights)}", np.array(value, np.float32))

    def weight(self, name: str, tensor: Tensor | None) -> str:
        assert tensor is not None
        return self.constant(name, tensor.detach().float().cpu().numpy())

    def through(self, layers: nn.Sequential, inputs: str, name: str) -> str:
        """Pass inputs through the layers of a body, whose weights have names as in the run's own file."""
        for number, layer in layers.named_children():
            write = next(write for kind, write in _WRITERS.items() if isinstance(layer, kind))
            inputs = write(self, layer, inputs, f"{name}.{number}")
        return inputs

    def linear(self, layer: nn.Linear, inputs: str, name: str, out: str = "") -> str:
        weight, bias = self.weight(f"{name}.weight", layer.weight), self.weight(f"{name}.bias", layer.bias)
        return self.add("Gemm", inputs, weight, bias, out=out, transB=1)

    def convolution(self, layer: nn.Conv2d | nn.ConvTranspose2d, inputs: str, name: str) -> str:
        weight, bias = self.weight(f"{name}.weight", layer.weight), self.weight(f"{name}.bias", layer.bias)
        settings: dict[str, Any] = {
            "kernel_shape": layer.kernel_size,
            "strides": layer.stride,
            "pads": [*layer.padding, *layer.padding],
        }
        if isinstance(layer, nn.ConvTranspose2d):
            return self.add("ConvTranspose", inputs, weight, bias, output_padding=layer.output_padding, **settings)
        return self.add("Conv", inputs, weight, bias, **settings)

    def unflatten(self, layer: nn.Unflatten, inputs: str, name: str) -> str:
        # A 0 stands for the size that is there: that of the batch.
        shape = self.constant(f"{name}.shape", np.array([0, *layer.unflattened_size], np.int64))
        return self.add("Reshape", inputs, shape)

    def silu(self, inputs: str) -> str:
        return self.add("Mul", inputs, self.add("Sigmoid", inputs))

    def gelu(self, inputs: str) -> str:
        """Compute x/2 · (1 + erf(x/√2)), since the operator Gelu came with opset 20."""
        share = self.add("Add", self.add("Erf", self.add("Div", inputs, self.number(math.sqrt(2)))), self.number(1))
        return self.add("Mul", self.add("Mul", inputs, share), self.number(0.5))

    def limited(self, inputs: str, out: str) -> str:
        """Compute L − softplus(L − v), as `autoencoders.limited` does."""
        limit = self.number(LOG_VARIANCE_LIMIT)
        return self.add("Sub", limit, self.add("Softplus", self.add("Sub", limit, inputs)), out=out)

    def model(
        self, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape], about: Mapping[str, str]
    ) -> onnx.ModelProto:
        """Make a model of what was added; the first axis of its inputs and outputs is a batch of any size."""
        ins, outs = (
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape]) for name, shape in each.items()]
            for each in (inputs, outputs)
        )
        graph = helper.make_graph(self.nodes, about.get("name", "model"), ins, outs, self.weights)
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="vae-explorer",
            producer_version=vae.__version__,
        )
        helper.set_model_props(made, dict(about))
        onnx.checker.check_model(made, full_check=True)
        return made


# How each kind of layer is written, given the graph, the layer, the name of its inputs and its own.
_WRITERS: dict[type, Callable[[_Graph, Any, str, str], str]] = {
    nn.Sequential: _Graph.through,
    nn.Flatten: lambda graph, layer, inputs, name: graph.add("Flatten", inputs, axis=1),
    nn.Unflatten: _Graph.unflatten,
    nn.Linear: _Graph.linear,
    nn.Conv2d: _Graph.convolution,
    nn.ConvTranspose2d: _Graph.convolution,
    nn.ReLU: lambda graph, layer, inputs, name: graph.add("Relu", inputs),
    nn.SiLU: lambda graph, layer, inputs, name: graph.silu(inputs),
    nn.GELU: lambda graph, layer, inputs, name: graph.gelu(inputs),
    nn.Tanh: lambda graph, layer, inputs, name: graph.add("Tanh", inputs),
    nn.Sigmoid: lambda graph, layer, inputs, name: graph.add("Sigmoid", inputs),
}
