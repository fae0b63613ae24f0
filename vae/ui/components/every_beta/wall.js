// Decodes the same latents, and the codes of the same images, with the decoder of any β. It runs in a worker
// (worker.js), so that the page stays free to draw, or on the page itself where a worker is refused (decoding.js).

import { makeDecoder } from "../decoder.js";
import { foldable } from "./gates.js";
import { betweenBetas, mixRows } from "./scale.js";

// Returns a function of β that gives { samples, copies }, bytes (N, C, H, W).
// `about` has layers, gates and the β of the codes; `tensors` has the weights, `latents` (N, D) and `codes` (β, M, D).
export function makeWall(about, tensors) {
  const { weight, fold } = foldable(about.layers, about.gates, (name) => tensors[name].array);
  const decode = makeDecoder(about.layers, weight);
  const { array: latents, shape: [samples, size] } = tensors.latents, { array: codes, shape: [, images] } = tensors.codes;
  const now = new Float32Array(images * size);
  const bytes = (count, from) => {
    let found;
    for (let n = 0; n < count; n++) {
      const values = decode(from.subarray(n * size, (n + 1) * size));
      found ??= new Uint8ClampedArray(count * values.length);
      for (let i = 0, at = n * values.length; i < values.length; i++, at++) found[at] = 255 * values[i];
    }
    return found;
  };
  return (beta) => {
    fold(beta);
    mixRows(codes, betweenBetas(about.code_betas, beta), now);
    return { samples: bytes(samples, latents), copies: bytes(images, now) };
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
