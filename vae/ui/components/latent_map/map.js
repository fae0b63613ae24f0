// The latent map: an autoencoder's and a VAE's latent space side by side, linked, decoding under the pointer.
// Three canvases lie on one another: `back` (axes and backgrounds), `points` (WebGL) and `front` (what follows the
// pointer). message.py beside this file describes the message that all of it is made from.

import { readHeader } from "../decoder.js";
import { drawBack } from "./back.js";
import { Backgrounds } from "./backgrounds.js";
import { themeOf } from "./canvas.js";
import { describe, listenToControls, settle, showControls } from "./controls.js";
import { drawFront } from "./front.js";
import { Gestures } from "./gestures.js";
import { Inspector } from "./inspector.js";
import { linked } from "./linked.js";
import { keep, recall } from "./memory.js";
import { Motion } from "./motion.js";
import { nearestPoint, opening } from "./panel.js";
import { drawPoints, Points, shadesOf, THUMBNAIL } from "./points.js";
import { changes, takeImages, takePanels, unpackParts } from "./received.js";
import { SampleWalls } from "./sample_walls.js";
import { samplesOf } from "./samples.js";
import { Views } from "./views.js";
import { failure, sampled, selected } from "./words.js";

const HIT = 6;  // pixels from a point that still mean its image
const PRIOR_HALF = 3.2;  // half the side of the square around the prior, in its standard deviations
const AROUND = 330;  // pixels of the window's height that are not the stage's: the title, the controls and the classes
const SETTLED = 120;  // milliseconds without a movement, after which mosaics are worth their decoding

