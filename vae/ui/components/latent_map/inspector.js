// The column beside the map: the image under the pointer or the pinned one, what is decoded under the pointer, and what
// the pinned image's posterior decodes to.

import { paint } from "../decoder.js";
import { blank } from "./canvas.js";
import { squaredError } from "./panel.js";
import { drawsWords, imageTitle, wordsHere, wordsNowhere } from "./words.js";

const STRIP = 5;  // images side by side

export class Inspector {
  constructor(find) {
    this.find = find;
    this.previews = [document.createElement("canvas"), document.createElement("canvas")];  // for beside the pointer
    this.announced = null;  // the pinned image that a screen reader has been told of
    this.drawn = null;  // the pinned image and the message whose draws are shown
  }

  // Shows what the pointer's latent decodes to in every panel that has latents of that size.
  showHere(map, latent) {
    const { panels, shape, hovered } = map;
    panels.forEach((panel, k) => {
      const canvas = this.find(`.here-${k}`), own = hovered.latents[k];
      canvas.dataset.latent = own ? JSON.stringify([...own]) : "";
      if (!own) {
        blank(canvas);
        return;
      }
      const values = panel.decode(own);
      paint(canvas, values, shape);
      this.preview(map, k, values);
    });
    this.find(".here .words").textContent = wordsHere(latent, hovered, map);
  }

  showNothingHere({ hovered, motion }) {
    for (const k of [0, 1]) blank(this.find(`.here-${k}`));
    this.find(".here .words").textContent = wordsNowhere(hovered && motion.moving(hovered.panel));
  }

  preview({ hovered, shape }, k, values) {
    paint(this.previews[k], values, shape);
    hovered.pictures[k] = true;
  }

  // Shows the image under the pointer, or the pinned one: the original and both reconstructions, with label and errors.
  showImage(map) {
    const { hovered, state, panels, shape } = map, index = hovered?.index >= 0 ? hovered.index : state.pinned;
    this.showDraws(map);
    if (index === null) {
      this.showNoImage(panels);
      return;
    }
    const title = this.find(".image h4"), original = map.original(index);
    title.textContent = imageTitle(index, map);
    [title.title] = map.header.of.split("/");
    paint(this.find(".original"), original, shape);
    const errors = panels.map((panel, k) => {
      const values = panel.decode(panel.code(index)), canvas = this.find(`.reconstruction-${k}`);
      const words = `${panel.word} ${squaredError(original, values).toPrecision(2)}`;
      paint(canvas, values, shape);
      if (hovered?.index === index) this.preview(map, k, values);
      canvas.nextElementSibling.textContent = words;
      return words;
    });
    if (index === state.pinned && this.announced !== index) {
      this.announced = index;
      this.say(`Pinned ${title.textContent}. Squared error per pixel: ${errors.join(", ")}.`);
    }
  }

  showNoImage(panels) {
    this.find(".image h4").textContent = "Point at an image, click to pin";
    for (const part of ["original", "reconstruction-0", "reconstruction-1"]) blank(this.find(`.${part}`));
    panels.forEach((panel, k) => (this.find(`.reconstruction-${k}`).nextElementSibling.textContent = panel.word));
  }

  // Shows what the pinned image's posterior decodes to: one image from a point, twenty from a region.
  showDraws({ panels, shape, state: { pinned }, received }) {
    this.find(".draws").hidden = pinned === null;
    if (pinned === null || this.drawn === `${pinned} ${received}`) return;
    this.drawn = `${pinned} ${received}`;
    this.find(".strips").replaceChildren(...panels.map((panel) => {
      const row = document.createElement("div"), word = document.createElement("span");
      word.textContent = panel.word;
      row.append(word, strip(panel, panel.deviations ? panel.draws(pinned) : [panel.code(pinned)], shape));
      return row;
    }));
    this.find(".draws .words").textContent = drawsWords(pinned, panels);
  }

  // Tells a screen reader.
  say(words) {
    this.find(".live").textContent = words;
  }

  unannounce() {
    this.announced = null;
    this.say("");
  }
}

// Returns a canvas with what latents decode to, in rows.
function strip(panel, latents, shape) {
  const [, height, width] = shape, columns = Math.min(STRIP, latents.length), rows = Math.ceil(latents.length / STRIP);
  const canvas = document.createElement("canvas"), cell = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns * width, rows * height];
  canvas.style.width = `${columns * 29}px`;
  latents.forEach((latent, n) => {
    paint(cell, panel.decode(latent), shape);
    canvas.getContext("2d").drawImage(cell, (n % STRIP) * width, Math.floor(n / STRIP) * height);
  });
  return canvas;
}
