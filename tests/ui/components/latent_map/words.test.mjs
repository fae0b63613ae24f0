import assert from "node:assert/strict";
import { test } from "node:test";

import { Motion } from "../../../../vae/ui/components/latent_map/motion.js";
import * as words from "../../../../vae/ui/components/latent_map/words.js";
import { panelOf, UNCHANGED } from "./panels.mjs";

const CODES = { codes: new Float32Array(9), origin: new Float32Array(3), directions: new Float32Array(6) };

// Returns what the words are made from: a map of two panels, with what a test changes in its state.
function mapOf(state = {}, about = {}, tensors = {}) {
  const panels = [panelOf(about, tensors), panelOf({ ...about, word: "VAE" }, tensors)], motion = new Motion();
  motion.open(panels, UNCHANGED, 3);
  const header = { of: "mnist/test", count: 10_000, classes: ["zero", "one"], judge: "", panels };
  const plain = { background: "none", pinned: null, selection: null, hidden: [] };
  return { header, panels, motion, labels: [0, 1, 1], state: { ...plain, ...state } };
}

test("an image is named with its class, and with whether it is pinned", () => {
  assert.equal(words.imageTitle(2, mapOf()), "Test image 2: one");
  assert.equal(words.imageTitle(2, mapOf({ pinned: 2 })), "Test image 2: one (pinned)");
  const map = mapOf();
  assert.equal(words.imageTitle(0, { ...map, header: { ...map.header, of: "mnist/train" } }), "Training image 0: zero");
});

test("Escape is said to unpin first and then to clear the selection", () => {
  const selection = Array.from({ length: 1234 }, (_, i) => i);
  const pinned = words.note(mapOf({ selection, pinned: 1 }));
  assert.match(pinned, /1,234 images selected; Escape unpins the image, then clears the selection\.$/);
  assert.match(words.note(mapOf({ selection })), /1,234 images selected; Escape clears the selection\.$/);
  assert.doesNotMatch(words.note(mapOf()), /Escape/);
});

test("the stage is described to a screen reader", () => {
  const label = words.stageLabel(mapOf());
  assert.match(label, /^AE: a model; VAE: a model\. 10,000 images\./);
  assert.match(label, /Escape unpins/);
});

test("where the points are is said at both ends and between", () => {
  const map = mapOf();
  for (const [at, said] of [[0, "AE's places"], [0.256, "26 %"], [1, "VAE's places"]]) {
    map.motion.moveTo(at);
    assert.equal(words.where(map), said);
  }
});

test("the note explains the moving points and leaves out the prior that is not drawn then", () => {
  const map = mapOf();
  assert.match(words.note(map), /^Dashed: the circles/);
  map.panels.pop();
  map.panels.push(panelOf({ linear: false, word: "VAE" }));
  map.motion.moveTo(0.5);
  assert.match(words.note(map), /^The left panel moves every image towards its place in the VAE/);
  assert.doesNotMatch(words.note(map), /Dashed/);
});

test("the note says what lies behind the points, and on which plane it was decoded", () => {
  const mosaic = (state, about, tensors) => words.note(mapOf({ background: "mosaic", ...state }, about, tensors));
  assert.match(mosaic({}), /makes of that place\. /);
  assert.match(mosaic({}, { latent_dim: 3 }, CODES), /the plane through the mean code\./);
  assert.match(mosaic({ pinned: 7 }, { latent_dim: 3 }, CODES), /the plane through image 7\./);
  assert.match(mosaic({}, { latent_dim: 3, linear: false }, CODES), /the plane through the nearest image\./);
  assert.match(words.note(mapOf({ background: "density" })), /aggregate posterior/);
  assert.match(words.note(mapOf({ background: "density" }, { linear: false })), /has no density of codes/);
  assert.match(words.note(mapOf({ background: "reading" })), /that takes a few seconds/);
});

test("the latent under the pointer is written as numbers, or as its length above two dimensions", () => {
  const here = { panel: 0, x: 0, y: 0 };
  assert.equal(words.wordsHere([-1.5, 0.25], here, mapOf()), "z = (−1.50, 0.250) in the AE's space. The VAE is given the same z.");
  const long = words.wordsHere([0, 3, 4], here, mapOf({ pinned: 1 }, { latent_dim: 3 }, CODES));
  assert.match(long, /^A z of length 5\.00 in the AE's space: .* through image 1\. The VAE is given the same z\.$/);
  const map = mapOf();
  map.panels[1] = panelOf({ word: "VAE", latent_dim: 3 }, CODES);
  assert.match(words.wordsHere([1, 2], here, map), /The VAE's z has another size\.$/);
});

test("what a classifier reads is said of the cell under the pointer, and not outside of what it read", () => {
  const about = { reading: { side: 2, range: [0, 0, 1] } };
  const map = mapOf({ background: "reading" }, about, { read: [0, 1, 0, 0], confidence: [255, 128, 0, 0] });
  const read = (x, y) => words.wordsHere([x, y], { panel: 0, x, y }, map);
  assert.match(read(0.5, 0.5), /The classifier reads one \(50 %\)\.$/);
  assert.match(read(-0.5, 0.5), /The classifier reads zero \(100 %\)\.$/);
  assert.doesNotMatch(read(1.5, 0.5), /classifier/);
});

test("nowhere is explained by the points that are on their way, or asks to be pointed at", () => {
  assert.match(words.wordsNowhere(true), /on their way/);
  assert.match(words.wordsNowhere(false), /Move over a panel/);
});

test("an image is a point to a model without a posterior and a region to one with it", () => {
  const panels = [panelOf(), panelOf({ word: "VAE" }, { deviations: Float32Array.of(0, 0, 0.1, 0.3) })];
  assert.equal(words.drawsWords(1, panels), "To the AE this image is one point, which decodes to one image. "
    + "To the VAE it is a region, N(μ, σ²) with a mean σ of 0.20: the ellipses hold 39 % and 86 % of it.");
});

test("the second and third ten classes have marks, as their points do", () => {
  assert.deepEqual([0, 10, 20].map((label) => words.className("a", label)), ["a", "◆ a", "■ a"]);
});
