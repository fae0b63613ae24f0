import assert from "node:assert/strict";
import { test } from "node:test";

import { Motion } from "../../../../vae/ui/components/latent_map/motion.js";
import { panelOf, UNCHANGED } from "./panels.mjs";

const STILL = panelOf({ word: "VAE" }, { points: Float32Array.of(10, 10, 11, 10, 10, 12) });
// Two images of three in a film of three epochs.
const FILM = { film: Float32Array.of(0, 0, 0, 0, 2, 4, 0, 0, 8, 8, 1, 0), points: Float32Array.of(8, 8, 1, 0, 5, 5) };

function motionOf(one = panelOf(), other = STILL, morph = UNCHANGED) {
  const motion = new Motion();
  motion.open([one, other], morph, 3);
  return motion;
}

function filmed() {
  const motion = motionOf(panelOf({ film_epochs: [1, 2, 4] }, FILM));
  motion.choose("epochs");
  return motion;
}

const places = (motion, k) => {
  const position = motion.position(k);
  return Array.from({ length: position.count }, (_, i) => [position.x(i), position.y(i)]);
};

// Plays with frames that come when the test says so; returns what was told.
function play(motion) {
  const told = { at: [], ended: 0 };
  globalThis.requestAnimationFrame = (frame) => (told.frame = frame);
  motion.play((at) => {
    told.at.push(at);
    motion.moveTo(at);
  }, () => told.ended++);
  return told;
}

test("the AE's points begin at their own places, end at the VAE's and pass halfway between", () => {
  const motion = motionOf();
  assert.deepEqual(places(motion, 0), [[0, 0], [1, 0], [0, 2]]);
  motion.moveTo(0.5);
  assert.deepEqual(places(motion, 0), [[5, 5], [6, 5], [5, 7]]);
  motion.moveTo(1);
  assert.deepEqual(places(motion, 0), [[10, 10], [11, 10], [10, 12]]);
  assert.deepEqual(places(motion, 1), [[10, 10], [11, 10], [10, 12]]);
});

test("the VAE's places are turned, scaled and moved onto the AE's", () => {
  const motion = motionOf(panelOf(), STILL, [[0, 2], [-1, 0], [10, -20]]);
  motion.moveTo(1);
  assert.deepEqual(places(motion, 0), [[0, 0], [0, 2], [-2, 0]]);
});

test("only the panel whose points are away from their places is moving", () => {
  const motion = motionOf();
  assert.ok(!motion.moving(0));
  assert.ok(motion.moveTo(0.1));
  assert.ok(motion.moving(0) && !motion.moving(1));
  assert.ok(!motion.moveTo(0.2));
  assert.ok(motion.moveTo(0));
});

test("a film begins at its last epoch, where nothing moves", () => {
  const motion = filmed();
  assert.equal(motion.epochAt(motion.way.at), 4);
  assert.ok(!motion.moving(0));
  assert.deepEqual(places(motion, 0), [[8, 8], [1, 0]]);
});

test("a film shows its own images alone, between its epochs too", () => {
  const motion = filmed();
  motion.moveTo(0);
  assert.deepEqual(places(motion, 0), [[0, 0], [0, 0]]);
  motion.moveTo(0.5);
  assert.equal(motion.epochAt(0.5), 1.5);
  assert.deepEqual(places(motion, 0), [[1, 2], [0, 0]]);
  motion.moveTo(1.5);
  assert.equal(motion.epochAt(1.5), 3);
  assert.deepEqual(places(motion, 0), [[5, 6], [0.5, 0]]);
  assert.equal(places(motion, 1).length, 3);
});

test("a panel whose film has fewer epochs waits at its last one", () => {
  const motion = motionOf(panelOf({ film_epochs: [1, 2, 4] }, FILM), panelOf({ film_epochs: [1, 3, 6] }, FILM));
  motion.choose("epochs");
  assert.equal(motion.epochAt(motion.way.at), 6);
  motion.moveTo(motion.lastStep() - 1);
  assert.equal(motion.epochAt(motion.way.at), 4);
  assert.deepEqual(places(motion, 0)[0], [8, 8]);
  assert.notDeepEqual(places(motion, 1)[0], [8, 8]);
});

