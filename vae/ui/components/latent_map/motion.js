// How far the points have moved: from the AE's places to the VAE's, from epoch to epoch of the training, or, of a
// multi-rate VAE, from β to β.

import { still } from "../still.js";

const CROSSING = 1800;  // milliseconds from one model's places to the other's
const EPOCH = 350;
const STOP = 300;  // milliseconds from one stop of β to the next

export class Motion {
  constructor() {
    this.panels = [];
    this.path = null;
    this.held = false;  // whether somebody holds the slider
    this.choose("spaces");
  }

  // Takes new panels of `count` images; `morph` turns, moves and scales the VAE's places onto the AE's.
  open(panels, morph, count) {
    this.panels = panels;
    this.count = count;
    this.epochs = [...new Set(panels.flatMap((panel) => panel.film_epochs))].sort((a, b) => a - b);
    this.target = transformed(panels[1].points, morph);
    // Each frame is one array for good, by which the points' buffers know what they hold.
    this.frames = panels.map(({ film, film_epochs: epochs }) => {
      const length = film && 2 * this.filmCount();
      return film && epochs.map((_, e) => film.subarray(e * length, (e + 1) * length));
    });
    this.path = panels.find((panel) => panel.path)?.path ?? null;
    const { kind } = this.way;
    if ((kind === "epochs" && !this.filmed()) || (kind === "betas" && !this.path)) this.choose("spaces");
    if (kind === "betas" && this.path && !this.held && !this.way.playing) this.way.at = this.path.home;
  }

  // Chooses what the points move through. A film begins at its end and the way of β at the panel's own, which is where
  // the points are without them.
  choose(kind) {
    this.way = { kind, at: 0, playing: false };
    if (kind === "epochs") this.way.at = this.lastStep();
    if (kind === "betas") this.way.at = this.path.home;
  }

  filmed() {
    return this.panels.some((panel) => panel.film);
  }

  // Returns how many images a film shows.
  filmCount() {
    const panel = this.panels.find((candidate) => candidate.film);
    return panel.film.length / panel.film_epochs.length / 2;
  }

  lastStep() {
    const { kind } = this.way;
    return kind === "epochs" ? this.epochs.length - 1 : kind === "betas" ? this.path.last : 1;
  }

  // Returns how many images the ways have that do not show all.
  fewest() {
    return Math.min(this.filmed() ? this.filmCount() : Infinity, this.path?.count ?? Infinity);
  }

  // Returns the epoch that the film is at, between two of those that any of its panels has.
  epochAt(at) {
    const step = Math.min(Math.floor(at), this.epochs.length - 1), next = Math.min(step + 1, this.epochs.length - 1);
    return this.epochs[step] + (this.epochs[next] - this.epochs[step]) * (at - step);
  }

  // Returns the epoch whose places a panel shows: one whose film has ended stays at its last.
  panelEpoch(k) {
    return Math.min(this.epochAt(this.way.at), this.panels[k].film_epochs.at(-1));
  }

  // Tells whether a panel's points are away from their own places.
  moving(k) {
    if (this.way.kind === "epochs") return Boolean(this.panels[k].film) && this.way.at < this.lastStep();
    if (this.way.kind === "betas") return Boolean(this.panels[k].path) && Math.abs(this.way.at - this.path.home) > 1e-4;
    return k === 0 && this.way.at > 0;
  }

  // Tells whether a panel is its own plane, where the prior has its place: while β moves, too.
  isOwnPlane(k) {
    return this.panels[k].linear && (this.way.kind === "betas" || !this.moving(k));
  }

  // Returns the β that the points have been moved to, with three digits; null where they are at their own.
  newBeta() {
    if (this.way.kind !== "betas" || !this.panels.some((_, k) => this.moving(k))) return null;
    return Number(this.path.betaAt(this.way.at).toPrecision(3));
  }

  // Goes to a place on the way and tells whether any panel's points have left their own places or come back.
  moveTo(at) {
    const moving = () => String(this.panels.map((_, k) => this.moving(k))), before = moving();
    this.way.at = at;
    return moving() !== before;
  }

  // Returns where a panel's images are now: `moved` of the way from `start` to `end`, and how many of them there are.
  position(k) {
    const panel = this.panels[k], { kind, at } = this.way;
    let start = panel.points, end = panel.points, moved = 0, count = this.count;
    if (kind === "spaces" && k === 0) [end, moved] = [this.target, at];
    if (kind === "betas" && this.moving(k)) {
      count = this.path.count;
      const [stop, next, share] = this.path.between(at);
      [start, end, moved] = [this.path.frames[stop], this.path.frames[next], share];
    }
    if (kind === "epochs" && panel.film) {
      count = this.filmCount();
      const epochs = panel.film_epochs, last = epochs.length - 1, epoch = this.epochAt(at);
      const step = Math.max(0, epochs.findLastIndex((e) => e <= epoch)), next = Math.min(step + 1, last);
      [start, end] = [this.frames[k][step], this.frames[k][next]];
      moved = next === step ? 0 : Math.min(Math.max((epoch - epochs[step]) / (epochs[next] - epochs[step]), 0), 1);
    }
    return {
      start, end, moved, count,
      x: (i) => start[2 * i] + (end[2 * i] - start[2 * i]) * moved,
      y: (i) => start[2 * i + 1] + (end[2 * i + 1] - start[2 * i + 1]) * moved,
    };
  }

  // Starts to play or pauses. `moveTo` is called with every place on the way, and `ended` when it stops. Where nothing may
  // glide, one step is taken at once: to the other model's places, to the next epoch, or to the next stop of β.
  play(moveTo, ended) {
    const { way } = this, last = this.lastStep();
    if (still()) {
      moveTo(way.at >= last ? 0 : Math.min(last, Math.floor(way.at) + 1));
      return ended();
    }
    const duration = { epochs: EPOCH * Math.max(last, 1), betas: STOP * last, spaces: CROSSING }[way.kind];
    way.playing = !way.playing;
    if (!way.playing) return ended();
    if (way.at >= last) way.at = 0;
    let before = performance.now();
    const step = (now) => {
      if (!way.playing || way !== this.way) return;
      moveTo(Math.min(last, way.at + (Math.max(0, now - before) / duration) * last));
      before = now;
      if (way.at < last) requestAnimationFrame(step);
      else {
        way.playing = false;
        ended();
      }
    };
    requestAnimationFrame(step);
  }

  pause() {
    this.way.playing = false;
  }
}

function transformed(points, [[a, b], [c, d], [e, f]]) {
  const target = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    target[i] = points[i] * a + points[i + 1] * c + e;
    target[i + 1] = points[i] * b + points[i + 1] * d + f;
  }
  return target;
}
