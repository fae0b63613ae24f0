import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOfWords } from "../../../../vae/ui/components/latent_map/prior.js";

const BOX = { left: 0, top: 0, width: 300, height: 200 };
const nowhere = () => 0;

test("the words stand in the emptiest corner, within the box", () => {
  for (const [left, top] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
    const occupied = (x, y) => (x > 100 === Boolean(left) && y > 100 === Boolean(top) ? 2 : 9);
    const found = placeOfWords(BOX, 90, 20, { x: 150, y: 100, radius: 11 }, occupied);
    assert.equal(found.left > 100, Boolean(left));
    assert.equal(found.top > 100, Boolean(top));
    assert.ok(found.left >= 0 && found.left + 90 <= 300 && found.top >= 0 && found.top + 20 <= 200);
  }
});

test("a line goes from the words to the ring's edge", () => {
  const { from, to } = placeOfWords(BOX, 90, 20, { x: 150, y: 100, radius: 11 }, nowhere);
  assert.ok(Math.abs(Math.hypot(to[0] - 150, to[1] - 100) - 11) < 1e-9);
  assert.ok(Math.hypot(from[0] - 150, from[1] - 100) > 11);
});

test("words within the ring need no line", () => {
  assert.equal(placeOfWords(BOX, 90, 20, { x: 150, y: 100, radius: 400 }, nowhere).to, null);
});
