import assert from "node:assert/strict";
import { test } from "node:test";

import { gapWords, nearest, numberWords } from "../../../../vae/ui/components/every_beta/words.js";

const gap = (beta, more = {}) =>
  ({ beta, runs: [[10, 90]], objective_percent: -1.34, spread_percent: 0, rate: 0.26, reconstruction: -1.58, ...more });

test("the terms of the objective and their sum are said with their unit", () => {
  assert.equal(numberWords({ rate: 19.13, distortion: 78.34 }), "KL 19.1 + reconstruction loss 78.3 = −ELBO 97.5 nats per image");
});

test("the gap is the one to the ladder's β that is nearest in log β", () => {
  const gaps = [gap(0.5), gap(1), gap(2)];
  assert.equal(nearest(gaps, 0.72).beta, 1);
  assert.equal(nearest(gaps, 0.69).beta, 0.5);
  assert.equal(nearest(gaps, 15).beta, 2);
  assert.equal(nearest([], 1), undefined);
  assert.equal(gapWords(undefined), "");
});

test("the gap says what is higher and what is lower, and the β that it is of", () => {
  assert.equal(
    gapWords(gap(1)),
    "Against the ladder's VAE of β = 1, this model has at that β: objective 1.3 % lower, KL 0.3 nats higher, reconstruction loss 1.6 nats lower.",
  );
  assert.match(gapWords(gap(1, { objective_percent: 0.01 })), /the same objective to 0\.1 %/);
});

test("several seeds are told with their spread", () => {
  const words = gapWords(gap(4, { runs: [[1, 2], [1, 3], [2, 3]], spread_percent: 0.42 }));
  assert.match(words, /^Against the mean of the ladder's 3 seeds at β = 4, whose objectives span 0\.4 %, this model has/);
});
