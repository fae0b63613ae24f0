// What the browser keeps of the map.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keep, recall } from "../../../../vae/ui/components/latent_map/memory.js";

const kept = new Map();
globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
const plain = { tool: "explore", hidden: [], pinned: null, selection: null, draw: null };
const header = { of: "mnist/test", count: 100, classes: ["zero", "one", "two"], colour: "" };

test("hidden classes are kept for the colouring that they are classes of", () => {
  keep(header, { ...recall(header, plain), hidden: [1], pinned: 5 });
  assert.deepEqual(recall(header, plain).hidden, [1]);
  assert.equal(recall(header, plain).pinned, 5);
  assert.deepEqual(recall({ ...header, colour: "shop" }, plain).hidden, []);
});
