// The prior N(0, I) on the map, above the points: its circles, words that say what they are, and draws from it.

const LEAST = 11;  // pixels: a smaller ring would be lost among the points
const WORDS = ["samples are drawn here", "samples"];  // the second ones for a panel as narrow as on a phone
const PADDING = 6;
const HEIGHT = 21;
export const OUTSIDE = "#EE7733";

// Draws the prior's 1σ and 2σ: circles, or lines where there is one dimension, or a ring where these would be specks.
export function drawPrior(context, map, k) {
  const { panels, views, theme } = map, panel = panels[k], box = views.box(k), scale = views.scale(k);
  const [x, y] = views.toScreen(k, ...panel.prior);
  const small = 2 * scale < LEAST, radius = small ? LEAST : 2 * scale;
  for (const sigma of small ? [2] : [1, 2]) {
    const reach = small ? LEAST : sigma * scale;
    outlined(context, theme, small ? [] : [6, 5], () => {
      if (panel.latent_dim > 1) context.arc(x, y, reach, 0, 2 * Math.PI);
      else for (const side of [-reach, reach]) {
        context.moveTo(x + side, box.top);
        context.lineTo(x + side, box.top + box.height);
      }
    });
  }
  drawWords(context, map, k, { x, y, radius });
}

// Strokes a path that stands out from any points: the text's colour over a wider line in the background's.
function outlined(context, { background, text }, dashes, path) {
  for (const [colour, width, pattern] of [[background, 6, []], [`rgb(${text})`, 2.5, dashes]]) {
    context.beginPath();
    path();
    context.setLineDash(pattern);
    [context.strokeStyle, context.lineWidth] = [colour, width];
    context.stroke();
  }
  context.setLineDash([]);
}

function drawWords(context, map, k, prior) {
  const { views, theme } = map;
  context.font = `600 ${12 * theme.larger}px ${theme.font}`;
  context.textAlign = "left";
  const measure = (words) => context.measureText(words).width + 2 * PADDING;
  const words = WORDS.find((candidate) => measure(candidate) < views.box(k).width - 10) ?? "", width = measure(words);
  const height = HEIGHT * theme.larger, { left, top, from, to } = rememberedPlace(map, k, width, height, prior);
  if (to) outlined(context, theme, [], () => {
    context.moveTo(...from);
    context.lineTo(...views.clamp(k, ...to));
  });
  context.fillStyle = theme.background;
  [context.strokeStyle, context.lineWidth] = [`rgb(${theme.text})`, 1.5];
  context.beginPath();
  context.roundRect(left, top, width, height, 4);
  context.fill();
  context.stroke();
  context.fillStyle = `rgb(${theme.text})`;
  context.fillText(words, left + PADDING, top + 15 * theme.larger);
}

// Finds the place of the words again only where the view has changed: the pointer moves more often.
function rememberedPlace({ panels, views, motion, shades }, k, width, height, prior) {
  const panel = panels[k], box = views.box(k), position = motion.position(k);
  const key = [width, prior.x, prior.y, prior.radius, box.width, box.height, position.moved].join();
  if (panel.words?.key === key && panel.words.shades === shades) return panel.words;
  const occupied = (left, top) => {
    let count = 0;
    for (let i = 0; i < position.count; i++) {
      if (!shades[i]) continue;
      const [x, y] = views.toScreen(k, position.x(i), position.y(i));
      if (x >= left && x <= left + width && y >= top && y <= top + height) count++;
    }
    return count;
  };
  panel.words = { key, shades, ...placeOfWords(box, width, height, prior, occupied) };
  return panel.words;
}

// Returns where words about a ring stand: in the corner of the box that has the fewest points, with a line from there to
// the ring, unless the ring holds the whole corner.
export function placeOfWords(box, width, height, { x, y, radius }, occupied) {
  const lefts = [box.left + 5, box.left + box.width - width - 5], tops = [box.top + 5, box.top + box.height - height - 5];
  const corners = tops.flatMap((top) => lefts.map((left) => ({ left, top, count: occupied(left, top) })));
  const { left, top } = corners.reduce((best, corner) => (corner.count < best.count ? corner : best));
  const from = [Math.min(Math.max(x, left), left + width), Math.min(Math.max(y, top), top + height)];
  const away = Math.hypot(from[0] - x, from[1] - y);
  if (away <= radius) return { left, top, from, to: null };
  return { left, top, from, to: [x + ((from[0] - x) * radius) / away, y + ((from[1] - y) * radius) / away] };
}

// Draws the samples as crosses: upright where they land among codes, and slanted in another colour where they do not.
export function drawSamples(context, { panels, views, theme, samples }, k) {
  const { latents, landed } = samples[k];
  latents.forEach((latent, n) => {
    const [x, y] = views.toScreen(k, ...panels[k].place(latent)), away = landed[n] === false;
    for (const [colour, width] of [[theme.background, 5], [away ? OUTSIDE : `rgb(${theme.text})`, 2]]) {
      const [across, up] = away ? [4, 4] : [6, 0];
      context.beginPath();
      context.moveTo(x - across, y - up);
      context.lineTo(x + across, y + up);
      context.moveTo(x - up, y + across);
      context.lineTo(x + up, y - across);
      [context.strokeStyle, context.lineWidth] = [colour, width];
      context.stroke();
    }
  });
}
