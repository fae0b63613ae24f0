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

// Gives a canvas the right size for its place and screen; returns its context, width and height in CSS pixels.
export function clear(canvas) {
  const { width, height } = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
