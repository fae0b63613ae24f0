import assert from "node:assert/strict";
import { test } from "node:test";

import { Views } from "../../../../vae/ui/components/latent_map/views.js";

const HOMES = [[1, 2, 4], [-10, 0, 20]];

function viewsOf(shared = false) {
  const views = new Views();
  views.open(HOMES, shared);
  views.fit(1000);
  views.home();
  return views;
}

function assertNear(found, expected) {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-9, `${found} is not ${expected}`));
}

test("a place goes to the screen and back", () => {
  const views = viewsOf();
  for (const k of [0, 1]) assertNear(views.toPlace(k, ...views.toScreen(k, 3.25, -1.5)), [3.25, -1.5]);
});

test("up on the map is up on the screen, and right is right", () => {
  const views = viewsOf(), [left, top] = views.toScreen(0, 1, 2), [righter, higher] = views.toScreen(0, 2, 3);
  assert.ok(righter > left);
  assert.ok(higher < top);
});

test("at home a panel shows its whole square around the middle of its box", () => {
  const views = viewsOf(), box = views.box(0), { x, y, wide, tall } = views.range(0);
  assertNear(views.toScreen(0, 1, 2), [box.left + box.width / 2, box.top + box.height / 2]);
  assert.deepEqual([x, y], [1, 2]);
  assert.ok(Math.min(wide, tall) >= 8 - 1e-9);
});

test("zooming keeps the place under the pointer where it is", () => {
  const views = viewsOf(), before = views.toScreen(0, 3, 1), scale = views.scale(0);
  views.zoom(0, 2.5, 3, 1);
  assertNear(views.toScreen(0, 3, 1), before);
  assertNear([views.scale(0)], [2.5 * scale]);
});

test("zooming one panel leaves the other, unless they share a scale", () => {
  const views = viewsOf(), other = views.range(1);
  views.zoom(0, 3);
  assert.deepEqual(views.range(1), other);
  const sharing = viewsOf(true);
  sharing.zoom(0, 3);
  assert.deepEqual(sharing.range(0), sharing.range(1));
});

test("zooming in and out has an end", () => {
  const views = viewsOf();
  for (let i = 0; i < 50; i++) views.zoom(0, 2);
  assertNear([views.closeness(0)], [500]);
  for (let i = 0; i < 50; i++) views.zoom(0, 0.5);
  assertNear([views.closeness(0)], [1 / 200]);
});

test("panels that share a scale open with a square that holds both", () => {
  const views = viewsOf(true);
  for (const k of [0, 1]) {
    const { x, y, wide, tall } = views.range(k);
    for (const [cx, cy, half] of HOMES) {
      assert.ok(x - wide / 2 <= cx - half && cx + half <= x + wide / 2);
      assert.ok(y - tall / 2 <= cy - half && cy + half <= y + tall / 2);
    }
  }
});

test("home undoes zooming and dragging", () => {
  const views = viewsOf(), before = views.range(0);
  views.zoom(0, 3, 0, 0);
  views.pan(0, 40, 50);
  views.home();
  assert.deepEqual(views.range(0), before);
});

test("what is dragged stays under the pointer", () => {
  const views = viewsOf(), [left, top] = views.toScreen(1, -9, 3);
  views.pan(1, 25, -40);
  assertNear(views.toScreen(1, -9, 3), [left + 25, top - 40]);
});

test("a point of the screen belongs to the panel that it is in, or to none between them", () => {
  const views = viewsOf(), [left, top] = views.toScreen(1, -10, 0), box = views.box(1);
  const found = views.at(left, top);
  assert.equal(found.panel, 1);
  assert.ok(found.within);
  assertNear([found.x, found.y], [-10, 0]);
  assert.ok(!views.at(box.left - 5, top).within);
  assert.equal(views.at(views.box(0).left, top).panel, 0);
  assertNear(views.clamp(1, box.left - 5, -100), [box.left, box.top]);
});

test("the stage is neither too flat nor higher than a screen", () => {
  const [narrow, between, wide] = [100, 900, 5000].map((width) => {
    const views = new Views();
    views.fit(width);
    return views.height;
  });
  assert.equal(narrow, 220);
  assert.ok(between > 220 && between < 520);
  assert.equal(wide, 520);
});

test("the stage leaves room for what stands around it in a low window", () => {
  const views = new Views();
  views.fit(1200, 390);
  assert.equal(views.height, 390);
});

test("a square of one's choice is shown whole, until home", () => {
  const views = viewsOf(), before = views.range(0);
  views.show(0, 5, 5, 0.5);
  const { x, y, wide, tall } = views.range(0);
  assert.deepEqual([x, y], [5, 5]);
  assertNear([Math.min(wide, tall)], [1]);
  views.home();
  assert.deepEqual(views.range(0), before);
});
