// One slider over all β of one multi-rate VAE. Decoder, gates, codes and numbers are sent once, and everything follows
// the slider in the browser. vae/ui/beta/every_beta_message.py describes the message.

import { readHeader, readParts } from "../decoder.js";
import { enlarged } from "../room.js";
import { drawBars, drawCurve } from "./charts.js";
import { Decoding } from "./decoding.js";
import { Film, filmKind } from "./film.js";
import { single, tiled } from "./pictures.js";
import { betweenBetas, mix, mixRows, Scale, writtenBeta } from "./scale.js";
import { drawSpace } from "./space.js";
import { Swing, WAY } from "./swing.js";
import { gapWords, nearest, numberWords } from "./words.js";

const STEPS = 400;  // of the slider, for the arrow keys
const APART = 0.035;  // of the slider's length, the least between two labels
const FILM = 2 * WAY;  // seconds: once up and down

const places = new Map();  // where the slider stood, by model: new z or images must not move it

class EveryBeta {
  constructor(root) {
    this.root = root;
    this.find = (what) => root.querySelector(what);
    this.slider = this.find("input");
    this.slider.max = STEPS;
    this.swing = new Swing((place, seconds) => this.swung(place, seconds));
    this.stop = new AbortController();
    const on = (node, event, does) => node.addEventListener(event, does, { signal: this.stop.signal });
    on(this.slider, "input", () => {
      this.rest();
      this.moveTo(this.slider.valueAsNumber / STEPS);
    });
    on(this.slider, "change", () => this.say());
    on(this.find(".play"), "click", () => (this.swing.going ? this.rest() : this.play()));
    on(this.find(".film"), "click", () => (this.film ? this.rest() : this.record()));
    on(root, "transitionend", () => this.drawSoon());
    const less = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
    if (less) on(less, "change", () => { if (less.matches) this.rest(); });
    this.observer = new ResizeObserver(() => this.drawSoon());
    this.observer.observe(root);
  }

  async update(message) {
    const { text, header, parts } = readHeader(message);
    if (text === this.text) return;
    this.text = text;
    const tensors = await readParts(message, header, parts);
    if (text !== this.text || this.gone) return;  // A newer message has come in the meantime.
    this.rest();
    this.decoding?.destroy();
    this.take(header, tensors);
    this.moveTo(places.get(header.of) ?? this.scale.placeOf(1));
    this.say();
  }

  // Takes a message apart, and writes what is the same at every β.
  take(header, tensors) {
    const { table, named, class_names: classes, colours, range } = header, count = tensors.labels.array.length;
    this.header = header;
    this.scale = new Scale(table.betas, table.kl.map((row) => row.reduce((a, b) => a + b)));
    this.means = tensors.means.array;
    this.logVariances = tensors.log_variances.array;
    const of = classes.map(() => []);
    tensors.labels.array.forEach((label, i) => of[label].push(i));
    this.space = { points: new Float32Array(2 * count), deviations: new Float32Array(2 * count), classes: of, named, range: range.map, axes: header.axes, colours, class_names: classes };
    const runs = header.gaps.flatMap(({ beta, runs: each }) =>
      each.map(([rate, distortion], seed) => ({ beta, rate, distortion, first: seed === 0 })));
    const rates = table.kl.map((row) => row.reduce((a, b) => a + b));
    this.curve = { rates, distortions: table.reconstruction, runs, range: range.curve };
    this.bars = { dimensions: header.order.map((index) => `z${index + 1}`), most: range.kl, active: header.active };
    this.originals = single(tensors.originals.array, header.image_shape);
    const decoded = { ...tensors };
    for (const name of ["means", "log_variances", "labels", "originals"]) delete decoded[name];
    this.decoding = new Decoding(header.decoder, decoded, (found) => this.decoded(found));
    for (const [kind, title] of Object.entries(header.titles)) this.find(`.${kind} figcaption`).textContent = title;
    this.find(".why").textContent = header.why;
    this.find(".film").hidden = !filmKind();
    this.find(".legend").replaceChildren(...classes.map((name, label) => {
      const entry = document.createElement("span");
      entry.textContent = name;
      entry.style.borderColor = colours[label % colours.length];
      return entry;
    }));
    this.find(".ticks").replaceChildren(...this.scale.apart(header.ticks, APART).map((beta) => {
      const tick = document.createElement("span");
      tick.textContent = writtenBeta(beta);
      tick.style.left = `${100 * this.scale.placeOf(beta)}%`;
      return tick;
    }));
    this.labelButtons();
  }

