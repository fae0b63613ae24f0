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
    + "Escape unpins, plus and minus zoom, P zooms to the prior, 0 shows the whole map, S draws samples.";
}

export function failure(error) {
  return `The map could not be drawn (${error.message}). Reload the page, or use the charts below.`;
}

export function selected(count) {
  return `${NUMBER.format(count)} images are selected.`;
}

// Says for one model how many of its samples land where its codes are, and how many codes lie where samples land.
export function landedWords(panel, landed) {
  const words = [`${panel.word}:`], count = landed.filter(Boolean).length;
  if (panel.reaches) words.push(`${count} of ${landed.length} samples land where its codes are.`);
  if (panel.share_in_prior !== null) words.push(`${percent(panel.share_in_prior)} of its codes lie where samples land.`);
  return words.join(" ");
}

export function sampled(panels, samples) {
  return `${samples[0].latents.length} samples were drawn from the prior. ${panels.map((panel, k) => landedWords(panel, samples[k].landed)).join(" ")}`;
}

// Explains the two counts that stand over the samples.
export function ruleWords(panels) {
  const words = ["A sample lands where codes are if its z is no further from a code than codes are from their "
    + "neighbours: 95 % of all codes pass this test themselves."];
  for (const { word } of panels.filter((panel) => panel.deviations)) {
    words.push(`For the ${word} one z is drawn from the posterior of every image, because its decoder was trained on `
      + "these.");
  }
  words.push("Samples land in the ball around 0 that holds 99 % of N(0, I). All distances are measured in the latent "
    + "space itself.");
  if (panels.some((panel) => panel.linear)) words.push("An orange × on the map marks a sample away from all codes.");
  else words.push("A t-SNE map has no place for samples.");
  return words.join(" ");
}

function percent(share) {
  return share > 0 && share < 0.005 ? "Less than 1 %" : `${Math.round(share * 100)} %`;
}

// Says after a panel's title where its points are, if they are not at their own places.
export function titleOf({ panels, motion }, k) {
  const { kind, at } = motion.way, panel = panels[k], other = panels[1 - k].word;
  if (kind === "epochs" && panel.film) {
    return `${panel.title}, epoch ${epochWords(motion.panelEpoch(k))} of ${epochWords(panel.film_epochs.at(-1))}`;
  }
  if (!motion.moving(k)) return panel.title;
  if (kind === "betas") return `${panel.series} at β ${betaWords(motion)}`;
  const far = at === 1 ? "" : `${Math.round(at * 100)} % of the way to `;
  const way = `images ${far || "at "}their places in the ${other}`;
  return `${panel.title.split(",")[0]}, ${way}`;
}

// Names the two axes of a panel, or says what they are while its points are between two spaces.
export function axisNames({ panels, motion }, k) {
  if (motion.way.kind !== "spaces" || !motion.moving(k)) return panels[k].axes;
  const other = panels[1 - k].word;
  return motion.way.at === 1 ? [`the map of the ${other}, turned and scaled`, ""] : ["between the two maps", ""];
}

const betaWords = ({ path, way }) => String(Number(path.betaAt(way.at).toPrecision(way.at === path.home ? 6 : 2)));
const epochWords = (epoch) => String(Number(epoch.toFixed(1)));

// Says where on their way the points are.
export function where({ panels, motion }) {
  const { kind, at } = motion.way, [one, other] = panels.map((panel) => panel.word);
  if (kind === "betas") return `β ${betaWords(motion)}`;
  if (kind === "epochs") return `epoch ${epochWords(motion.epochAt(at))}`;
  return at === 0 ? `in the ${one}` : at === 1 ? `in the ${other}` : `${Math.round(at * 100)} %`;
}

// Explains below the map what is to be seen on it.
export function note({ header, panels, state, motion }) {
  const { way } = motion, [one, other] = panels.map((panel) => panel.word), words = [];
  if (way.kind === "spaces" && way.at > 0) {
    words.push(`The left map moves every image towards its place in the ${other}, whose map is turned and scaled to lie `
      + `on that of the ${one} (Procrustes).`);
  }
  if (way.kind === "epochs") {
    words.push(`The maps show the first ${NUMBER.format(motion.filmCount())} test images after each epoch of training.`);
  }
  if (way.kind === "betas") words.push(aboutBetas(panels, motion));
  words.push(...aboutBackground(header, panels, state));
  const drawn = panels.filter((_, k) => motion.isOwnPlane(k));
  if (drawn.some((panel) => panel.latent_dim === 2)) {
    words.push("The dashed circles hold 39 % (1σ) and 86 % (2σ) of the prior N(0, I), from which samples are drawn. "
      + "Where they would be too small to see, a solid ring marks the place.");
  }
  if (drawn.some((panel) => panel.latent_dim > 2)) {
    words.push("The dashed circles mark 1σ and 2σ of the prior N(0, I), from which samples are drawn, on the plane of the map.");
  }
  if (drawn.some((panel) => panel.latent_dim === 1)) {
    words.push("The dashed lines at ±1σ and ±2σ hold 68 % and 95 % of the prior N(0, 1), from which samples are drawn.");
  }
  if (state.selection) {
    words.push(`${selected(state.selection.length)} Press “Clear selection” above the map or the Escape key to let them go.`);
  }
  return words.join(" ");
}

