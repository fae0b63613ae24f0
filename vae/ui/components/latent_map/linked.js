// What the other panel shows when the pointer is over one of them: the same image, the same z, or the place of the same
// rank among its codes. A z far from all that a decoder was trained on would show what no sample ever is.

import { nearestPoint } from "./panel.js";

// Returns the share of sorted values that lie below a value, from 0 to 1, and between two of them a share between.
export function rankOf(sorted, value) {
  const last = sorted.length - 1;
  let low = 0, high = last;
  if (value <= sorted[0]) return 0;
  if (value >= sorted[last]) return 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return (low + (value - sorted[low]) / (sorted[high] - sorted[low])) / last;
}

// Returns the value of a rank from 0 to 1 among sorted values.
export function valueAt(sorted, rank) {
  const at = rank * (sorted.length - 1), low = Math.floor(at), high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

// Returns a panel's places along each axis of the map, in order; they are sorted once.
function sortedPlaces(panel) {
  panel.sorted ??= [0, 1].map((axis) => panel.points.filter((_, i) => i % 2 === axis).sort());
  return panel.sorted;
}

// Finds what belongs together in the two panels, given the latent under the pointer: for each panel the latent that it
// decodes and its place on the map, or null, and the rule by which the other one was found.
export function linked(map, latent) {
  const { panels, motion, shades, hovered: { panel: k, x, y, index } } = map, other = 1 - k, there = panels[other];
  const found = (rule, found, place, more = {}) => {
    const pair = (own, others) => (k === 0 ? [own, others] : [others, own]);
    return { rule, latents: pair(latent, found), places: pair([x, y], place), ...more };
  };
  const image = (rule, i) => found(rule, there.code(i), [there.points[2 * i], there.points[2 * i + 1]], { image: i });
  if (motion.moving(other)) return found("moving", null, null);
  if (index >= 0) return image("image", index);
  if (!panels[k].linear || !there.linear) {
    const [nearest] = nearestPoint(motion.position(k), shades, x, y);
    return nearest < 0 ? found("moving", null, null) : image("nearest", nearest);
  }
  if (there.latent_dim === latent.length && Math.hypot(...latent) <= there.prior_radius)
    return found("same z", latent, there.place(latent));
  const own = sortedPlaces(panels[k]), ranks = [rankOf(own[0], x), rankOf(own[1], y)];
  const place = sortedPlaces(there).map((sorted, axis) => valueAt(sorted, ranks[axis]));
  return found("rank", map.latentAt(other, ...place), place, { ranks });
}
