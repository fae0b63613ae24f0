import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { makeDecoder } from "../../../../vae/ui/components/decoder.js";
import { foldable, position } from "../../../../vae/ui/components/every_beta/gates.js";
import { makeManyDecoder } from "../../../../vae/ui/components/every_beta/many.js";

// What Python says of a model with opened gates; tests/ui/components/test_gates.py keeps the file true.
const said = JSON.parse(readFileSync(new URL("gates.json", import.meta.url)));
const weight = (name) => Float32Array.from(said.weights[name]);
const close = (found, expected, tolerance) =>
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) <= tolerance, `${value} and ${expected[i]}, at ${i}`));

test("a folded layer has the weights that Python's has, at every β and after other β", () => {
  const { weight: now, fold } = foldable(said.layers, said.gates, weight);
  for (const { beta, folded } of [...said.at, said.at[0]]) {
    fold(beta);
    for (const [name, expected] of Object.entries(folded)) close(now(name), expected, 2e-5);
  }
});

test("at β = 1 the layers are the model's own, and the last one is so at every β", () => {
  const { weight: now, fold } = foldable(said.layers, said.gates, weight);
  const last = said.layers.at(-1).weight;
  fold(16);
  assert.deepEqual([...now(last)], [...weight(last)]);
  assert.notDeepEqual([...now(said.layers[0].weight)], [...weight(said.layers[0].weight)]);
  fold(1);
  close(now(said.layers[0].weight), weight(said.layers[0].weight), 0);
});

test("a β beyond those of training counts as the nearest of them", () => {
  const { range } = said.gates;
  assert.equal(position(1000, range), position(range[1], range));
  assert.equal(position(1e-6, range), position(range[0], range));
  assert.ok(position(range[0], range) < position(1, range) && position(1, range) < position(range[1], range));
});

test("it decodes what Python decodes, one by one and many at once", () => {
  const { weight: now, fold } = foldable(said.layers, said.gates, weight);
  const decode = makeDecoder(said.layers, now), decodeMany = makeManyDecoder(said.layers, now);
  for (const { beta, images } of said.at) {
    fold(beta);
    said.latents.forEach((latent, n) => close([...decode(Float32Array.from(latent))].map((value) => 255 * value), images[n], 1));
    const many = decodeMany(Float32Array.from(said.latents.flat()), said.latents[0].length);
    assert.equal(many.length, images.flat().length);
    close([...many], images.flat(), 1);
  }
});
