// What drawing on any of the map's canvases begins with.

import { enlarged } from "../room.js";

// Returns red, green and blue of a colour as #rrggbb.
export function fromHex(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

export function blank(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

// Clears one of the canvases that lie on one another, and returns its context, which draws in CSS pixels.
export function layer(canvas, { views, ratio }) {
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, views.width, views.height);
  return context;
}

// Calls `draw` while what it draws is kept within a panel's box.
export function clipped(context, box, draw) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  draw();
  context.restore();
}

// Reads the colours and the font of the theme that an element has, by how much text is larger for a room, and whether the
// map is plain: without what its page does not explain.
export function themeOf(element) {
  const style = getComputedStyle(element), named = (name) => style.getPropertyValue(name).trim();
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  // The theme may write its colours in any notation, and a pixel that is painted with one has three numbers.
  context.fillStyle = style.color;
  context.fillRect(0, 0, 1, 1);
  const text = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  const [background, primary] = [named("--st-background-color"), named("--st-primary-color")];
  return { text, background, primary, font: style.fontFamily, larger: enlarged(element), plain: named("--plain") === "1" };
}
