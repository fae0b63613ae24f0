// The foremost canvas: the prior and its samples above the points, and what follows the pointer and the keys.

import { clipped, layer } from "./canvas.js";
import { drawEllipses, drawPosterior } from "./posterior.js";
import { drawPrior, drawSamples } from "./prior.js";

const PREVIEW = 84;  // pixels along the side of the image beside the pointer

export function drawFront(map) {
  const { panels, views, motion, theme: { text }, gestures: { lasso } } = map, context = layer(map.front, map);
  const positions = panels.map((_, k) => motion.position(k)), chosen = map.chosen();
  panels.forEach((panel, k) => clipped(context, views.box(k), () => {
    const still = panel.linear && !motion.moving(k);
    if (panel.path && motion.moving(k)) drawSpreads(context, map, k, positions[k]);
    drawLetters(context, map, k, positions[k]);
    if (motion.isOwnPlane(k)) drawPrior(context, map, k);
    if (still && map.samples) drawSamples(context, map, k);
    if (!map.theme.plain && chosen !== null && chosen < positions[k].count) drawChosen(context, map, k, positions[k], chosen);
  }));
  if (map.hovered) panels.forEach((_, k) => drawPointer(context, map, k, positions[k]));
  if (!lasso) return;
  context.beginPath();
  lasso.path.forEach(([x, y]) => context.lineTo(...views.toScreen(lasso.panel, x, y)));
  context.closePath();
  context.fillStyle = `rgba(${text}, 0.12)`;
  context.strokeStyle = `rgb(${text})`;
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}

// Writes the name of every class that is shown amid its points.
function drawLetters(context, { header, panels, views, state, theme }, k, position) {
  context.font = `bold ${13 * theme.larger}px ${theme.font}`;
  context.textAlign = "center";
  const { medoids, filmMedoids } = panels[k];
  (position.count < header.count ? filmMedoids : medoids).forEach((index, label) => {
    if (index < 0 || state.hidden.includes(label)) return;
    const [x, y] = views.toScreen(k, position.x(index), position.y(index)), name = header.classes[label];
    const width = context.measureText(name).width + 10, height = 18 * theme.larger;
    context.fillStyle = header.scale ? "#666" : header.palette[label % 10];
    context.globalAlpha = 0.92;
    context.beginPath();
    context.roundRect(x - width / 2, y - height / 2, width, height, 4);
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = context.fillStyle = "white";
    context.stroke();
    context.fillText(name, x, y + 4.5 * theme.larger);
  });
}

// Draws, while β moves, the posterior of the image that stands for each class and is shown.
function drawSpreads(context, { panels, views, motion, state, theme }, k, position) {
  const { filmMedoids, path, latent_dim: size } = panels[k], sigma = size === 2 ? 2 : 1;
  filmMedoids.forEach((index, label) => {
    if (index < 0 || state.hidden.includes(label)) return;
    const [x, y] = views.toScreen(k, position.x(index), position.y(index)), place = { x, y, scale: views.scale(k) };
    drawEllipses(context, path.covariance(motion.way.at, index), [sigma], { ...place, text: theme.text });
  });
}

// Draws the chosen image's ring and, where it lies on the map, its posterior.
function drawChosen(context, { panels, views, motion, theme }, k, position, chosen) {
  const panel = panels[k], [x, y] = views.toScreen(k, position.x(chosen), position.y(chosen));
  if (panel.deviations && panel.linear && !motion.moving(k))
    drawPosterior(context, panel, chosen, { x, y, scale: views.scale(k), dot: 3, text: theme.text });
  drawRing(context, theme, x, y, 8, 2.5);
}

// Draws a ring that stands out from any points: the text's colour over a wider line in the background's.
function drawRing(context, theme, x, y, radius, width) {
  for (const [colour, line] of [[theme.background, width + 3], [`rgb(${theme.text})`, width]]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.stroke();
  }
}

// Draws in one panel the ring around the image under the pointer, or the cross at the latent there, and its picture.
function drawPointer(context, map, k, position) {
  const { views, hovered, theme } = map, place = placeOfPointer(map, k, position);
  if (!place) return;
  const [x, y] = views.toScreen(k, ...place), edge = views.clamp(k, x, y);
  if (edge[0] !== x || edge[1] !== y) {  // It is out of view, and a dot at the edge says on which side.
    context.fillStyle = `rgb(${theme.text})`;
    context.beginPath();
    context.arc(...edge, 4, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  if (hovered.index >= 0) drawRing(context, theme, x, y, 7, 2);
  else if (k !== hovered.panel) {
    context.strokeStyle = `rgb(${theme.text})`;
    context.lineWidth = 1.5;
    context.strokeRect(x - 7, y, 14, 0);
    context.strokeRect(x, y - 7, 0, 14);
  }
  if (hovered.pictures[k]) drawPreview(context, map, k, x, y);
}

// Returns where in a panel's space that belongs which is under the pointer in either panel; null where it has no place.
function placeOfPointer({ motion, hovered }, k, position) {
  if (hovered.index >= position.count) return null;
  if (hovered.index >= 0) return [position.x(hovered.index), position.y(hovered.index)];
  if (k === hovered.panel) return [hovered.x, hovered.y];
  return (!motion.moving(k) && hovered.places?.[k]) || null;
}

function drawPreview(context, { views, inspector, theme }, k, x, y) {
  const box = views.box(k);
  const left = x + 14 + PREVIEW > box.left + box.width ? x - 14 - PREVIEW : x + 14;
  const top = y + 14 + PREVIEW > box.top + box.height ? y - 14 - PREVIEW : y + 14;
  context.imageSmoothingEnabled = false;
  context.drawImage(inspector.previews[k], left, top, PREVIEW, PREVIEW);
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.strokeRect(left, top, PREVIEW, PREVIEW);
}
