// Two charts of one β: the KL of every latent dimension with what linear theory expects, and the curve of rate and
// distortion with the runs of a ladder beside it.

import { axes, axisTitles, clear, ticksOf, written } from "../plotting.js";
import { writtenBeta } from "./scale.js";

const OUT = "#8C8C8C";  // of a dimension that is inactive

// `bars` has kl, expected and dimensions (each a value a dimension, in the order of the bars), most, active (nats).
export function drawBars(canvas, bars, theme) {
  const { context, width, height } = clear(canvas), { larger } = theme;
  const left = 46 * larger, bottom = 40 * larger, top = 18 * larger, wide = width - left - 8, tall = height - bottom - top;
  const y = (value) => top + tall * (1 - value / bars.most), step = wide / bars.kl.length;
  context.font = `${12 * larger}px ${theme.font}`;
  const ticks = ticksOf(0, bars.most), sparse = Math.ceil((15 * larger) / (y(ticks[0]) - y(ticks[1])));
  for (const tick of ticks.filter((_, number) => number % sparse === 0)) {
    context.strokeStyle = theme.grid;
    context.beginPath();
    context.moveTo(left, y(tick));
    context.lineTo(left + wide, y(tick));
    context.stroke();
    context.fillStyle = theme.text;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(written(tick), left - 5, y(tick));
  }
  const every = Math.ceil((34 * larger) / step);
  context.textAlign = "center";
  bars.kl.forEach((value, place) => {
    const middle = left + (place + 0.5) * step, on = value >= bars.active;
    context.fillStyle = on ? theme.colours[0] : OUT;
    context.fillRect(middle - 0.36 * step, y(value), 0.72 * step, top + tall - y(value));
    if (bars.expected[place] > 0) tickAt(context, middle, y(bars.expected[place]), 0.46 * step, theme);
    context.fillStyle = on ? theme.text : OUT;
    if (place % every) return;
    context.textBaseline = "bottom";
    context.fillText(value.toFixed(value < 9.995 ? 2 : 1), middle, Math.min(y(value), y(bars.expected[place])) - 3);
    context.textBaseline = "top";
    context.fillText(bars.dimensions[place], middle, top + tall + 5);
  });
  context.fillStyle = theme.text;
  axisTitles(context, ["latent dimension, by KL at β = 1", tall > 90 ? "nats per image" : "nats"], [left, top, wide, tall], larger);
}

function tickAt(context, middle, height, half, theme) {
  context.fillStyle = theme.background;
  context.fillRect(middle - half, height - 2.5, 2 * half, 5);
  context.fillStyle = theme.text;
  context.fillRect(middle - half, height - 1.25, 2 * half, 2.5);
}

// `curve` has rates, distortions, now ([rate, distortion]), runs ([{ beta, rate, distortion }]), nearest (a β) and range.
export function drawCurve(canvas, curve, theme) {
  const { larger } = theme, margin = { left: 52 * larger, bottom: 40 * larger, top: 6, right: 10 };
  const titles = ["rate: KL, nats per image", "distortion: nats per image"];
  const { context, x, y } = axes(canvas, curve.range, theme, margin, titles);
  context.strokeStyle = theme.colours[0];
  context.lineWidth = 2.5;
  context.beginPath();
  curve.rates.forEach((rate, i) => context.lineTo(x(rate), y(curve.distortions[i])));
  context.stroke();
  for (const { beta, rate, distortion } of curve.runs) {
    context.fillStyle = theme.colours[1];
    diamond(context, x(rate), y(distortion), beta === curve.nearest ? 8 : 5);
    context.fill();
  }
  labels(context, curve.runs.filter(({ first }) => first), { x, y, right: canvas.clientWidth - 2 }, theme);
  const [across, down] = [x(curve.now[0]), y(curve.now[1])];
  context.beginPath();
  context.arc(across, down, 7, 0, 2 * Math.PI);
  context.fillStyle = theme.colours[0];
  context.fill();
  context.strokeStyle = theme.background;
  context.lineWidth = 2;
  context.stroke();
}

// Writes the β of runs beside them, from the largest one on, without those that would lie on one that is there already.
function labels(context, runs, { x, y, right }, theme) {
  const tall = 14 * theme.larger, taken = [];
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const { beta, rate, distortion } of [...runs].reverse()) {
    const name = `β ${writtenBeta(beta)}`, wide = context.measureText(name).width;
    const left = Math.min(x(rate) + 9, right - wide), middle = y(distortion) - 10;
    if (taken.some((one) => left < one.left + one.wide + 4 && one.left < left + wide + 4 && Math.abs(middle - one.middle) < tall)) continue;
    taken.push({ left, wide, middle });
    context.fillText(name, left, middle);
  }
}

function diamond(context, x, y, half) {
  context.beginPath();
  for (const [across, down] of [[0, -half], [half, 0], [0, half], [-half, 0]]) context.lineTo(x + across, y + down);
  context.closePath();
}