export class LatentMap {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.element = this.find(".map");
    this.stage = this.find(".stage");
    this.back = this.find(".back");
    this.front = this.find(".front");
    this.points = new Points(this.find(".points"));
    this.state = { tool: "explore", background: "none", sameScale: false, pinned: null, selection: null, hidden: [], draw: null };
    this.samples = null;  // what `samplesOf` returns for the press of the button that `state.draw` counts
    // This is where the pointer is: { panel, x, y, index, pictures, … }. `index` is the image's there or -1, and
    // `pictures` tells for each panel whether the inspector has a preview. The rest is what `linked` returns.
    this.hovered = null;
    this.views = new Views();
    this.motion = new Motion();
    this.backgrounds = new Backgrounds();
    this.inspector = new Inspector(this.find);
    this.walls = new SampleWalls(this.find);
    this.dirty = new Set();
    this.stop = new AbortController();
    this.listen();
  }

  destroy() {
    this.gone = true;
    this.stop.abort();
    this.resizes.disconnect();
    clearTimeout(this.settling);
    this.motion.pause();
    this.backgrounds.stopMosaics();
    this.points.destroy();
  }

  listen() {
    const on = (target, kind, handler, options = {}) =>
      target.addEventListener(kind, (event) => this.panels && handler(event), { ...options, signal: this.stop.signal });
    this.resizes = new ResizeObserver(() => {
      if (this.panels && this.stage.clientWidth && (this.theme.larger > 1 || this.stage.clientWidth !== this.views.width)) this.resize();
    });
    for (const part of [this.stage, this.find(".walls")]) this.resizes.observe(part);
    on(window, "resize", () => {
      if (window.devicePixelRatio !== this.ratio || window.innerHeight !== this.windowHeight) this.resize();
    });
    on(this.element, "transitionend", (event) => {
      if (event.target !== this.element || event.propertyName !== "color") return;
      this.theme = themeOf(this.element);
      this.inspector.forget();
      this.inspector.showImage(this);
      this.viewChanged();
    });
    on(this.find(".points"), "webglcontextlost", (event) => event.preventDefault());
    on(this.find(".points"), "webglcontextrestored", () => {
      this.points = new Points(this.find(".points"));
      this.drawSoon("points");
    });
    this.gestures = new Gestures(this, on);
    listenToControls(this, on);
  }

  async update(message) {
    const { text, header, parts } = readHeader(message);
    if (text === this.received) return;
    this.received = text;
    const found = await unpackParts(this, message, header, parts);
    if (text !== this.received || this.gone) return;  // A newer message has come in the meantime.
    const before = this.header;
    this.header = header;
    takeImages(this, found.images, before);
    takePanels(this, found.models);
    if (before?.of !== header.of || before.count !== header.count) this.restore();
    else if (before.colour !== header.colour) this.state = { ...this.state, hidden: [], colour: header.colour };
    this.views.open(this.panels.map((panel) => panel.home), this.sharing());
    const changed = changes(before, header);
    if (changed.spaces) {
      this.hovered = null;
      this.gestures.forget();
      this.backgrounds.stopMosaics();
    }
    if (changed.views) this.home();
    this.backgrounds.forget();
    this.samples = this.state.draw && samplesOf(this.state.draw, this.panels);
    this.theme = themeOf(this.element);
    describe(this);
    this.shade();
    this.resize();
    if (!this.hovered) this.leave();
    this.inspector.showImage(this);
    this.element.dataset.ready = header.count;
  }

  restore() {
    const { selection, ...state } = recall(this.header, this.state);
    this.state = { ...state, selection: null };
    // Python is told even when none of them is shown now, because it would go on listing them.
    if (selection) this.setSelection(selection);
    if (state.background === "reading") this.send("background", "reading");
  }

  fail(error) {
    this.received = null;  // The next message is tried then, even if it is the same.
    this.find(".note").textContent = failure(error);
  }

  original(index) {
    return this.pixels.subarray(index * this.imageSize, (index + 1) * this.imageSize);
  }

  // Returns the image that is shown where nothing is pointed at: the pinned one, or the one that the map opens with.
  chosen() {
    const { panels, labels, state: { pinned, hidden } } = this;
    return pinned ?? opening(panels, labels, hidden);
  }

  // Returns the latent of a place; null while the points of that panel are on their way elsewhere.
  latentAt(k, x, y) {
    const panel = this.panels[k];
    if (this.motion.moving(k)) return null;
    const nearest = () => nearestPoint(this.motion.position(k), this.shades, x, y)[0];
    const through = this.state.pinned ?? (panel.linear ? null : nearest());
    return panel.latent(x, y, through === -1 ? null : through);
  }

  hover({ panel, x, y, within }) {
    const before = this.hovered?.index ?? -1;
    this.hovered = null;
    if (within) {
      const [nearest, distance] = nearestPoint(this.motion.position(panel), this.shades, x, y);
      const hit = distance * this.views.scale(panel) <= (this.thumbnails?.[panel] ? THUMBNAIL / 2 : HIT);
      this.hovered = { panel, x, y, index: hit ? nearest : -1, pictures: [false, false] };
    }
    this.decodeHere();
    const index = this.hovered?.index ?? -1;
    if (index !== before || index >= 0) this.inspector.showImage(this);
    this.stage.dataset.hovered = index;
    drawFront(this);
  }

  decodeHere() {
    const { hovered } = this, latent = hovered && this.latentAt(hovered.panel, hovered.x, hovered.y);
    if (!latent) {
      this.inspector.showNothingHere(this);
      return;
    }
    Object.assign(hovered, linked(this, latent));
    this.inspector.showHere(this, latent);
  }

  leave() {
    this.hovered = null;
    this.stage.dataset.hovered = -1;
    this.inspector.showNothingHere(this);
  }

  // Draws 64 latents from the prior for both panels, other ones with every press; a reload begins with the first again.
  sample() {
    this.presses = (this.presses ?? this.state.draw ?? 0) + 1;
    this.set({ draw: this.presses });
    this.samples = samplesOf(this.presses, this.panels);
    this.walls.show(this);
    this.inspector.say(sampled(this.panels, this.samples));
    this.drawSoon("front");
  }

  clearSamples() {
    this.samples = null;
    this.set({ draw: null });
    this.walls.show(this);
    this.inspector.say("");
    this.drawSoon("front");
  }

  pin(index) {
    this.state.pinned = index;
    if (index === null) this.inspector.unannounce();
    keep(this.header, this.state);
    this.inspector.showImage(this);
    showControls(this);
    this.viewChanged();
  }

  select(indices) {
    this.setSelection(indices);
    keep(this.header, this.state);
    showControls(this);
    this.shade();
    this.inspector.say(selected(indices.length));
  }

  setSelection(indices) {
    this.state.selection = indices.length ? indices : null;
    this.send("selection", { of: this.header.of, indices });
  }

  // Changes the state, keeps it and shows it on the controls.
  set(state) {
    Object.assign(this.state, state);
    keep(this.header, this.state);
    showControls(this);
  }

  setTool(tool) {
    this.set({ tool });
  }

  toggleClass(label) {
    const { hidden } = this.state;
    this.set({ hidden: hidden.includes(label) ? hidden.filter((other) => other !== label) : [...hidden, label] });
    this.inspector.showImage(this);
    this.shade();
  }

  setBackground(background) {
    this.set({ background });
    // The judge is the server's, which sends what it reads once it is asked.
    this.send("background", background);
    this.viewChanged();
  }

  setSameScale(sameScale) {
    this.set({ sameScale });
    this.views.open(this.panels.map((panel) => panel.home), this.sharing());
    this.home();
  }

  sharing() {
    return this.state.sameScale && this.panels.every((panel) => panel.linear);
  }

  setWay(kind) {
    this.motion.choose(kind);
    showControls(this);
    this.viewChanged();
  }

  play() {
    this.motion.play((at) => this.moveTo(at), () => settle(this));
    showControls(this);
  }

  moveTo(at) {
    const changed = this.motion.moveTo(at);
    showControls(this);
    if (!changed) this.drawSoon("back", "points", "front");
    else {  // The background, and what places decode to, go or come back with it.
      this.leave();
      this.viewChanged();
    }
  }

  home() {
    this.views.home();
    this.viewChanged();
  }

  // Shows the prior in every panel that has a place for it, all at one scale.
  zoomToPrior() {
    this.panels.forEach((panel, k) => {
      if (panel.linear) this.views.show(k, ...panel.prior, PRIOR_HALF);
    });
    this.viewChanged();
  }

  zoom(k, factor, x, y) {
    this.views.zoom(k, factor, x, y);
    this.viewChanged();
  }

  pan(k, right, down) {
    this.views.pan(k, right, down);
    this.viewChanged();
  }

  lookAt(k, x, y) {
    this.views.setCentre(k, x, y);
    this.viewChanged();
  }

  viewChanged() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.views.width && this.backgrounds.startMosaics(this), SETTLED);
    this.drawSoon("back", "points", "front");
  }

  shade() {
    this.shades = shadesOf(this.labels, this.state);
    this.drawSoon("points", "front");
  }

  resize() {
    const { stage, views } = this;
    [this.windowHeight, this.ratio] = [window.innerHeight, window.devicePixelRatio || 1];
    views.fitTo(stage, this.find(".main"), AROUND, this.theme.larger);
    stage.style.height = `${views.height}px`;
    for (const canvas of stage.querySelectorAll("canvas"))
      [canvas.width, canvas.height] = [views.width, views.height].map((side) => Math.round(side * this.ratio));
    this.viewChanged();
    this.draw();
    this.walls.show(this);
  }

  // Draws some of the three canvases again with the next frame.
  drawSoon(...layers) {
    layers.forEach((layer) => this.dirty.add(layer));
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    if (this.gone || !this.panels || !this.views.width) return;
    const { dirty } = this;
    this.dirty = new Set();
    if (dirty.has("back")) drawBack(this);
    if (dirty.has("points")) this.thumbnails = drawPoints(this);
    if (dirty.has("front")) drawFront(this);
  }
}
