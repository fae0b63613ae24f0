// Draws a latent map and a curve on a canvas.

import { clear, ticksOf, written } from "../plotting.js";

const MARGIN = { left: 40, bottom: 22, top: 6, right: 8 };

// Draws the grid and the numbers of both axes, and returns how values become pixels.
function axes(canvas, [[x0, x1], [y0, y1]], theme) {
  const { context, width, height } = clear(canvas), { left, bottom, top, right } = MARGIN;
  const wide = width - left - right, tall = height - top - bottom;
  const x = (value) => left + ((value - x0) / (x1 - x0)) * wide, y = (value) => top + ((y1 - value) / (y1 - y0)) * tall;
  context.font = `12px ${theme.font}`;
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
  return { context, x, y, box: [left, top, wide, tall] };
}

export function drawMap(canvas, { points, range }, panel, message, theme) {
  const { context, x, y, box } = axes(canvas, range, theme);
  context.save();
  context.beginPath();
  context.rect(...box);
  context.clip();
  context.globalAlpha = 0.75;
  for (let i = 0; i < message.labels.length; i++) {
    context.fillStyle = message.colours[message.labels[i] % message.colours.length];
    context.fillRect(x(points[2 * i]) - 1.5, y(points[2 * i + 1]) - 1.5, 3, 3);
  }
  context.globalAlpha = 1;
  if (panel.prior) {
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    context.setLineDash([6, 5]);
    for (const radius of [1, 2]) {
      context.beginPath();
      context.arc(x(0), y(0), Math.abs(x(radius) - x(0)), 0, 2 * Math.PI);
      context.stroke();
    }
    context.setLineDash([]);
  }
  context.restore();
}

// Draws series over seconds: a line each, with a band where the series has an interval, and a dot at its end.
export function drawCurve(canvas, { series, range, seconds }, theme) {
  const { context, x, y } = axes(canvas, [[0, seconds], range], theme);
  for (const { times, values, lows, highs, colour, dashed } of series) {
    if (!times.length) continue;
    if (lows) {
      context.globalAlpha = 0.25;
      context.fillStyle = theme.colours[colour];
      context.beginPath();
      times.forEach((time, i) => context.lineTo(x(time), y(highs[i])));
      for (let i = times.length - 1; i >= 0; i--) context.lineTo(x(times[i]), y(lows[i]));
      context.fill();
      context.globalAlpha = 1;
    }
    context.strokeStyle = context.fillStyle = theme.colours[colour];
    context.lineWidth = 2;
    context.setLineDash(dashed ? [5, 4] : []);
    context.beginPath();
    times.forEach((time, i) => context.lineTo(x(time), y(values[i])));
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(x(times.at(-1)), y(values.at(-1)), 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}