test("models without a film end the film and keep the way between the spaces", () => {
  const motion = filmed();
  motion.open([panelOf(), STILL], UNCHANGED, 3);
  assert.equal(motion.way.kind, "spaces");
  motion.moveTo(0.4);
  motion.open([panelOf(), STILL], UNCHANGED, 3);
  assert.equal(motion.way.at, 0.4);
});

// Two images of three on their way through three β, seen at the middle one.
const EVERY = { series: "every", betas: [0.25, 1, 16], beta: 1 };
const WAY = { beta_places: Float32Array.of(0, 0, 1, 1, 10, 10, 11, 10, 4, 2, 5, 1), beta_factors: new Float32Array(18) };

function ofEveryBeta(beta = 1) {
  const motion = motionOf(panelOf(), panelOf({ word: "VAE", ...EVERY, beta }, { ...STILL, ...WAY }));
  motion.choose("betas");
  return motion;
}

test("the way of β begins at the panel's own, where all images are shown and nothing is asked of the server", () => {
  const motion = ofEveryBeta();
  assert.equal(motion.way.at, 1);
  assert.ok(!motion.moving(0) && !motion.moving(1));
  assert.equal(motion.position(1).count, 3);
  assert.equal(motion.newBeta(), null);
  assert.equal(motion.fewest(), 2);
});

test("on the way of β the points of the multi-rate VAE alone glide, and its plane stays its own", () => {
  const motion = ofEveryBeta();
  assert.ok(motion.moveTo(0.5));
  assert.deepEqual(places(motion, 1), [[5, 5], [6, 5.5]]);
  assert.equal(motion.newBeta(), 0.5);
  assert.ok(motion.isOwnPlane(1) && !motion.moving(0));
  motion.moveTo(2);
  assert.deepEqual(places(motion, 1), [[4, 2], [5, 1]]);
  assert.equal(motion.newBeta(), 16);
});

test("a message of another β takes the slider there, unless somebody holds it", () => {
  const motion = ofEveryBeta(), panels = (beta) => [panelOf(), panelOf({ ...EVERY, beta }, WAY)];
  motion.moveTo(1.5);
  motion.open(panels(4), UNCHANGED, 3);
  assert.equal(motion.way.at, 1.5);
  assert.ok(!motion.moving(1));
  motion.held = true;
  motion.moveTo(0.2);
  motion.open(panels(16), UNCHANGED, 3);
  assert.equal(motion.way.at, 0.2);
  motion.open([panelOf(), STILL], UNCHANGED, 3);
  assert.equal(motion.way.kind, "spaces");
});

test("where less motion is asked for, a press goes to the next stop of β", () => {
  globalThis.matchMedia = () => ({ matches: true });
  const motion = ofEveryBeta();
  assert.deepEqual([...play(motion).at, ...play(motion).at], [2, 0]);
  delete globalThis.matchMedia;
});

test("playing goes to the end, says so once, and begins again from the start", () => {
  const motion = motionOf(), told = play(motion), now = performance.now();
  told.frame(now + 900);
  assert.ok(told.at[0] > 0.4 && told.at[0] < 0.6);
  told.frame(now + 60_000);
  assert.equal(told.at.at(-1), 1);
  assert.equal(told.ended, 1);
  assert.ok(!motion.way.playing);
  play(motion);
  assert.equal(motion.way.at, 0);
});

test("pausing stops where it is", () => {
  const motion = motionOf(), told = play(motion), now = performance.now();
  told.frame(now + 600);
  motion.pause();
  told.frame(now + 1200);
  assert.equal(told.at.length, 1);
  assert.equal(told.ended, 0);
});

test("where less motion is asked for, a press takes one step at once and the next presses go on from there", () => {
  globalThis.matchMedia = () => ({ matches: true });
  const motion = filmed(), told = play(motion);
  assert.deepEqual(told.at, [0]);
  assert.equal(told.frame, undefined);
  assert.equal(told.ended, 1);
  assert.ok(!motion.way.playing);
  assert.deepEqual([...play(motion).at, ...play(motion).at, ...play(motion).at], [1, 2, 0]);
  const spaces = motionOf();
  assert.deepEqual([...play(spaces).at, ...play(spaces).at], [1, 0]);
  delete globalThis.matchMedia;
});
