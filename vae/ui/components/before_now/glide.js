// Points on their way from where they were to where they are.

const eased = (share) => share * share * (3 - 2 * share);

// Returns points (Float32Array of x, y, …) and the range [[x0, x1], [y0, y1]] after a share of the way, 0 to 1.
export function between(from, to, share) {
  if (share >= 1) return to;
  const way = eased(share), points = new Float32Array(to.points.length);
  for (let i = 0; i < points.length; i++) points[i] = from.points[i] + way * (to.points[i] - from.points[i]);
  const range = to.range.map((axis, a) => axis.map((end, e) => from.range[a][e] + way * (end - from.range[a][e])));
  return { points, range };
}
