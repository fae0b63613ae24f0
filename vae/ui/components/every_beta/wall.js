// Decodes the same latents, and the codes of the same images, with the decoder of any β. It runs in a worker
// (worker.js), so that the page stays free to draw, or on the page itself where a worker is refused (decoding.js).

import { foldable } from "./gates.js";
import { makeManyDecoder } from "./many.js";
import { betweenBetas, mixRows } from "./scale.js";

// Returns a function of β that gives { samples, copies }, bytes (N, C, H, W).
// `about` has layers, gates and the β of the codes; `tensors` has the weights, `latents` (N, D) and `codes` (β, M, D).
export function makeWall(about, tensors) {
  const { weight, fold } = foldable(about.layers, about.gates, (name) => tensors[name].array);
  const decode = makeManyDecoder(about.layers, weight);
  const { array: latents, shape: [, size] } = tensors.latents, { array: codes, shape: [, images] } = tensors.codes;
  const now = new Float32Array(images * size);
  return (beta) => {
    fold(beta);
    mixRows(codes, betweenBetas(about.code_betas, beta), now);
    return { samples: decode(latents, size), copies: decode(now, size) };
  };
}

// Does the same for pictures that the server has decoded at the β of the codes: those of the nearest β are given.
export function pictured(about, tensors) {
  const row = ({ array, shape }, place) => array.subarray((place * array.length) / shape[0], ((place + 1) * array.length) / shape[0]);
  return (beta) => {
    const { low, share } = betweenBetas(about.code_betas, beta), place = low + Math.round(share);
    return { samples: row(tensors.samples, place), copies: row(tensors.copies, place) };
  };
}
