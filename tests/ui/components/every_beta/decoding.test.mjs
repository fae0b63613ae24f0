import assert from "node:assert/strict";
import { test } from "node:test";

import { Decoding } from "../../../../vae/ui/components/every_beta/decoding.js";
import { pictured } from "../../../../vae/ui/components/every_beta/wall.js";

// Three β, two samples and one copy of one pixel each.
const ABOUT = { layers: null, code_betas: [0.1, 1, 10] };
const TENSORS = {
  samples: { array: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2, 1, 1, 1] },
  copies: { array: Uint8Array.of(7, 8, 9), shape: [3, 1, 1, 1, 1] },
};

test("pictures that the server has decoded are those of the nearest β", () => {
  const wall = pictured(ABOUT, TENSORS);
  assert.deepEqual([...wall(0.1).samples], [1, 2]);
  assert.deepEqual([...wall(0.5).samples], [3, 4]);
  assert.deepEqual([...wall(9).samples], [5, 6]);
  assert.deepEqual([...wall(99).copies], [9]);
});

test("of many β that are asked for at once the last one is decoded, and not every one", async () => {
  const told = [];
  const decoding = new Decoding(ABOUT, TENSORS, ({ beta }) => told.push(beta));
  for (const beta of [0.1, 0.2, 0.4, 1, 2]) decoding.ask(beta);
  await new Promise((done) => setTimeout(done, 30));
  assert.deepEqual(told, [0.1, 2]);
  decoding.ask(5);
  decoding.destroy();
  await new Promise((done) => setTimeout(done, 10));
  assert.deepEqual(told, [0.1, 2]);
});

test("where the browser refuses a worker, the page decodes what was asked for", async () => {
  const layers = [{ op: "linear", weight: "w", bias: "b" }], gates = { layers: [], range: [0.03, 20] };
  const flat = (values, shape) => ({ array: Float32Array.from(values), shape });
  const trunk = { "trunk0.weight": flat([1], [1, 1]), "trunk0.bias": flat([0], [1]), "trunk1.weight": flat([1], [1, 1]), "trunk1.bias": flat([0], [1]) };
  const tensors = { ...trunk, w: flat([1], [1, 1]), b: flat([0], [1]), latents: flat([0, 99, -99], [3, 1]), codes: flat([0, 0, 0], [3, 1, 1]) };
  // Some throw, and some let the worker fail.
  const failing = class { postMessage() { setTimeout(() => this.onerror()); } terminate() {} };
  for (const refuse of [() => { throw new Error("refused"); }, failing]) {
    globalThis.Worker = refuse;
    const found = await new Promise((told) => {
      new Decoding({ ...ABOUT, layers, gates, worker: "" }, tensors, told).ask(1);
    });
    assert.deepEqual([...found.samples], [128, 255, 0]);
  }
  delete globalThis.Worker;
});

test("a worker has the next β before it has told of the one before, and never more than two", () => {
  const posted = [];
  globalThis.Worker = class { postMessage({ beta }) { if (beta) posted.push(beta); } terminate() {} };
  const told = [], decoding = new Decoding({ ...ABOUT, layers: [], worker: "" }, {}, ({ beta }) => told.push(beta));
  for (const beta of [1, 2, 3, 4]) decoding.ask(beta);
  assert.deepEqual(posted, [1, 2]);
  decoding.worker.onmessage({ data: { beta: 1 } });
  assert.deepEqual(posted, [1, 2, 4]);
  decoding.worker.onmessage({ data: { beta: 2 } });
  decoding.worker.onmessage({ data: { beta: 4 } });
  assert.deepEqual(posted, [1, 2, 4]);
  assert.deepEqual(told, [1, 2, 4]);
  delete globalThis.Worker;
});
