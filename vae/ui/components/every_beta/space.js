// The latent map at one β: a dot for each image at its posterior's mean, on a disc as wide as its posterior's σ.

import { axes } from "../plotting.js";

const DOT = 3;  // pixels
const FAINTEST = 0.1;  // of the discs: many wide ones lie on one another
const STRONGEST = 0.3;  // and small ones are seen too

// `space` has points and deviations (x, y, …), classes (the places of each class's images), named (an image of each
// class beside which its name stands), range, axes, colours and class_names.
export function drawSpace(canvas, space, theme) {
  const { larger } = theme, margin = { left: 46 * larger, bottom: 40 * larger, top: 6, right: 8 };
  const { context, x, y, box } = axes(canvas, space.range, theme, margin, space.axes);
  context.save();
  context.beginPath();
  context.rect(...box);
  context.clip();
  discs(context, space, { x, y });
  for (const [label, images] of space.classes.entries()) {
    context.fillStyle = colourOf(space, label);
    for (const i of images)
      context.fillRect(x(space.points[2 * i]) - DOT / 2, y(space.points[2 * i + 1]) - DOT / 2, DOT, DOT);
  }
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.setLineDash([6, 5]);
  for (const radius of [1, 2]) {
    context.beginPath();
    context.ellipse(x(0), y(0), x(radius) - x(0), y(0) - y(radius), 0, 0, 2 * Math.PI);
    context.stroke();
  }
  context.setLineDash([]);
  context.restore();
  names(context, space, { x, y }, theme);
}

// All discs of a class are one shape, so that they neither hide each other nor take the time of two thousand fillings.
function discs(context, { points, deviations, classes, ...space }, { x, y }) {
  const wide = Math.abs(x(1) - x(0)), tall = Math.abs(y(1) - y(0));
  let sum = 0;
  for (let i = 0; i < deviations.length; i++) sum += deviations[i];
  const usual = (sum / Math.max(1, deviations.length)) * wide;  // pixels
  context.globalAlpha = Math.max(FAINTEST, STRONGEST - usual / 100);
  for (const [label, images] of classes.entries()) {
    context.beginPath();
    for (const i of images) {
      const across = x(points[2 * i]), down = y(points[2 * i + 1]), radius = deviations[2 * i] * wide;
      context.moveTo(across + radius, down);
      context.ellipse(across, down, radius, deviations[2 * i + 1] * tall, 0, 0, 2 * Math.PI);
    }
    context.fillStyle = colourOf(space, label);
    context.fill();
  }
  context.globalAlpha = 1;
}

function names(context, space, { x, y }, theme) {
  context.font = `bold ${12 * theme.larger}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [label, image] of space.named.entries()) {
    if (image < 0) continue;
    const across = x(space.points[2 * image]), down = y(space.points[2 * image + 1]);
    const name = space.class_names[label], half = context.measureText(name).width / 2 + 4;
    context.fillStyle = colourOf(space, label);
    context.fillRect(across - half, down - 9 * theme.larger, 2 * half, 18 * theme.larger);
    context.fillStyle = "#fff";
    context.fillText(name, across, down);
  }
}

const colourOf = ({ colours }, label) => colours[label % colours.length];
