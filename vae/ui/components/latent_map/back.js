// The hindmost canvas: a picture behind the points of each panel, and its axes.

import { clipped, layer } from "./canvas.js";
import { axisNames } from "./words.js";

export function drawBack(map) {
  const context = layer(map.back, map);
  context.font = `${12 * map.theme.larger}px ${map.theme.font}`;
  map.panels.forEach((_, k) => {
    clipped(context, map.views.box(k), () => drawPicture(context, map, k));
    drawAxes(context, map, k, axisNames(map, k));
  });
}

function drawPicture(context, map, k) {
  const { views } = map, picture = map.motion.moving(k) ? null : map.backgrounds.picture(map, k);
  if (!picture) return;
  const { canvas, x, y, wide, tall, smooth } = picture, scale = views.scale(k);
  const [left, top] = views.toScreen(k, x - wide / 2, y + tall / 2);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(canvas, left, top, wide * scale, tall * scale);
}

function drawAxes(context, { views, theme: { text, larger } }, k, [across, up]) {
  const box = views.box(k), bottom = box.top + box.height, { x, y, wide, tall } = views.range(k);
  const numbered = up !== "";  // The axes of places between two spaces have no numbers.
  context.fillStyle = `rgba(${text}, 0.75)`;
  context.strokeStyle = `rgba(${text}, 0.14)`;
  context.lineWidth = 1;
  for (const [at, words] of ticks(x - wide / 2, x + wide / 2)) {
    const [left] = views.toScreen(k, at, 0);
    context.strokeRect(left, box.top, 0, box.height);
    context.textAlign = "center";
    if (numbered) context.fillText(words, left, bottom + 13 * larger);
  }
  for (const [at, words] of ticks(y - tall / 2, y + tall / 2)) {
    const [, top] = views.toScreen(k, 0, at);
    context.strokeRect(box.left, top, box.width, 0);
    context.textAlign = "right";
    if (numbered) context.fillText(words, box.left - 4, top + 4 * larger);
  }
  context.strokeStyle = `rgba(${text}, 0.3)`;
  context.strokeRect(box.left, box.top, box.width, box.height);
  context.textAlign = "center";
  context.fillText(across, box.left + box.width / 2, bottom + 28 * larger);
  context.save();
  context.translate(box.left - 28 * larger, box.top + box.height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(up, 0, 0);
  context.restore();
}

// Returns some five round numbers within a range, each with its words.
function ticks(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(Math.abs(at) < step / 1e6 ? 0 : at);
  return found.map((at) => [at, String(Number(at.toPrecision(6))).replace("-", "−")]);
}
