import assert from "node:assert/strict";
import { test } from "node:test";

import * as panels from "../../../../vae/ui/components/latent_map/panel.js";
import { panelOf, positionOf } from "./panels.mjs";

const { inside, medoids, nearestPoint, normals, squaredError, unpackImages } = panels;
const ALL = [1, 1, 1, 1];
const SPACE = {  // a plane in three dimensions, and codes that are not on it
  codes: Float32Array.of(1, 2, 3, 4, 5, 6),
  points: Float32Array.of(1, 3, 4, 6),
  origin: Float32Array.of(0, 10, 0),
  directions: Float32Array.of(1, 0, 0, 0, 0, 1),
};

test("the nearest image is found, and a hidden one is passed over", () => {
  const position = positionOf([[0, 0], [3, 4], [1, 0], [10, 0]]);
  assert.deepEqual(nearestPoint(position, ALL, 3, 0), [2, 2]);
  assert.deepEqual(nearestPoint(position, [1, 1, 0, 1], 3, 0), [0, 3]);
});

test("no image is near where all are hidden or none is eligible", () => {
  const position = positionOf([[0, 0], [3, 4]]);
  assert.deepEqual(nearestPoint(position, [0, 0], 0, 0), [-1, Infinity]);
  assert.deepEqual(nearestPoint(position, ALL, 5, 5, (i, dx) => dx > 0), [-1, Infinity]);
});

test("the nearest eligible image may be farther away than another", () => {
  const [found] = nearestPoint(positionOf([[0, 0], [3, 4]]), ALL, 1, 0, (i, dx) => dx > 0);
  assert.equal(found, 1);
});

test("a polygon holds what is inside it and not what is in its notch", () => {
  const arrow = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  assert.ok(inside(arrow, 0.5, 2));
  assert.ok(inside(arrow, 3.5, 2));
  assert.ok(!inside(arrow, 2, 3));
  assert.ok(!inside(arrow, 5, 1));
  assert.ok(!inside([], 0, 0));
});

test("a place of the map becomes the latent that lies there", () => {
  const panel = panelOf({ latent_dim: 3 }, SPACE);
  assert.deepEqual([...panel.latent(2, 5)], [2, 10, 5]);
  assert.deepEqual(panel.place(panel.latent(2, 5)), [2, 5]);
});

test("given an image, a place becomes a latent on the plane through its code", () => {
  const panel = panelOf({ latent_dim: 3 }, SPACE);
  assert.deepEqual([...panel.latent(4, 6, 1)], [4, 5, 6]);
  assert.deepEqual([...panel.latent(5, 5, 1)], [5, 5, 5]);
  assert.deepEqual([...panel.codes], [1, 2, 3, 4, 5, 6]);
});

test("a posterior's covariance is its shadow on the map", () => {
  const half = Math.SQRT1_2, turned = Float32Array.of(half, half, -half, half);
  const panel = panelOf({}, { deviations: Float32Array.of(1, 3), directions: turned });
  panel.covariance(0).forEach((value, i) => assert.ok(Math.abs(value - [5, 4, 5][i]) < 1e-6));
});

test("the draws of an image's posterior are always the same and lie about its code", () => {
  const panel = panelOf({}, { points: Float32Array.of(5, -5), deviations: Float32Array.of(0.1, 0) });
  const draws = panel.draws(0);
  assert.equal(draws.length, 20);
  assert.deepEqual(draws, panel.draws(0));
  for (const [one, other] of draws) {
    assert.ok(Math.abs(one - 5) < 0.5);
    assert.equal(other, -5);
  }
});

test("normal numbers have a mean of 0 and a variance of 1, and another seed gives others", () => {
  const drawn = [...normals(7, 20_000)], mean = drawn.reduce((a, b) => a + b) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  assert.ok(Math.abs(mean) < 0.03);
  assert.ok(Math.abs(variance - 1) < 0.03);
  assert.notDeepEqual(normals(7, 5), normals(8, 5));
});

test("a class stands where the middle one of its images is, and a class without images nowhere", () => {
  const points = Float32Array.of(0, 0, 1, 1, 9, 9, 5, 5);
  assert.deepEqual(medoids(points, [0, 0, 0, 2], 3, 4), [1, -1, 3]);
  assert.deepEqual(medoids(points, [0, 0, 0, 2], 3, 3), [1, -1, -1]);
});

test("the squared error is a mean over pixels, of bytes against values up to 1", () => {
  assert.equal(squaredError(Uint8Array.of(255, 0), [1, 0]), 0);
  assert.equal(squaredError(Uint8Array.of(255, 0), [0, 0]), 0.5);
});

test("images are unpacked from the bits of their lit pixels", () => {
  const packed = { lit: { array: Uint8Array.of(0b01010000, 0b10000000) }, values: { array: Uint8Array.of(7, 8, 9) } };
  assert.deepEqual([...unpackImages(packed, 10)], [0, 7, 0, 8, 0, 0, 0, 0, 9, 0]);
});

test("the map opens with an image that both panels have in view and off the prior's mark", () => {
  const home = [0, 0, 10];
  const one = panelOf({ home }, { points: Float32Array.of(0.5, 0, 5, 5, 5, -5, -5, 5) });
  const other = panelOf({ home }, { points: Float32Array.of(5, 5, 9, 9, 5, 5, 5, 5) });
  assert.equal(panels.opening([one, other], [0, 0, 1, 0], []), 2);
  assert.equal(panels.opening([one, other], [0, 0, 1, 0], [1]), 3);
  assert.equal(panels.opening([one, other], [0, 0, 1, 0], [0, 1]), null);
});
