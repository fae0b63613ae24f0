// Draws a latent map and a curve on a canvas.

import { axes } from "../plotting.js";

const MARGIN = { left: 40, bottom: 22, top: 6, right: 8 };

export function drawMap(canvas, { points, range }, panel, message, theme) {
  const { context, x, y, box } = axes(canvas, range, theme, MARGIN);
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
  const { context, x, y } = axes(canvas, [[0, seconds], range], theme, MARGIN);
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
