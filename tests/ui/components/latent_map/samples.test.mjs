import assert from "node:assert/strict";
import { test } from "node:test";

import { normals } from "../../../../vae/ui/components/latent_map/panel.js";
import { DRAWN, lands, priorLatents, samplesOf } from "../../../../vae/ui/components/latent_map/samples.js";
import { panelOf } from "./panels.mjs";

// Two codes of reach 1 and 0.1, at 0 and at 10 on the first axis.
const REGION = { points: Float32Array.of(0, 0, 10, 0), reaches: Float32Array.of(1, 0.1) };

test("a draw lands where a code is whose own reach holds it", () => {
  const panel = panelOf({}, REGION);
  assert.ok(lands(panel, [0.6, -0.7]));
  assert.ok(!lands(panel, [0.8, -0.7]));
  assert.ok(lands(panel, [10.05, 0.05]));
  assert.ok(!lands(panel, [9.5, 0]));
});

test("a VAE's draws are compared with draws from its posteriors and not with its means", () => {
  const panel = panelOf({}, { ...REGION, references: Float32Array.of(5, 5, 6, 6) });
  assert.ok(lands(panel, [5, 5.9]));
  assert.ok(!lands(panel, [0, 0]));
});

test("the share that lands is the one that the region holds of the prior", () => {
  const panel = panelOf({}, { points: Float32Array.of(0, 0), reaches: Float32Array.of(Math.sqrt(2 * Math.log(2))) });
  const landed = Array.from({ length: 40 }, (_, n) => samplesOf(n + 1, [panel])[0].landed).flat();
  assert.ok(Math.abs(landed.filter(Boolean).length / landed.length - 0.5) < 0.03);
});

test("nothing is said of a panel that has too few codes for a region", () => {
  assert.equal(lands(panelOf(), [0, 0]), null);
});

test("both panels get the same z where their sizes agree, and every press gives others that come again", () => {
  const [one, other] = samplesOf(3, [panelOf(), panelOf({ word: "VAE" })]);
  assert.equal(one.latents.length, DRAWN);
  assert.deepEqual(one.latents, other.latents);
  assert.deepEqual(priorLatents(3, 2), one.latents);
  assert.notDeepEqual(priorLatents(4, 2), one.latents);
  const [, long] = samplesOf(3, [panelOf(), panelOf({ latent_dim: 5 }, { codes: new Float32Array(15),
    origin: new Float32Array(5), directions: new Float32Array(10) })]);
  assert.ok(long.latents.every((latent) => latent.length === 5));
});

test("no draw is one of those from an image's posterior", () => {
  assert.notDeepEqual(priorLatents(1, 2).map((z) => [...z]).flat().slice(0, 8), [...normals(1, 8)]);
});
