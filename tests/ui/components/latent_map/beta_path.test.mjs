import assert from "node:assert/strict";
import { test } from "node:test";

import { BetaPath } from "../../../../vae/ui/components/latent_map/beta_path.js";

// Two images at three stops of β.
const BETAS = [0.25, 1, 16];
const PLACES = Float32Array.of(0, 0, 1, 1, 0, 2, 3, 1, 4, 2, 5, 1);
const FACTORS = Float32Array.of(1, 0, 1, 2, 1, 1, 1, 0, 1, 4, -1, 3, 1, 0, 1, 4, -1, 3);

const pathOf = (beta) => new BetaPath({ betas: BETAS, beta }, PLACES, FACTORS);
const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);

test("stops lie at whole numbers, and β is on a logarithm between them", () => {
  const path = pathOf(4);
  assert.deepEqual(BETAS.map((beta) => path.placeOf(beta)), [0, 1, 2]);
  near(path.home, 1.5);
  for (const beta of [0.25, 0.5, 1, 3, 16]) near(path.betaAt(path.placeOf(beta)), beta);
});

test("a β beyond the stops has the place of the nearest", () => {
  assert.equal(pathOf(0.01).home, 0);
  assert.equal(pathOf(20).home, 2);
});

test("each stop has the places of its images", () => {
  const path = pathOf(1);
  assert.equal(path.count, 2);
  assert.deepEqual(path.frames.map((frame) => [...frame]), [[0, 0, 1, 1], [0, 2, 3, 1], [4, 2, 5, 1]]);
});

test("a posterior's covariance is that of its factor, which goes linearly from stop to stop", () => {
  const path = pathOf(1);
  assert.deepEqual(path.covariance(0, 1), [4, 2, 2]);
  assert.deepEqual(path.covariance(2, 1), [16, -4, 10]);
  assert.deepEqual(path.covariance(0.5, 1), [9, 0, 4]);  // of the factor 3, 0, 2
});
