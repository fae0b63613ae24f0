// Small panels for the tests: a two-dimensional map of its own codes, unless a test says otherwise.

import { Panel } from "../../../../vae/ui/components/latent_map/panel.js";

export function panelOf(about = {}, tensors = {}) {
  const given = {
    points: Float32Array.of(0, 0, 1, 0, 0, 2),
    origin: Float32Array.of(0, 0),
    directions: Float32Array.of(1, 0, 0, 1),
    ...tensors,
  };
  const plain = { title: "a model", word: "AE", how: "right and up go along two directions", latent_dim: 2, linear: true };
  return new Panel({ ...plain, home: [0, 0, 1], layers: [], film_epochs: [], ...about }, (name) => given[name]);
}

// Returns images at places, as Motion.position does.
export function positionOf(places) {
  return { count: places.length, x: (i) => places[i][0], y: (i) => places[i][1] };
}

export const UNCHANGED = [[1, 0], [0, 1], [0, 0]];  // a morph that leaves the VAE's places where they are
