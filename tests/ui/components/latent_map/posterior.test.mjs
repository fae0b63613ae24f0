import assert from "node:assert/strict";
import { test } from "node:test";

import { axesOf, spanOf } from "../../../../vae/ui/components/latent_map/posterior.js";
import { panelOf } from "./panels.mjs";

test("the axes of an ellipse are the standard deviations along its directions, however it is turned", () => {
  for (const angle of [0, 0.4, Math.PI / 2, 2]) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const { long, short } = axesOf([9 * c * c + 4 * s * s, 5 * c * s, 9 * s * s + 4 * c * c]);
    assert.ok(Math.abs(long - 3) < 1e-9);
    assert.ok(Math.abs(short - 2) < 1e-9);
  }
});

test("the inset's span follows the posterior, so that a narrow one is as large as a wide one, and all draws fit", () => {
  const panel = panelOf({}, { deviations: Float32Array.of(0.01, 0.02, 3, 1, 1, 0) });
  const [narrow, wide] = [0, 1].map((index) => spanOf(panel.covariance(index)));
  assert.ok(Math.abs(wide / narrow - 150) < 1e-3);
  for (const index of [0, 1, 2]) {
    const [x, y] = panel.code(index), span = spanOf(panel.covariance(index));
    for (const [left, up] of panel.draws(index)) assert.ok(Math.max(Math.abs(left - x), Math.abs(up - y)) <= span / 2);
  }
});
