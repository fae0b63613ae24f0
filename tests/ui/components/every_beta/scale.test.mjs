import assert from "node:assert/strict";
import { test } from "node:test";

import { betweenBetas, mix, mixRows, Scale, writtenBeta } from "../../../../vae/ui/components/every_beta/scale.js";
import { swing, WAY } from "../../../../vae/ui/components/every_beta/swing.js";

const BETAS = [0.05, 0.1, 0.5, 1, 4, 16];

test("a number between two β is on the line between theirs, evenly in log β", () => {
  const values = [10, 8, 6, 5, 2, 0];
  assert.equal(mix(values, betweenBetas(BETAS, 0.1)), 8);
  assert.ok(Math.abs(mix(values, betweenBetas(BETAS, 2)) - 3.5) < 1e-9);
  assert.equal(mix(values, betweenBetas(BETAS, 16)), 0);
});

test("beyond the first and the last β there is nothing new", () => {
  const values = [10, 8, 6, 5, 2, 0];
  assert.equal(mix(values, betweenBetas(BETAS, 0.001)), 10);
  assert.equal(mix(values, betweenBetas(BETAS, 99)), 0);
});

test("rows between two β are mixed value by value", () => {
  const rows = Float32Array.of(0, 0, 2, 4, 4, 8), found = new Float32Array(2);
  assert.deepEqual([...mixRows(rows, { low: 0, share: 0.5 }, found)], [1, 2]);
  assert.deepEqual([...mixRows(rows, { low: 1, share: 1 }, found)], [4, 8]);
  assert.deepEqual([...mixRows(rows, { low: 1, share: 0 }, found)], [2, 4]);
});

test("equal steps of the slider lose nearly equal amounts of KL", () => {
  const rates = [12, 11, 8, 7, 3, 1], scale = new Scale(BETAS, rates);
  const at = (place) => mix(rates, betweenBetas(BETAS, scale.betaAt(place)));
  for (let step = 0; step < 10; step++) {
    const lost = at(step / 10) - at((step + 1) / 10);
    assert.ok(Math.abs(lost - 1.1) < 0.1, `${lost} nats in step ${step}`);
  }
});

test("every β has one place from 0 to 1, also where the KL stands still or rises for once", () => {
  for (const rates of [[12, 11, 8, 7, 3, 1], [5, 5, 5, 5, 5, 5], [5, 6, 4, 4, 4.5, 0], [0, 0, 0, 0, 0, 0]]) {
    const scale = new Scale(BETAS, rates);
    assert.equal(scale.placeOf(0.05), 0);
    assert.ok(Math.abs(scale.placeOf(16) - 1) < 1e-9);
    let before = -1;
    for (const beta of [0.05, 0.07, 0.1, 0.3, 1, 2, 4, 7, 15]) {
      const place = scale.placeOf(beta);
      assert.ok(place > before);
      assert.ok(Math.abs(scale.betaAt(place) / beta - 1) < 1e-6);
      before = place;
    }
  }
});

test("labels that would lie on one another are left out", () => {
  const scale = new Scale(BETAS, [12, 11.9, 8, 7, 3, 1]);
  assert.deepEqual(scale.apart([0.05, 0.1, 0.5, 1, 16], 0.04), [0.05, 0.5, 1, 16]);
});

test("β is written to three digits", () => {
  assert.deepEqual([0.05, 0.07123, 0.2512, 1, 10.449, 16].map(writtenBeta), ["0.05", "0.071", "0.251", "1", "10.4", "16"]);
});

test("a swing begins where the slider stands, rises first, and comes back after twice its way", () => {
  for (const start of [0, 0.3, 0.9]) {
    assert.ok(Math.abs(swing(start, 0) - start) < 1e-9);
    assert.ok(swing(start, 0.1) > start);
    assert.ok(Math.abs(swing(start, 2 * WAY) - start) < 1e-9);
  }
  assert.ok(Math.abs(swing(0, WAY) - 1) < 1e-9);
});
