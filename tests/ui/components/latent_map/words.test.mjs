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
  const header = { of: "mnist/test", noun: "class ", count: 10_000, classes: ["zero", "one"], judge: "", panels };
  const plain = { background: "none", pinned: null, selection: null, hidden: [] };
  return { header, panels, motion, labels: [0, 1, 1], state: { ...plain, ...state } };
}

test("an image is named with its class, and with whether it is pinned", () => {
  assert.equal(words.imageTitle(2, mapOf()), "Test image 2, class one");
  assert.equal(words.imageTitle(2, mapOf({ pinned: 2 })), "Test image 2, class one (pinned)");
  const map = mapOf();
  assert.equal(words.imageTitle(0, { ...map, header: { ...map.header, of: "mnist/train" } }), "Training image 0, class zero");
});

test("how many images are selected is said with how to let them go", () => {
  const selection = Array.from({ length: 1234 }, (_, i) => i);
  assert.match(words.note(mapOf({ selection })), /1,234 images are selected\. Press “Clear selection”/);
  assert.doesNotMatch(words.note(mapOf()), /selected/);
});

test("the stage is described to a screen reader", () => {
  const label = words.stageLabel(mapOf());
  assert.match(label, /^AE: a model; VAE: a model\. 10,000 images\./);
  assert.match(label, /Escape unpins/);
});

test("where the points are is said at both ends and between", () => {
  const map = mapOf();
  for (const [at, said] of [[0, "in the AE"], [0.256, "26 %"], [1, "in the VAE"]]) {
    map.motion.moveTo(at);
    assert.equal(words.where(map), said);
  }
});

test("a panel whose points are elsewhere says where in its title and on its axes", () => {
  const map = mapOf({}, { axes: ["z1", "z2"], title: "ae-2d, 2-D codes, not projected" });
  assert.equal(words.titleOf(map, 0), "ae-2d, 2-D codes, not projected");
  assert.deepEqual(words.axisNames(map, 0), ["z1", "z2"]);
  map.motion.moveTo(0.35);
  assert.equal(words.titleOf(map, 0), "ae-2d, images 35 % of the way to their places in the VAE");
  assert.equal(words.titleOf(map, 1), "ae-2d, 2-D codes, not projected");
  assert.deepEqual(words.axisNames(map, 0), ["between the two maps", ""]);
  map.motion.moveTo(1);
  assert.equal(words.titleOf(map, 0), "ae-2d, images at their places in the VAE");
  assert.deepEqual(words.axisNames(map, 0), ["the map of the VAE, turned and scaled", ""]);
  assert.deepEqual(words.axisNames(map, 1), ["z1", "z2"]);
});

test("a film says in the title which epoch it shows, and how many there are", () => {
  const map = mapOf();
  map.panels[1] = panelOf({ word: "VAE", film_epochs: [1, 2, 3] }, { film: new Float32Array(18) });
  map.motion.open(map.panels, UNCHANGED, 3);
  map.motion.choose("epochs");
  assert.equal(words.titleOf(map, 1), "a model, epoch 3 of 3");
  map.motion.moveTo(0.5);
  assert.equal(words.titleOf(map, 1), "a model, epoch 1.5 of 3");
  assert.equal(words.titleOf(map, 0), "a model");
});

test("samples are counted for the model whose they are, in both directions", () => {
  const panel = panelOf({ share_in_prior: 0.308 }, { reaches: Float32Array.of(1) });
  assert.equal(words.landedWords(panel, [true, false, true]),
    "AE: 2 of 3 samples land where its codes are. 31 % of its codes lie where samples land.");
  assert.match(words.landedWords({ ...panel, share_in_prior: 0.0004 }, [true]), /Less than 1 % of its codes/);
  assert.equal(words.landedWords(panelOf({ share_in_prior: 1 }), [null]), "AE: 100 % of its codes lie where samples land.");
  const vae = panelOf({ word: "VAE" }, { deviations: new Float32Array(6) });
  assert.match(words.ruleWords([panel, vae]), /95 % of all codes pass.*For the VAE one z is drawn from the posterior of every image/);
  assert.doesNotMatch(words.ruleWords([panel, panel]), /posterior/);
});

test("the note explains the moving points and leaves out the prior that is not drawn then", () => {
  const map = mapOf();
  assert.match(words.note(map), /^The dashed circles hold 39 %/);
  map.panels.pop();
  map.panels.push(panelOf({ linear: false, word: "VAE" }));
  map.motion.moveTo(0.5);
  assert.match(words.note(map), /^The left map moves every image towards its place in the VAE/);
  assert.doesNotMatch(words.note(map), /dashed/);
});

