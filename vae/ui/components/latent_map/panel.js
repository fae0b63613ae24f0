// One panel's model and codes, and the arithmetic of places and images. Nothing here draws.

import { makeDecoder } from "../decoder.js";
import { BetaPath } from "./beta_path.js";

const DRAWS = 20;  // from a posterior

export class Panel {
  // `about` holds title, word, axes, how, latent_dim, linear, home, layers, film_epochs, prior_radius and share_in_prior,
  // where the judge has read it, reading, and of a multi-rate VAE series, betas and beta; `tensor` finds an array of the
  // message by its name.
  constructor(about, tensor) {
    Object.assign(this, about);
    this.points = tensor("points");
    this.codes = tensor("codes") ?? this.points;
    this.deviations = tensor("deviations");
    this.origin = tensor("origin");
    this.directions = tensor("directions");
    this.film = tensor("film");
    this.path = about.betas?.length ? new BetaPath(about, tensor("beta_places"), tensor("beta_factors")) : null;
    this.decode = makeDecoder(about.layers, tensor);
    this.read = tensor("read");
    this.confidence = tensor("confidence");
    this.reaches = tensor("reaches");
    this.references = tensor("references") ?? this.codes;
    this.prior = this.place(new Float32Array(this.latent_dim));  // the place of its mean, on a linear map
  }

  code(index) {
    return this.codes.slice(index * this.latent_dim, (index + 1) * this.latent_dim);
  }

  deviation(index) {
    return this.deviations.subarray(index * this.latent_dim, (index + 1) * this.latent_dim);
  }

  // Returns the latent of a place: on the map's plane or, given an anchor, on the plane through that image.
  latent(x, y, anchor = null) {
    const size = this.latent_dim;
    const latent = anchor === null ? this.origin.slice() : this.code(anchor);
    const dx = anchor === null ? x : x - this.points[2 * anchor];
    const dy = anchor === null ? y : y - this.points[2 * anchor + 1];
    for (let i = 0; i < size; i++) latent[i] += dx * this.directions[i] + dy * this.directions[size + i];
    return latent;
  }

  // Returns where a latent lies on a linear map, whose directions are orthonormal.
  place(latent) {
    const size = this.latent_dim;
    let x = 0, y = 0;
    for (let i = 0; i < size; i++) {
      x += (latent[i] - this.origin[i]) * this.directions[i];
      y += (latent[i] - this.origin[i]) * this.directions[size + i];
    }
    return [x, y];
  }

  // Returns the posterior's covariance on a linear map, as [xx, xy, yy].
  covariance(index) {
    const size = this.latent_dim, d = this.directions;
    let xx = 0, xy = 0, yy = 0;
    for (let i = 0; i < size; i++) {
      const variance = this.deviations[index * size + i] ** 2;
      xx += variance * d[i] * d[i];
      xy += variance * d[i] * d[size + i];
      yy += variance * d[size + i] * d[size + i];
    }
    return [xx, xy, yy];
  }

  // Draws latents from an image's posterior, every time the same ones.
  draws(index) {
    const size = this.latent_dim, noise = normals(index, DRAWS * size);
    const mean = this.code(index), deviation = this.deviation(index);
    return Array.from({ length: DRAWS }, (_, n) => mean.map((value, i) => value + deviation[i] * noise[n * size + i]));
  }
}

// Finds for every class the image nearest to the median of its places, among the first `count`; -1 where it has none.
export function medoids(points, labels, classes, count) {
  const members = Array.from({ length: classes }, () => []);
  for (let i = 0; i < count; i++) members[labels[i]].push(i);
  return members.map((indices) => {
    if (!indices.length) return -1;
    const middle = (axis) => Float32Array.from(indices, (i) => points[2 * i + axis]).sort()[indices.length >> 1];
    const x = middle(0), y = middle(1);
    const distance = (i) => (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
    return indices.reduce((best, i) => (distance(i) < distance(best) ? i : best));
  });
}

// Finds the image that the map opens with: the first that no panel has at its edge or at the prior's mark; or null.
export function opening(panels, labels, hidden) {
  const stands = ({ points, home: [x, y, half], prior: [left, up] }, i) => {
    const away = Math.hypot(points[2 * i] - left, points[2 * i + 1] - up);
    return Math.hypot(points[2 * i] - x, points[2 * i + 1] - y) < 0.8 * half && away > half / 8;
  };
  const first = labels.findIndex((label, i) => !hidden.includes(label) && panels.every((panel) => stands(panel, i)));
  return first < 0 ? null : first;
}

// Finds the visible image nearest to a place among those that `eligible` accepts: its number, or -1, and its distance.
export function nearestPoint(position, visible, x, y, eligible = () => true) {
  let best = -1, least = Infinity;
  for (let i = 0; i < position.count; i++) {
    const dx = position.x(i) - x, dy = position.y(i) - y, distance = dx * dx + dy * dy;
    if (distance < least && visible[i] && eligible(i, dx, dy)) [best, least] = [i, distance];
  }
  return [best, Math.sqrt(least)];
}

// Tells whether a polygon holds a place: a ray from there crosses its edges an odd number of times.
export function inside(polygon, x, y) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i], [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

// Draws `count` numbers from N(0, 1), the same ones for the same seed.
export function normals(seed, count) {
  let state = (seed * 2654435761 + 1) >>> 0;
  const uniform = () => {  // This is mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Float32Array.from({ length: count }, normal);
}

// Returns the mean over pixels of an image in bytes against one in [0, 1].
export function squaredError(original, decoded) {
  let sum = 0;
  for (let i = 0; i < decoded.length; i++) sum += (decoded[i] - original[i] / 255) ** 2;
  return sum / decoded.length;
}

// Unpacks images that were sent as one bit a pixel, and the values of those that are not black.
export function unpackImages({ lit, values }, total) {
  const pixels = new Uint8Array(total);
  for (let i = 0, next = 0; i < total; i++) {
    if (lit.array[i >> 3] & (128 >> (i & 7))) pixels[i] = values.array[next++];
  }
  return pixels;
}
