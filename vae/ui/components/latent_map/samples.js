// Draws from the prior N(0, I): which latents they are, and which of them land where a model's codes are.

import { normals } from "./panel.js";

export const DRAWN = 64;
const SEED = 1_000_000;  // The seeds below are those of posteriors.

// Returns the latents of one press of the button; models of one latent size get the same ones.
export function priorLatents(number, size) {
  const noise = normals(SEED + number, DRAWN * size);
  return Array.from({ length: DRAWN }, (_, n) => noise.subarray(n * size, (n + 1) * size));
}

// Tells whether a latent lies within the reach of one of the codes that the region is made of. message.py says how far
// they reach; a panel with too few codes has no region, and the answer is null.
export function lands({ reaches, references, latent_dim: size }, latent) {
  if (!reaches) return null;
  for (let i = 0; i < reaches.length; i++) {
    const most = reaches[i] ** 2;
    let distance = 0;
    for (let d = 0, at = i * size; d < size && distance <= most; d++, at++) distance += (references[at] - latent[d]) ** 2;
    if (distance <= most) return true;
  }
  return false;
}

// Returns for each panel its latents of a press, and whether each of them landed where codes are.
export function samplesOf(number, panels) {
  return panels.map((panel) => {
    const latents = priorLatents(number, panel.latent_dim);
    return { latents, landed: latents.map((latent) => lands(panel, latent)) };
  });
}
