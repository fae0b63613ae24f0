// Decodes many latents in less than half the time that it takes one by one: four images share each weight that is read.
// It takes linear layers and activations; decoder.js takes any decoder and one latent.

import { ACTIVATIONS } from "../decoder.js";

const TOGETHER = 4;

// `from` (inputs, 4) and `to` (outputs, 4) hold a value of each of the four side by side; two outputs share each of them.
function linearOfFour(weight, bias, from, to) {
  const outputs = bias.length, inputs = weight.length / outputs;
  for (let o = 0; o < outputs; o += 2) {
    const one = o * inputs, other = o + 1 < outputs ? one + inputs : one;
    let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    for (let i = 0, x = 0; i < inputs; i++, x += TOGETHER) {
      const u = weight[one + i], v = weight[other + i], p = from[x], q = from[x + 1], r = from[x + 2], s = from[x + 3];
      a += u * p; b += u * q; c += u * r; d += u * s;
      e += v * p; f += v * q; g += v * r; h += v * s;
    }
    write(to, o, bias[o], a, b, c, d);
    if (o + 1 < outputs) write(to, o + 1, bias[o + 1], e, f, g, h);
  }
}

function write(to, output, bias, a, b, c, d) {
  const at = TOGETHER * output;
  to[at] = a + bias;
  to[at + 1] = b + bias;
  to[at + 2] = c + bias;
  to[at + 3] = d + bias;
}

// Returns a function of latents (N, inputs) that gives their images as bytes (N, outputs).
export function makeManyDecoder(layers, weight) {
  const sizes = layers.map(({ bias }) => bias && weight(bias).length), outputs = sizes.findLast(Boolean);
  const buffers = sizes.map((size) => size && new Float32Array(TOGETHER * size));
  return (latents, inputs) => {
    const count = latents.length / inputs, found = new Uint8ClampedArray(count * outputs);
    const first = new Float32Array(TOGETHER * inputs);
    for (let n = 0; n < count; n += TOGETHER) {
      const together = Math.min(TOGETHER, count - n);
      for (let k = 0; k < together; k++) for (let i = 0; i < inputs; i++) first[TOGETHER * i + k] = latents[(n + k) * inputs + i];
      let values = first;
      layers.forEach((layer, place) => {
        if (layer.op === "linear") linearOfFour(weight(layer.weight), weight(layer.bias), values, (values = buffers[place]));
        else for (let i = 0, activation = ACTIVATIONS[layer.op]; i < values.length; i++) values[i] = activation(values[i]);
      });
      for (let k = 0; k < together; k++)
        for (let o = 0, at = (n + k) * outputs; o < outputs; o++, at++) found[at] = 255 / (1 + Math.exp(-values[TOGETHER * o + k]));
    }
    return found;
  };
}