  moveTo(place) {
    this.place = place;
    places.set(this.header.of, place);
    this.beta = this.scale.betaAt(place);
    this.slider.value = place * STEPS;
    this.root.dataset.beta = String(this.beta);  // of which the wall is drawn a little later
    this.decoding.ask(this.beta);
    this.drawSoon();
  }

  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.header && !this.gone && this.root.clientWidth) this.draw();
    });
  }

  // Draws everything that the page itself can draw at this β; the decoded images come from the worker.
  draw() {
    const { header, beta } = this, { table } = header, at = betweenBetas(table.betas, beta);
    const codes = betweenBetas(header.decoder.code_betas, beta);
    mixRows(this.means, codes, this.space.points);
    mixRows(this.logVariances, codes, this.space.deviations);
    const { deviations } = this.space;
    for (let i = 0; i < deviations.length; i++) deviations[i] = Math.exp(0.5 * deviations[i]);
    const kl = header.order.map((index) => table.kl[at.low][index] + at.share * (table.kl[at.low + 1][index] - table.kl[at.low][index]));
    const now = [mix(this.curve.rates, at), mix(this.curve.distortions, at)], gap = nearest(header.gaps, beta);
    const expected = header.eigenvalues.map((value) => Math.max(0, 0.5 * Math.log(value / beta)));
    const theme = (this.theme = this.readTheme());
    this.numbers = { beta, rate: now[0], distortion: now[1], gap };
    this.write("output", writtenBeta(beta));
    this.write(".numbers", numberWords(this.numbers));
    this.write(".gap", gapWords(gap));
    this.slider.setAttribute("aria-valuetext", `β = ${writtenBeta(beta)}`);
    drawSpace(this.find(".space canvas"), this.space, theme);
    drawBars(this.find(".kl canvas"), { ...this.bars, kl, expected }, theme);
    drawCurve(this.find(".curve canvas"), { ...this.curve, now, nearest: gap?.beta }, theme);
    this.kl = kl;
    this.film?.draw(`β = ${writtenBeta(beta)}   ${numberWords(this.numbers)}`, this.filmed(), theme);
  }

  // Writes words where they have changed, since the page is laid out again for them.
  write(where, words) {
    const place = this.find(where);
    if (place.textContent !== words) place.textContent = words;
  }

  decoded({ beta, samples, copies }) {
    const { image_shape: shape, columns } = this.header;
    tiled(this.find(".samples canvas"), single(samples, shape), shape, columns);
    tiled(this.find(".copies canvas"), [...this.originals, ...single(copies, shape)], shape, this.originals.length);
    const { dataset } = this.root;
    dataset.walls = Number(dataset.walls ?? 0) + 1;
    dataset.ready = String(beta);
  }

  readTheme() {
    const style = getComputedStyle(this.root), background = style.getPropertyValue("--st-background-color").trim();
    const { colours } = this.header;
    return { text: style.color, font: style.fontFamily, grid: "rgba(128, 128, 128, 0.25)", background, colours, larger: enlarged(this.root) };
  }

  // Tells people who cannot see the panels what is in them, when the slider rests.
  say() {
    if (!this.numbers) return;
    const beta = `β = ${writtenBeta(this.beta)}`, { titles } = this.header;
    this.find(".live").textContent = `${beta}: ${numberWords(this.numbers)}. ${gapWords(this.numbers.gap)}`;
    for (const kind of ["samples", "space", "curve", "copies"])
      this.find(`.${kind} canvas`).setAttribute("aria-label", `${titles[kind]}, ${beta}`);
    const bars = this.bars.dimensions.map((name, i) => `${name} ${this.kl[i].toFixed(2)}`);
    this.find(".kl canvas").setAttribute("aria-label", `${titles.kl}, ${beta}: ${bars.join(", ")}`);
  }

  play() {
    this.swing.start(this.place);
    this.labelButtons();
  }

  swung(place, seconds) {
    this.moveTo(place);
    if (!this.film) return;
    this.find(".film").textContent = `Stop: ${Math.floor(seconds)} of ${FILM} s are recorded`;
    if (seconds >= FILM) this.rest(true);
  }

  // Records the way from the smallest β to the largest one and back.
  record() {
    this.film = new Film(`${this.header.of}.webm`);
    this.swing.start(0);
    this.film.begin();
    this.labelButtons();
  }

  // Ends what moves by itself; a film that is not whole is dropped.
  rest(whole = false) {
    if (!this.swing.going) return;
    this.swing.stop();
    this.film?.end(whole);
    this.film = null;
    this.labelButtons();
    this.say();
  }

  labelButtons() {
    this.find(".play").textContent = this.swing.going ? "Stop β here" : "Move β up and down";
    this.find(".film").textContent = this.film ? `Stop: 0 of ${FILM} s are recorded` : `Save a film of ${FILM} s`;
  }

  filmed() {
    const place = { samples: [24, 90, 400, 400], space: [440, 90, 400, 400], curve: [856, 90, 400, 400], copies: [24, 540, 600, 150], kl: [660, 540, 596, 160] };
    return Object.entries(place).map(([kind, box]) => ({
      canvas: this.find(`.${kind} canvas`),
      caption: this.header.titles[kind],
      place: box,
      crisp: kind === "samples" || kind === "copies",
    }));
  }

  destroy() {
    this.gone = true;
    this.rest();
    this.stop.abort();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.decoding?.destroy();
  }
}

const shown = new WeakMap();

export default function ({ data, parentElement }) {
  if (!shown.has(parentElement)) shown.set(parentElement, new EveryBeta(parentElement.querySelector(".every")));
  const every = shown.get(parentElement);
  every.update(data).catch((error) => {
    parentElement.querySelector(".why").textContent = `This browser cannot draw this slider. Its error is: ${error.message}`;
  });
  return () => {
    every.destroy();
    shown.delete(parentElement);
  };
}
