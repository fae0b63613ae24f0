// All that the map says in words. Data comes in and text goes out: nothing here knows the page.

const NUMBER = new Intl.NumberFormat("en");
const MARKS = ["", "◆ ", "■ "];  // The classes after the first ten, and after the next ten, have marks of their own.

const signed = (text) => text.replace("-", "−");

export function className(name, label) {
  return MARKS[Math.floor(label / 10) % 3] + name;
}

// Describes the stage to a screen reader.
export function stageLabel({ header, panels }) {
  return `${panels.map((panel) => `${panel.word}: ${panel.title}`).join("; ")}. ${NUMBER.format(header.count)} images. `
    + "Arrow keys walk from image to image, with Shift in the other panel, Enter pins the one under the pointer, "
    + "Escape unpins, plus and minus zoom.";
}

export function failure(error) {
  return `The map could not be drawn (${error.message}). Reload the page, or use the charts below.`;
}

export function selected(count) {
  return `${count} images selected.`;
}

// Says where on their way the points are.
export function where({ panels, motion }) {
  const { kind, at } = motion.way, [one, other] = panels.map((panel) => panel.word);
  if (kind === "epochs") return `epoch ${Number(motion.epochAt(at).toFixed(1))}`;
  return at === 0 ? `${one}'s places` : at === 1 ? `${other}'s places` : `${Math.round(at * 100)} %`;
}

// Explains below the map what is to be seen on it.
export function note({ header, panels, state, motion }) {
  const { way } = motion, [one, other] = panels.map((panel) => panel.word), words = [];
  if (way.kind === "spaces" && way.at > 0) {
    words.push(`The left panel moves every image towards its place in the ${other}, whose map is turned and scaled `
      + `onto the ${one}'s (Procrustes).`);
  }
  if (way.kind === "epochs") {
    words.push(`The first ${NUMBER.format(motion.filmCount())} test images after each epoch of the training.`);
  }
  words.push(...aboutBackground(header, panels, state));
  const drawn = panels.filter((panel, k) => panel.linear && !motion.moving(k));
  if (drawn.some((panel) => panel.latent_dim > 1)) {
    words.push("Dashed: the circles that hold 39 % (1σ) and 86 % (2σ) of the prior N(0, I), which samples come from.");
  }
  if (drawn.some((panel) => panel.latent_dim === 1)) {
    words.push("Dashed: ±1σ and ±2σ of the prior N(0, 1), which hold 68 % and 95 % of z1.");
  }
  if (state.selection) {
    const escape = state.pinned === null ? "Escape clears the selection" : "Escape unpins the image, then clears the selection";
    words.push(`${NUMBER.format(state.selection.length)} images selected; ${escape}.`);
  }
  return words.join(" ");
}

function aboutBackground(header, panels, state) {
  if (state.background === "mosaic") {
    return [`Behind the points: what each decoder makes of that place${planeOf(panels, state)}.`];
  }
  if (state.background === "reading") {
    return [header.judge || "A classifier reads what the decoders make of every place; that takes a few seconds."];
  }
  if (state.background !== "density") return [];
  if (panels.every((panel) => !panel.linear)) {
    return ["A t-SNE map has no density of codes: it spreads them as it likes."];
  }
  return ["Behind the points: the density of the codes; the VAE's is its aggregate posterior, every image with its σ, "
    + "the AE's points are smoothed (Scott's rule)."];
}

// Says on which plane places become latents, where there is more than one.
function planeOf(panels, state) {
  if (panels.every((panel) => panel.latent_dim <= 2)) return "";
  if (state.pinned !== null) return `, above two dimensions on the plane through image ${state.pinned}`;
  const linear = panels.every((panel) => panel.linear);
  return `, above two dimensions on the plane through the ${linear ? "mean code" : "nearest image"}`;
}

// Says of which place the images under the pointer are decoded, and what a classifier reads there.
export function wordsHere(latent, { panel: k, x, y }, { header, panels, state }) {
  const panel = panels[k], other = panels[1 - k], number = (value) => signed(value.toPrecision(3));
  const words = [];
  if (latent.length <= 2) words.push(`z = (${[...latent].map(number).join(", ")}) in the ${panel.word}'s space.`);
  else {
    const middle = panel.linear ? "the mean code" : "the nearest image";
    const through = state.pinned !== null ? `image ${state.pinned}` : middle;
    const length = number(Math.hypot(...latent));
    words.push(`A z of length ${length} in the ${panel.word}'s space: ${panel.how} through ${through}.`);
  }
  const fits = other.latent_dim === latent.length;
  words.push(fits ? `The ${other.word} is given the same z.` : `The ${other.word}'s z has another size.`);
  const flat = state.pinned === null || panel.latent_dim <= 2;  // What was read belongs to the map's own plane.
  if (state.background === "reading" && panel.read && flat) words.push(...readingAt(panel, x, y, header.classes));
  return words.join(" ");
}

function readingAt(panel, x, y, classes) {
  const { side, range: [cx, cy, half] } = panel.reading;
  const column = Math.floor(((x - cx + half) / (2 * half)) * side);
  const row = Math.floor(((cy + half - y) / (2 * half)) * side);
  if (column < 0 || row < 0 || column >= side || row >= side) return [];
  const at = row * side + column;
  return [`The classifier reads ${classes[panel.read[at]]} (${Math.round(panel.confidence[at] / 2.55)} %).`];
}

export function wordsNowhere(moving) {
  if (moving) return "The points are on their way: no place here is a latent.";
  return "Move over a panel: where there is no image, its decoder makes one.";
}

// Names an image: which it is, of which class, and whether it is pinned.
export function imageTitle(index, { header, labels, state }) {
  const part = header.of.split("/")[1] === "train" ? "Training" : "Test";
  return `${part} image ${index}: ${header.classes[labels[index]]}${index === state.pinned ? " (pinned)" : ""}`;
}

// Says what an image is to each model: a point, or a region of so much width.
export function drawsWords(index, panels) {
  return panels.map((panel) => {
    if (!panel.deviations) return `To the ${panel.word} this image is one point, which decodes to one image.`;
    const size = panel.latent_dim, mean = panel.deviation(index).reduce((a, b) => a + b) / size;
    let ellipses = "";
    if (panel.linear && size === 2) ellipses = ": the ellipses hold 39 % and 86 % of it";
    if (panel.linear && size > 2) ellipses = ": the ellipses are its shadow on the map";
    return `To the ${panel.word} it is a region, N(μ, σ²) with a mean σ of ${mean.toPrecision(2)}${ellipses}.`;
  }).join(" ");
}
