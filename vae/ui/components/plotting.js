// This is what components share that draw axes on a canvas.

export function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// Returns a step of 1, 2 or 5 times a power of ten, of which some five span a range.
function niceStep(range) {
  const power = 10 ** Math.floor(Math.log10(range / 5));
  return power * [1, 2, 5, 10].find((factor) => range / (power * factor) <= 6);
}

export function ticksOf(low, high) {
  const step = niceStep(high - low), found = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step);
  return found;
}

export const written = (value) => String(Number(value.toPrecision(6))).replace("-", "−");

// Gives a canvas the right size for its place and screen, blank; returns its context, width and height in CSS pixels.
export function clear(canvas) {
  const { width, height } = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
  const size = [width, height].map((side) => Math.max(1, Math.round(side * ratio))), context = canvas.getContext("2d");
  // Setting a size, also the same one, has the browser lay out the page again.
  if (context.reset && canvas.width === size[0] && canvas.height === size[1]) context.reset();
  else [canvas.width, canvas.height] = size;
  context.scale(ratio, ratio);
  return { context, width, height };
}

// Draws the grid and the numbers of both axes, and their titles if there are any; returns how values become pixels.
export function axes(canvas, [[x0, x1], [y0, y1]], theme, { left, bottom, top, right }, titles = []) {
  const { context, width, height } = clear(canvas), { larger = 1 } = theme;
  const wide = width - left - right, tall = height - top - bottom;
  const x = (value) => left + ((value - x0) / (x1 - x0)) * wide, y = (value) => top + ((y1 - value) / (y1 - y0)) * tall;
  context.font = `${12 * larger}px ${theme.font}`;
  context.lineWidth = 1;
  context.strokeStyle = theme.grid;
  context.fillStyle = theme.text;
  for (const [low, high, across] of [[x0, x1, true], [y0, y1, false]])
    for (const tick of ticksOf(low, high)) {
      context.beginPath();
      if (across) { context.moveTo(x(tick), top); context.lineTo(x(tick), top + tall); }
      else { context.moveTo(left, y(tick)); context.lineTo(left + wide, y(tick)); }
      context.stroke();
      context.textAlign = across ? "center" : "right";
      context.textBaseline = across ? "top" : "middle";
      context.fillText(written(tick), across ? x(tick) : left - 5, across ? top + tall + 5 : y(tick));
    }
  if (titles.length) axisTitles(context, titles, [left, top, wide, tall], larger);
  return { context, x, y, box: [left, top, wide, tall] };
}

// Writes the titles of both axes: below the numbers, and upwards along the left edge.
export function axisTitles(context, [across, up], [left, top, wide, tall], larger) {
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillText(across, left + wide / 2, top + tall + 22 * larger, wide);
  context.save();
  context.translate(10 * larger, top + tall / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(up, 0, 0, tall);
  context.restore();
}
