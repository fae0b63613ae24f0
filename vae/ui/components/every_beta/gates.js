// Makes the decoder of one β out of a multi-rate VAE's: its gates are multiplied into its layers, as
// vae/models/multi_rate.py does it. gates.py beside this folder describes the weights.

const silu = (x) => x / (1 + Math.exp(-x));

function product(weight, x) {
  const inputs = x.length, result = new Float32Array(weight.length / inputs);
  for (let o = 0; o < result.length; o++) for (let i = 0; i < inputs; i++) result[o] += weight[o * inputs + i] * x[i];
  return result;
}

// Returns log β with mean 0 and variance 1 over the β of training; a β beyond them counts as the nearest of them.
export function position(beta, [lowest, highest]) {
  const low = Math.log(lowest), high = Math.log(highest);
  const log = Math.min(high, Math.max(low, Math.log(beta)));
  return (Math.sqrt(3) * (log - (low + high) / 2)) / ((high - low) / 2);
}

// Returns the features of a β to which all gates are in proportion; they are 0 at β = 1.
export function featuresOf(beta, range, weight) {
  const features = (t) => {
    let x = Float32Array.of(t);
    for (const layer of ["trunk0", "trunk1"]) {
      const bias = weight(`${layer}.bias`);
      x = product(weight(`${layer}.weight`), x).map((sum, o) => silu(sum + bias[o]));
    }
    return x;
  };
  const neutral = features(position(1, range));
  return features(position(beta, range)).map((feature, i) => feature - neutral[i]);
}

// Returns { weight, fold }: after `fold(beta)`, `weight(name)` gives the layers' weights of the VAE of that β. The
// arrays stay the same ones, so that a decoder is made of them once.
export function foldable(layers, gates, weight) {
  const folded = {};
  for (const place of gates.layers)
    for (const name of [layers[place].weight, layers[place].bias]) folded[name] = Float32Array.from(weight(name));
  const fold = (beta) => {
    const features = featuresOf(beta, gates.range, weight);
    gates.layers.forEach((place, number) => {
      const layer = layers[place];
      const scale = product(weight(`scale${number}`), features).map((s) => 1 + s);
      const shift = product(weight(`shift${number}`), features);
      scaleInto(folded[layer.weight], weight(layer.weight), scale);
      const own = weight(layer.bias), bias = folded[layer.bias], each = own.length / scale.length;
      for (let o = 0; o < own.length; o++) bias[o] = own[o] * scale[Math.floor(o / each)] + shift[Math.floor(o / each)];
    });
  };
  return { weight: (name) => folded[name] ?? weight(name), fold };
}

// Writes the rows of a matrix (outputs, inputs), each times its scale; a scale may have several rows.
function scaleInto(target, source, scale) {
  const each = source.length / scale.length;
  for (let s = 0, i = 0; s < scale.length; s++) for (const end = i + each; i < end; i++) target[i] = source[i] * scale[s];
}
