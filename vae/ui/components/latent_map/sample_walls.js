// What the samples decode to: under each panel a wall of its model's images, and how many of them land where codes are.

import { paint } from "../decoder.js";
import { OUTSIDE } from "./prior.js";
import { DRAWN } from "./samples.js";
import { landedWords, ruleWords } from "./words.js";

const TURN_MS = 12;  // milliseconds of decoding, after which the browser draws and listens
const IMAGE = 17;  // pixels along the side of an image on the screen, at the least
const FRAME = 3;  // pixels of the canvas, which has two for each of an image, around a draw that lands away from codes

export class SampleWalls {
  constructor(find) {
    this.find = find;
  }

  // Shows the walls of the map's samples, or none; images are decoded anew where the samples or the width have changed.
  show(map) {
    const { samples, panels, views, received } = map, walls = this.find(".walls");
    walls.hidden = this.find(".rule").hidden = !samples;
    this.find(".unsample").hidden = !samples;
    const columns = views.box(0).width >= 16 * IMAGE ? 16 : 8, key = samples && [map.state.draw, columns, received].join();
    if (key === this.drawn) return;
    this.drawn = key;
    if (!samples) return;
    this.find(".rule").textContent = ruleWords(panels);
    const work = panels.flatMap((panel, k) => this.wall(map, k, columns, walls.children[k]));
    this.paintSoon(work, key);
  }

  // Prepares a panel's wall and returns what there is to do for it: a function for each of its images.
  wall({ samples, panels, shape }, k, columns, figure) {
    const [, height, width] = shape, { latents, landed } = samples[k], canvas = figure.querySelector("canvas");
    figure.querySelector("figcaption").textContent = landedWords(panels[k], landed);
    const [wide, tall] = [2 * (width + FRAME), 2 * (height + FRAME)];
    [canvas.width, canvas.height] = [columns * wide, (DRAWN / columns) * tall];
    canvas.setAttribute("aria-label", `${DRAWN} samples of the ${panels[k].word}, drawn from the prior`);
    canvas.dataset.latents = JSON.stringify(latents.map((latent) => [...latent]));
    const context = canvas.getContext("2d"), cell = document.createElement("canvas");
    context.imageSmoothingEnabled = false;
    return latents.map((latent, n) => () => {
      const left = (n % columns) * wide, top = Math.floor(n / columns) * tall;
      paint(cell, panels[k].decode(latent), shape);
      if (landed[n] === false) {
        context.fillStyle = OUTSIDE;
        context.fillRect(left, top, wide, tall);
      }
      context.drawImage(cell, left + FRAME, top + FRAME, 2 * width, 2 * height);
    });
  }

  paintSoon(work, key) {
    if (key !== this.drawn) return;
    const end = performance.now() + TURN_MS;
    while (work.length && performance.now() < end) work.shift()();
    if (work.length) setTimeout(() => this.paintSoon(work, key));
    else this.find(".walls").dataset.ready = key;
  }
}