// Says what moves with the slider of β, and what happens when it is let go.
function aboutBetas(panels, { path }) {
  const panel = panels.find((candidate) => candidate.path);
  const ellipses = panel.latent_dim === 2 ? "hold 86 % of" : "are the shadows, 1σ wide, of";
  return `The slider moves the first ${NUMBER.format(path.count)} test images through what ${panel.series} makes of them `
    + `at every β. The ellipses ${ellipses} the posteriors of one image of each class. Where you let the slider go, `
    + "the decoder and all pages take that β.";
}

function aboutBackground(header, panels, state) {
  if (state.background === "mosaic") {
    return [`The pictures behind the points are what each decoder makes of that place${planeOf(panels, state)}.`];
  }
  if (state.background === "reading") {
    return [header.judge || "The judge is reading what the decoders make of every place; that takes a few seconds."];
  }
  if (state.background !== "density") return [];
  if (panels.every((panel) => !panel.linear)) {
    return ["A t-SNE map shows no density of codes, because it moves crowded codes apart."];
  }
  return ["The shade behind the points is the density of the codes: for the VAE its aggregate posterior, in which every "
    + "image is spread by its σ; for the AE its points, smoothed by Scott's rule."];
}

// Says on which plane places become latents, where there is more than one.
function planeOf(panels, state) {
  if (panels.every((panel) => panel.latent_dim <= 2)) return "";
  if (state.pinned !== null) return `, with more than two dimensions on the plane through image ${state.pinned}`;
  const linear = panels.every((panel) => panel.linear);
  return `, with more than two dimensions on the plane through the ${linear ? "mean code" : "nearest image"}`;
}

// Says which latent is decoded under the pointer, by which rule the other panel's was found, and what the judge reads.
export function wordsHere(latent, hovered, { header, panels, state }) {
  const { panel: k, x, y } = hovered, panel = panels[k], number = (value) => signed(value.toPrecision(3));
  const words = [];
  if (latent.length <= 2) words.push(`Here z is (${[...latent].map(number).join(", ")}) in the ${panel.word}.`);
  else {
    const middle = panel.linear ? "the mean code" : "the nearest image";
    const through = state.pinned !== null ? `image ${state.pinned}` : middle;
    const length = number(Math.hypot(...latent));
    words.push(`Here z has length ${length} in the ${panel.word}: ${panel.how} through ${through}.`);
  }
  words.push(aboutLink(hovered, panels[1 - k]));
  const flat = state.pinned === null || panel.latent_dim <= 2;  // What was read belongs to the map's own plane.
  if (state.background === "reading" && panel.read && flat) words.push(...readingAt(panel, x, y, header.classes));
  return words.join(" ");
}

// Says what the other panel shows: the same z only where the prior puts its draws, and elsewhere the same rank or image.
function aboutLink({ rule, ranks, image }, other) {
  if (rule === "image") return `The ${other.word} shows the same image.`;
  if (rule === "nearest") return `The ${other.word} shows image ${image}, the nearest one on this map.`;
  if (rule === "same z") return `The ${other.word} is given the same z, because samples are drawn here.`;
  if (rule === "moving") return `The ${other.word}'s points are on their way.`;
  const [across, up] = ranks.map((rank, axis) => `${Math.round(100 * rank)} % along ${other.axes[axis]}`);
  return `No samples are drawn here, so the ${other.word} shows the place that lies above the same share of its own `
    + `codes: ${across} and ${up}.`;
}

function readingAt(panel, x, y, classes) {
  const { side, range: [cx, cy, half] } = panel.reading;
  const column = Math.floor(((x - cx + half) / (2 * half)) * side);
  const row = Math.floor(((cy + half - y) / (2 * half)) * side);
  if (column < 0 || row < 0 || column >= side || row >= side) return [];
  const at = row * side + column;
  return [`The judge reads ${classes[panel.read[at]]} (${Math.round(panel.confidence[at] / 2.55)} %).`];
}

export function wordsNowhere(moving) {
  if (moving) return "The points are on their way, so no place here stands for a z.";
  return "Move the pointer between the dots: both decoders show what they make of that place.";
}

// Writes the ends of a scale with as many digits as tell them apart, and says that what lies beyond has their colours.
export function scaleEnds({ low, high }) {
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(high - low))));
  return [`≤ ${low.toFixed(digits)}`, `≥ ${high.toFixed(digits)}`];
}

// Names an image: which it is, of which class, and whether it is pinned.
export function imageTitle(index, { header, labels, state }) {
  const part = header.of.split("/")[1] === "train" ? "Training" : "Test";
  return `${part} image ${index}, ${header.noun}${header.classes[labels[index]]}${index === state.pinned ? " (pinned)" : ""}`;
}

// Says what an image is to each model: a point, or a region of so much width.
export function drawsWords(index, panels) {
  return panels.map((panel) => {
    if (!panel.deviations) return `To the ${panel.word} this image is one point.`;
    const size = panel.latent_dim, mean = panel.deviation(index).reduce((a, b) => a + b) / size;
    let ellipses = "";
    if (panel.linear && size === 2) ellipses = " The ellipses hold 39 % and 86 % of it.";
    if (panel.linear && size > 2) ellipses = " The ellipses are its shadow on the map.";
    return `To the ${panel.word} it is a region, its posterior N(μ, σ²), with a mean σ of ${mean.toPrecision(2)}: the small images are `
      + `decoded from twenty z drawn there.${ellipses}`;
  }).join(" ");
}