test("the note says what lies behind the points, and on which plane it was decoded", () => {
  const mosaic = (state, about, tensors) => words.note(mapOf({ background: "mosaic", ...state }, about, tensors));
  assert.match(mosaic({}), /makes of that place\. /);
  assert.match(mosaic({}, { latent_dim: 3 }, CODES), /the plane through the mean code\./);
  assert.match(mosaic({ pinned: 7 }, { latent_dim: 3 }, CODES), /the plane through image 7\./);
  assert.match(mosaic({}, { latent_dim: 3, linear: false }, CODES), /the plane through the nearest image\./);
  assert.match(words.note(mapOf({ background: "density" })), /aggregate posterior/);
  assert.match(words.note(mapOf({ background: "density" }, { linear: false })), /shows no density of codes/);
  assert.match(words.note(mapOf({ background: "reading" })), /that takes a few seconds/);
});

test("the latent under the pointer is written as numbers, or as its length above two dimensions", () => {
  const here = { panel: 0, x: 0, y: 0, rule: "same z" };
  assert.equal(words.wordsHere([-1.5, 0.25], here, mapOf()),
    "Here z is (−1.50, 0.250) in the AE. The VAE is given the same z, because samples are drawn here.");
  const long = words.wordsHere([0, 3, 4], here, mapOf({ pinned: 1 }, { latent_dim: 3 }, CODES));
  assert.match(long, /^Here z has length 5\.00 in the AE: .* through image 1\. The VAE is given the same z/);
});

test("the rule by which the other panel's place was found is said", () => {
  const said = (more) => words.wordsHere([9, 9], { panel: 1, x: 9, y: 9, ...more }, mapOf({}, { axes: ["z1", "z2"] }));
  assert.match(said({ rule: "image" }), /The AE shows the same image\.$/);
  assert.match(said({ rule: "nearest", image: 12 }), /The AE shows image 12, the nearest one/);
  assert.match(said({ rule: "rank", ranks: [0.624, 0.001] }), /above the same share of its own codes: 62 % along z1 and 0 % along z2\.$/);
  assert.match(said({ rule: "moving" }), /on their way/);
});

test("what the judge reads is said of the cell under the pointer, and not outside of what it read", () => {
  const about = { reading: { side: 2, range: [0, 0, 1] } };
  const map = mapOf({ background: "reading" }, about, { read: [0, 1, 0, 0], confidence: [255, 128, 0, 0] });
  const read = (x, y) => words.wordsHere([x, y], { panel: 0, x, y, rule: "image" }, map);
  assert.match(read(0.5, 0.5), /The judge reads one \(50 %\)\.$/);
  assert.match(read(-0.5, 0.5), /The judge reads zero \(100 %\)\.$/);
  assert.doesNotMatch(read(1.5, 0.5), /judge/);
});

test("nowhere is explained by the points that are on their way, or asks to be pointed at", () => {
  assert.match(words.wordsNowhere(true), /on their way/);
  assert.match(words.wordsNowhere(false), /Move the pointer between the dots/);
});

test("an image is a point to a model without a posterior and a region to one with it", () => {
  const panels = [panelOf(), panelOf({ word: "VAE" }, { deviations: Float32Array.of(0, 0, 0.1, 0.3) })];
  assert.equal(words.drawsWords(1, panels), "To the AE this image is one point. To the VAE it is a region, "
    + "its posterior N(μ, σ²), with a mean σ of 0.20: the small images are decoded from twenty z drawn there. "
    + "The ellipses hold 39 % and 86 % of it.");
});

test("the second and third ten classes have marks, as their points do", () => {
  assert.deepEqual([0, 10, 20].map((label) => words.className("a", label)), ["a", "◆ a", "■ a"]);
});

test("the ends of a scale have the digits that tell them apart, and are no limits", () => {
  assert.deepEqual(words.scaleEnds({ low: 0.0123, high: 0.0789 }), ["≤ 0.0123", "≥ 0.0789"]);
  assert.deepEqual(words.scaleEnds({ low: -1.5, high: 2.25 }), ["≤ -1.50", "≥ 2.25"]);
  assert.deepEqual(words.scaleEnds({ low: 0, high: 4095 }), ["≤ 0", "≥ 4095"]);
});

test("while β moves the title and the slider say which it is, and the note what is to be seen", () => {
  const about = { series: "every", betas: [0.25, 1, 16], beta: 1 };
  const map = mapOf({}, about, { beta_places: new Float32Array(12), beta_factors: new Float32Array(18) });
  map.motion.choose("betas");
  assert.equal(words.titleOf(map, 1), "a model");
  assert.equal(words.where(map), "β 1");
  map.motion.moveTo(1.5);
  assert.equal(words.titleOf(map, 1), "every at β 4");
  assert.equal(words.where(map), "β 4");
  assert.match(words.note(map), /moves the first 2 test images through what every makes of them at every β/);
  assert.match(words.note(map), /hold 86 % of the posteriors/);
  assert.match(words.note(map), /dashed circles/);
});
