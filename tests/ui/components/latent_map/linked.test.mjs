import assert from "node:assert/strict";
import { test } from "node:test";

import { linked, rankOf, valueAt } from "../../../../vae/ui/components/latent_map/linked.js";
import { Motion } from "../../../../vae/ui/components/latent_map/motion.js";
import { panelOf, UNCHANGED } from "./panels.mjs";

const WIDE = Float32Array.of(-100, 0, 0, -50, 100, 50);  // z1 is −100, 0, 100 and z2 is 0, −50, 50
const NARROW = Float32Array.of(-1, 2, 0, 1, 3, 0);

// Returns a map whose pointer is at a place of a panel, over image `index` or over none.
function mapAt(panel, x, y, index = -1, about = [{}, {}]) {
  const panels = [panelOf({ prior_radius: 3, ...about[0] }, { points: WIDE }),
    panelOf({ word: "VAE", prior_radius: 3, ...about[1] }, { points: NARROW })];
  const motion = new Motion(), shades = [2, 2, 2];
  motion.open(panels, UNCHANGED, 3);
  return { panels, motion, shades, hovered: { panel, x, y, index }, latentAt: (k, left, up) => panels[k].latent(left, up) };
}

const at = (panel, x, y, ...more) => linked(mapAt(panel, x, y, ...more), Float32Array.of(x, y));

test("a rank goes from 0 at the least value to 1 at the greatest, and values come back from their ranks", () => {
  const sorted = [-4, 0, 1, 6];
  assert.deepEqual([-9, -4, 6, 7].map((value) => rankOf(sorted, value)), [0, 0, 1, 1]);
  assert.ok(Math.abs(rankOf(sorted, 0) - 1 / 3) < 1e-9);
  for (const value of [-4, -1, 0.25, 3.5, 6]) assert.ok(Math.abs(valueAt(sorted, rankOf(sorted, value)) - value) < 1e-9);
  assert.equal(rankOf([2, 2, 2], 2), 0);
});

test("over an image the other panel shows the same image", () => {
  const { rule, latents, places } = at(0, 99, 51, 2);
  assert.equal(rule, "image");
  assert.deepEqual([...latents[1]], [3, 0]);
  assert.deepEqual(places[1], [3, 0]);
  assert.deepEqual([...latents[0]], [99, 51]);
});

test("within the prior both decoders get the same z, from either side", () => {
  for (const k of [0, 1]) {
    const { rule, latents, places } = at(k, 1, -2);
    assert.equal(rule, "same z");
    assert.deepEqual(latents.map((latent) => [...latent]), [[1, -2], [1, -2]]);
    assert.deepEqual(places, [[1, -2], [1, -2]]);
  }
});

test("outside of the prior the other decoder stays among its own codes", () => {
  const { rule, latents, ranks } = at(0, 50, -50);
  assert.equal(rule, "rank");
  assert.deepEqual(ranks, [0.75, 0]);
  assert.deepEqual([...latents[1]], [1.5, 0]);
  for (const [x, y] of [[-150, 150], [80, 0], [1000, -1000]]) {
    const [, z] = at(0, x, y).latents;
    assert.ok(z[0] >= -1 && z[0] <= 3 && z[1] >= 0 && z[1] <= 2);
  }
});

test("models of other sizes are linked by rank within the prior too", () => {
  const map = mapAt(0, 0, 0);
  map.panels[1] = panelOf({ latent_dim: 3, prior_radius: 4 }, { points: NARROW, codes: new Float32Array(9),
    origin: Float32Array.of(0, 0, 7), directions: Float32Array.of(1, 0, 0, 0, 1, 0) });
  map.motion.open(map.panels, UNCHANGED, 3);
  const { rule, latents } = linked(map, Float32Array.of(0, 0));
  assert.equal(rule, "rank");
  assert.deepEqual([...latents[1]], [0, 1, 7]);
});

test("on t-SNE maps the nearest image stands for the place", () => {
  const { rule, image, places } = at(0, 80, 40, -1, [{ linear: false }, { linear: false }]);
  assert.equal(rule, "nearest");
  assert.equal(image, 2);
  assert.deepEqual(places[1], [3, 0]);
});

test("nothing belongs to a place while the other panel's points are on their way", () => {
  const map = mapAt(1, 0, 0);
  map.motion.moveTo(0.5);
  const { rule, latents } = linked(map, Float32Array.of(0, 0));
  assert.equal(rule, "moving");
  assert.equal(latents[0], null);
  assert.deepEqual([...latents[1]], [0, 0]);
});
