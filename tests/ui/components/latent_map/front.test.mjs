import assert from "node:assert/strict";
import { test } from "node:test";

import { drawFront } from "../../../../vae/ui/components/latent_map/front.js";

// Draws a map of one panel without classes or samples, and returns how many rings were drawn on it.
function rings({ plain }) {
  let arcs = 0;
  const context = new Proxy({}, { get: (_, name) => (name === "arc" ? () => { arcs += 1; } : () => {}), set: () => true });
  drawFront({
    front: { getContext: () => context },
    ratio: 1,
    panels: [{ linear: false, medoids: [] }],
    views: { width: 300, height: 300, box: () => ({ left: 0, top: 0, width: 300, height: 300 }), toScreen: (k, x, y) => [x, y] },
    motion: { position: () => ({ count: 5, x: () => 100, y: () => 100 }), moving: () => false, isOwnPlane: () => false },
    header: { count: 5, classes: [] },
    theme: { plain, text: "0, 0, 0", larger: 1 },
    state: { hidden: [] },
    gestures: {},
    chosen: () => 2,
  });
  return arcs;
}

test("the chosen image has a ring, which a plain map, on which it could be taken for the prior, leaves out", () => {
  assert.ok(rings({ plain: false }) > 0);
  assert.equal(rings({ plain: true }), 0);
});
