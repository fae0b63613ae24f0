// An image's posterior: its 1σ and 2σ ellipses and some draws, on the map and in an inset at a scale of its own.

const SIDE = 86;  // pixels of the inset's frame
const ROOM = 15;  // for the words along two of its sides
const REACH = 2.9;  // standard deviations from the inset's middle to its edge

// Draws the ellipses of a covariance about a point of the screen, with so many pixels to a unit of the map.
export function drawEllipses(context, [xx, xy, yy], sigmas, { x, y, scale, text }) {
  const { long, short } = axesOf([xx, xy, yy]), tilt = -0.5 * Math.atan2(2 * xy, xx - yy);
  context.strokeStyle = `rgb(${text})`;
  context.fillStyle = `rgba(${text}, 0.18)`;
  context.lineWidth = 1.5;
  for (const sigma of sigmas) {
    context.beginPath();
    context.ellipse(x, y, sigma * scale * long, sigma * scale * short, tilt, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

// Draws an image's ellipses about a point of the screen, and draws from its posterior as dots.
export function drawPosterior(context, panel, index, { x, y, scale, dot, text }) {
  drawEllipses(context, panel.covariance(index), [2, 1], { x, y, scale, text });
  context.fillStyle = `rgb(${text})`;
  const middle = panel.place(panel.code(index));
  for (const latent of panel.draws(index)) {
    const [across, up] = panel.place(latent);
    context.fillRect(x + (across - middle[0]) * scale - dot / 2, y - (up - middle[1]) * scale - dot / 2, dot, dot);
  }
}

// Returns the standard deviations along the longest and the shortest direction of a covariance [xx, xy, yy].
export function axesOf([xx, xy, yy]) {
  const middle = (xx + yy) / 2, apart = Math.hypot((xx - yy) / 2, xy);
  return { long: Math.sqrt(middle + apart), short: Math.sqrt(Math.max(middle - apart, 0)) };
}

// Returns the width of the part of the map that the inset shows: every direction of the posterior fits.
export function spanOf(covariance) {
  return 2 * REACH * axesOf(covariance).long || 1;
}

// Draws the inset, whose two axes have the same span in units of z, and returns that span.
export function drawInset(canvas, panel, index, { theme: { text, font }, ratio }) {
  const size = SIDE + ROOM, span = spanOf(panel.covariance(index)), words = `${span.toPrecision(2)} units of z`;
  [canvas.width, canvas.height] = [size * ratio, size * ratio];
  [canvas.style.width, canvas.style.height] = [`${size}px`, `${size}px`];
  const context = canvas.getContext("2d"), middle = { x: ROOM + SIDE / 2, y: SIDE / 2 };
  context.scale(ratio, ratio);
  context.save();
  context.beginPath();
  context.rect(ROOM, 0, SIDE, SIDE);
  context.clip();
  drawPosterior(context, panel, index, { ...middle, scale: SIDE / span, dot: 3, text });
  context.restore();
  context.strokeStyle = `rgba(${text}, 0.4)`;
  context.strokeRect(ROOM + 0.5, 0.5, SIDE - 1, SIDE - 1);
  context.fillStyle = `rgb(${text})`;
  context.font = `11px ${font}`;
  context.textAlign = "center";
  context.fillText(words, middle.x, size - 3);
  context.translate(11, middle.y);
  context.rotate(-Math.PI / 2);
  context.fillText(words, 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${panel.word}: the posterior's 1σ and 2σ ellipses and twenty draws, ${words} each way`);
  return span;
}
