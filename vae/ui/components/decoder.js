// This is what components share that decode in the browser: they read their message, make a decoder from the weights in
// it, and paint what it decodes. packed.py beside this file describes the message.

let halves = null;

function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 31) halves[bits] = fraction ? NaN : sign * Infinity;
    else halves[bits] = sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
  }
  return halves;
}

export function readHeader(message) {
  const length = new DataView(message.buffer, message.byteOffset, 4).getUint32(0, true);
  const text = new TextDecoder().decode(message.subarray(4, 4 + length));
  return { text, header: JSON.parse(text), parts: 4 + length };
}

export async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Puts bytes that lie plane by plane (all first bytes, then all second ones) back into items of so many bytes.
function fromPlanes(bytes, size) {
  const items = new Uint8Array(bytes.length), count = bytes.length / size;
  for (let plane = 0, at = 0; plane < size; plane++)
    for (let i = 0; i < count; i++, at++) items[i * size + plane] = bytes[at];
  return items.buffer;
}

// Reads a safetensors file whose floats lie in planes: name → { array: Float32Array or Uint8Array, shape }.
export function readTensors(bytes) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [begin, end] }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const own = bytes.subarray(8 + length + begin, 8 + length + end);
    let array = own;
    if (dtype === "F32") array = new Float32Array(fromPlanes(own, 4));
    if (dtype === "F16") array = Float32Array.from(new Uint16Array(fromPlanes(own, 2)), (bits) => halfTable()[bits]);
    tensors[name] = { array, shape };
  }
  return tensors;
}

// Returns the tensors of all parts of a message by name, whose first part begins at `offset`.
export async function readParts(message, header, offset) {
  const tensors = {};
  for (const { bytes } of header.parts) {
    Object.assign(tensors, readTensors(await inflate(message.subarray(offset, offset + bytes))));
    offset += bytes;
  }
  return tensors;
}

function erf(x) {  // Abramowitz & Stegun 7.1.26 is right to 1.5e-7
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}

export const ACTIVATIONS = {
  relu: (x) => (x > 0 ? x : 0),
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

function linear(weight, bias) {
  const outputs = bias.length, inputs = weight.length / outputs, result = new Float32Array(outputs);
  return (x) => {
    for (let o = 0, w = 0; o < outputs; o++) {
      let a = bias[o], b = 0, c = 0, d = 0, i = 0;
      for (; i + 3 < inputs; i += 4, w += 4) {  // Four sums at once keep the processor's adders busy.
        a += weight[w] * x[i];
        b += weight[w + 1] * x[i + 1];
        c += weight[w + 2] * x[i + 2];
        d += weight[w + 3] * x[i + 3];
      }
      for (; i < inputs; i++, w++) a += weight[w] * x[i];
      result[o] = a + b + c + d;
    }
    return result;
  };
}

function convTranspose(weight, bias, [inputs, height, width], [outputs, tall, wide]) {
  const result = new Float32Array(outputs * tall * wide);
  return (x) => {
    for (let o = 0; o < outputs; o++) result.fill(bias[o], o * tall * wide, (o + 1) * tall * wide);
    for (let c = 0; c < inputs; c++)
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const value = x[(c * height + row) * width + column];
          for (let o = 0; o < outputs; o++)
            for (let ky = 0; ky < 3; ky++) {
              const y = 2 * row - 1 + ky;
              if (y < 0 || y >= tall) continue;
              const target = (o * tall + y) * wide, kernel = ((c * outputs + o) * 3 + ky) * 3;
              for (let kx = 0; kx < 3; kx++) {
                const to = 2 * column - 1 + kx;
                if (to >= 0 && to < wide) result[target + to] += value * weight[kernel + kx];
              }
            }
        }
    return result;
  };
}

// Makes a function of a latent that gives the image's values in [0, 1]; each call writes the same array again.
export function makeDecoder(layers, weight) {
  const operations = layers.map((layer) => {
    if (layer.op === "linear") return linear(weight(layer.weight), weight(layer.bias));
    if (layer.op === "conv_transpose")
      return convTranspose(weight(layer.weight), weight(layer.bias), layer.input, layer.output);
    const activation = ACTIVATIONS[layer.op];
    return (x) => {
      for (let i = 0; i < x.length; i++) x[i] = activation(x[i]);
      return x;
    };
  });
  return (latent) => {
    const logits = operations.reduce((x, operation) => operation(x), latent);
    for (let i = 0; i < logits.length; i++) logits[i] = 1 / (1 + Math.exp(-logits[i]));
    return logits;
  };
}

// Paints values in [0, 1] or bytes, (C, H, W), on a canvas, which takes their size where it has another.
export function paint(canvas, values, [channels, height, width], left = 0) {
  if (left === 0 && (canvas.width < width || canvas.height !== height)) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), picture = context.createImageData(width, height);
  const scale = values instanceof Uint8Array ? 1 : 255, size = height * width;
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) picture.data[4 * i + c] = values[(channels === 1 ? 0 : c) * size + i] * scale;
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, left, 0);
}
