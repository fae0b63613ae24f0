// An image's code in both models is shown as sliders. The decoders are here, so that the pictures follow the sliders
// without the server, which is told where they stand when one is let go. vae/ui/explore/code_sliders.py describes the
// message.

import { makeDecoder, paint, readHeader, readParts } from "../decoder.js";

const TOLD_AFTER = 250;  // milliseconds, so that a key that is held does not ask for a ledger at every step
const ON_A_PAGE = 10;

const moved = new Map();  // where the sliders of an image stand, for every model: they outlive a change of page

const written = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "−");

class Panel {
  constructor(root, about, tensors, number, message, latent, changed) {
    Object.assign(this, { about, latent, changed, page: 0 });
    this.shape = message.image_shape;
    this.decode = makeDecoder(about.layers, (name) => tensors[`${number}.${name}`].array);
    this.root = root.querySelector(".panel-template").content.firstElementChild.cloneNode(true);
    this.find = (what) => this.root.querySelector(what);
    this.root.setAttribute("aria-label", about.title);
    this.root.classList.toggle("points", !about.variational);
    this.find("h3").textContent = about.title;
    this.find(".legend").textContent = about.legend;
    this.find(".original + figcaption").textContent = message.about;
    this.picture("original", tensors.image.array, message.about);
    const reconstruction = tensors[`${number}.reconstruction`].array;
    this.picture("reconstruction", reconstruction, `${about.word}: decoded from the image's code`);
    const template = root.querySelector(".row-template").content.firstElementChild;
    this.rows = about.rows.map((row) => this.row(template.cloneNode(true), row));
    this.find(".rows").replaceChildren(...this.rows.map((row) => row.root));
    this.find(".all").addEventListener("click", () => {
      for (const { index } of about.rows) this.latent[index] = about.code[index];
      this.told("all numbers are reset to the code");
    });
    this.find(".before").addEventListener("click", () => this.turn(-1));
    this.find(".after").addEventListener("click", () => this.turn(1));
    this.turn(0);
    this.draw();
  }

  picture(name, values, words) {
    paint(this.find(`.${name}`), values, this.shape);
    this.find(`.${name}`).setAttribute("aria-label", words);
  }

  row(root, { index, range: [low, high], rest, band: [centre, spread] }) {
    const find = (what) => root.querySelector(what), slider = find("input"), name = `z${index + 1}`;
    const code = this.about.code[index];
    const percent = (value) => 100 * Math.min(1, Math.max(0, (value - low) / (high - low)));
    const mark = (what, from, to) => {
      find(what).style.left = `${percent(from)}%`;
      if (to !== undefined) find(what).style.width = `${percent(to) - percent(from)}%`;
    };
    mark(".two", centre - 2 * spread, centre + 2 * spread);
    mark(".one", centre - spread, centre + spread);
    mark(".line", rest);
    mark(".diamond", code);
    [slider.min, slider.max] = [low, high];
    const own = this.about.variational ? `code ${written(code)} ± ${written(spread)}` : `code ${written(code)}`;
    find(".code").textContent = find(".code").title = own;
    slider.setAttribute("aria-label", `${name} of ${this.about.title}, ${own}`);
    const set = (value, words) => {
      this.latent[index] = value;
      this.told(`${name} is set to ${words}`);
    };
    for (const [kind, value, text, words] of [
      ["rest", rest, this.about.rest_word, `${this.about.rest_about}, ${written(rest)}`],
      ["back", code, "Reset", `its code, ${written(code)}`],
    ]) {
      const button = find(`.${kind}`);
      button.textContent = text;
      // The name begins with what is seen, so that who speaks to the browser can say it.
      button.setAttribute("aria-label", `${text}: ${name} is set to ${words}`);
      button.title = `${name} is set to ${words}`;
      button.addEventListener("click", () => set(value, words));
    }
    slider.addEventListener("input", () => {
      this.latent[index] = slider.valueAsNumber;
      this.drawSoon();
    });
    slider.addEventListener("change", () => this.told(""));
    const draw = () => {
      // Single precision would move the thumb that is being dragged by a little.
      if (Math.fround(slider.valueAsNumber) !== this.latent[index]) slider.value = this.latent[index];
      find(".value").textContent = `${name} = ${written(this.latent[index])}`;
      slider.setAttribute("aria-valuetext", written(this.latent[index]));
    };
    return { root, draw };
  }

  told(words) {
    this.drawSoon();
    this.changed(words && `${this.about.word}: ${words}`);
  }

  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  draw() {
    for (const row of this.rows) row.draw();
    this.picture("decode", this.decode(this.latent), `${this.about.word}: decoded from the sliders`);
    this.root.dataset.latent = JSON.stringify([...this.latent]);
  }

  turn(by) {
    const count = this.rows.length, pages = Math.ceil(count / ON_A_PAGE);
    this.page += by;
    const first = this.page * ON_A_PAGE, last = Math.min(count, first + ON_A_PAGE);
    this.rows.forEach(({ root }, place) => { root.hidden = place < first || place >= last; });
    const all = `${count} number${count === 1 ? "" : "s"}`;
    const shown = pages > 1 ? `${first + 1} to ${last} of ${all}` : all;
    this.find(".where").textContent = count === 1 ? shown : `${shown}, ${this.about.order}`;
    this.find(".before").hidden = this.find(".after").hidden = pages === 1;
    this.find(".before").disabled = this.page === 0;
    this.find(".after").disabled = this.page === pages - 1;
  }
}

class Sliders {
  constructor(root) {
    this.root = root;
  }

  async update(message, send) {
    this.send = send;
    const { text, header, parts } = readHeader(message);
    if (text === this.text) return;
    this.text = text;
    const tensors = await readParts(message, header, parts);
    if (text !== this.text || this.gone) return;  // A newer message has come in the meantime.
    clearTimeout(this.timer);
    const latents = moved.get(header.of) ?? header.panels.map(({ code }) => Float32Array.from(code));
    const changed = (words) => {
      moved.set(header.of, latents);
      this.root.querySelector(".live").textContent = words;
      clearTimeout(this.timer);
      const tell = () => this.send("moved", { of: header.of, latents: latents.map((latent) => [...latent]) });
      this.timer = setTimeout(tell, TOLD_AFTER);
    };
    const panels = header.panels.map((about, number) =>
      new Panel(this.root, about, tensors, number, header, latents[number], changed));
    this.root.querySelector(".panels").replaceChildren(...panels.map((panel) => panel.root));
    if (moved.has(header.of)) changed("");  // They were moved on an earlier page.
    this.root.querySelector(".sliders").dataset.ready = header.of;
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.timer);
  }
}

const shown = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!shown.has(parentElement)) shown.set(parentElement, new Sliders(parentElement));
  const sliders = shown.get(parentElement);
  sliders.update(data, setStateValue).catch((error) => {
    parentElement.querySelector(".panels").textContent = `This browser cannot draw the sliders. Its error is: ${error.message}`;
  });
  return () => {
    sliders.destroy();
    shown.delete(parentElement);
  };
}
