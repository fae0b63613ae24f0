// The column beside the map: the image under the pointer or the chosen one, what the chosen one's posterior decodes to,
// and what is decoded under the pointer.

import { paint } from "../decoder.js";
import { squaredError } from "./panel.js";
import { drawInset } from "./posterior.js";
import { drawsWords, imageTitle, wordsHere, wordsNowhere } from "./words.js";

export class Inspector {
  constructor(find) {
    this.find = find;
    this.previews = [document.createElement("canvas"), document.createElement("canvas")];  // for beside the pointer
    this.announced = null;  // the pinned image that a screen reader has been told of
    this.drawn = null;  // the chosen image and the message whose draws are shown
  }

  // Shows what the latent under the pointer decodes to, and in the other panel what belongs to it.
  showHere(map, latent) {
    const { panels, shape, hovered } = map;
    panels.forEach((panel, k) => {
      const canvas = this.find(`.here-${k}`), own = hovered.latents[k];
      canvas.dataset.latent = own ? JSON.stringify([...own]) : "";
      canvas.parentElement.hidden = !own;
      if (!own) return;
      const values = panel.decode(own);
      paint(canvas, values, shape);
      this.preview(map, k, values);
    });
    this.find(".here .words").textContent = wordsHere(latent, hovered, map);
  }

  showNothingHere({ hovered, motion }) {
    for (const k of [0, 1]) this.find(`.here-${k}`).parentElement.hidden = true;
    this.find(".here .words").textContent = wordsNowhere(hovered && motion.moving(hovered.panel));
  }

  preview({ hovered, shape }, k, values) {
    paint(this.previews[k], values, shape);
    hovered.pictures[k] = true;
  }

  // Shows the image under the pointer, or the chosen one: the original and both reconstructions, with label and errors.
  showImage(map) {
    const { hovered, state, panels, shape } = map, chosen = map.chosen();
    const index = hovered?.index >= 0 ? hovered.index : chosen;
    this.showDraws(map, chosen);
    this.find(".image").hidden = index === null;
    if (index === null) return;
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
      this.say(`${title.textContent}. Its squared error per pixel is ${errors.join(", ")}.`);
    }
  }

  // Shows what the chosen image is to each model: a point, or a region, with twenty draws from it and what they decode to.
  showDraws(map, chosen) {
    const { panels, shape, received } = map, drawn = `${chosen} ${received}`;
    this.find(".draws").hidden = chosen === null;
    if (chosen === null || this.drawn === drawn) return;
    this.drawn = drawn;
    this.find(".regions").replaceChildren(...panels.filter((panel) => panel.deviations).map((panel) => {
      const row = document.createElement("div"), images = document.createElement("div");
      const inset = document.createElement("canvas");
      if (panel.linear) drawInset(inset, panel, chosen, map);
      images.className = "strip";
      images.append(...panel.draws(chosen).map((latent) => {
        const canvas = document.createElement("canvas");
        paint(canvas, panel.decode(latent), shape);
        return canvas;
      }));
      row.append(...(panel.linear ? [inset, images] : [images]));
      return row;
    }));
    this.find(".draws h4").textContent = `Image ${chosen}: a point, or a posterior`;
    this.find(".draws .words").textContent = drawsWords(chosen, panels);
  }

  // Draws the posterior anew when it is next shown, because the theme has changed.
  forget() {
    this.drawn = null;
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
