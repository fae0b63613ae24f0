// Two latent maps with samples of the same z, before and now, and curves of a run while it trains. The server sends a
// message twice a second; between two of them the points glide, so that a reader can follow a cluster.
// vae/ui/frame/before_now.py describes the message.

import { floats } from "../plotting.js";
import { still } from "../still.js";
import { between } from "./glide.js";
import { drawCurve, drawMap } from "./drawing.js";

const GLIDE = 450;  // milliseconds, a little less than the time between two messages
const shown = new Map();  // the points and the range on the screen, by panel: a new message begins there

function panelState(panel, key) {
  const points = floats(panel.points), last = shown.get(key + panel.of);
  const fits = last && last.points.length === points.length;
  return { from: fits ? last : { points, range: panel.range }, to: { points, range: panel.range } };
}

export default function ({ data: message, parentElement }) {
  const root = parentElement.querySelector(".before-now"), spaces = [...root.querySelectorAll(".space")];
  const states = message.panels.map((panel) => panelState(panel, message.key));
  let frame = 0;

  message.panels.forEach((panel, number) => {
    const space = spaces[number], samples = space.querySelector(".samples");
    space.querySelector("figcaption").textContent = panel.caption;
    space.querySelector(".map").setAttribute("aria-label", panel.alt);
    samples.src = panel.samples;
    samples.alt = panel.samples_alt;
  });
  const curves = root.querySelector(".curves");
  if (curves.children.length !== message.curves.length)
    curves.replaceChildren(...message.curves.map(() => {
      const figure = document.createElement("figure"), canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      figure.append(document.createElement("figcaption"), canvas);
      return figure;
    }));
  root.querySelector(".legend").replaceChildren(...message.class_names.map((name, label) => {
    const entry = document.createElement("span");
    entry.textContent = name;
    entry.style.borderColor = message.colours[label % message.colours.length];
    return entry;
  }));
  root.querySelector(".live").textContent = message.said;

  const themeOf = () => {
    const style = getComputedStyle(root);
    return { text: style.color, font: style.fontFamily, grid: "rgba(128, 128, 128, 0.25)", colours: message.colours };
  };
  const drawMaps = (share) => {
    const theme = themeOf();
    message.panels.forEach((panel, number) => {
      const { from, to } = states[number], now = between(from, to, share);
      shown.set(message.key + panel.of, now);
      drawMap(spaces[number].querySelector(".map"), now, panel, message, theme);
    });
  };
  const drawCurves = () => {
    const theme = themeOf();
    message.curves.forEach((curve, number) => {
      const figure = curves.children[number], canvas = figure.querySelector("canvas");
      figure.querySelector("figcaption").replaceChildren(curve.title, document.createElement("br"), curve.value);
      const values = curve.series.at(-1).values.length;
      canvas.setAttribute("aria-label", `${curve.title}: ${curve.value}, ${values} values`);
      drawCurve(canvas, curve, theme);
    });
  };
  const draw = () => { drawMaps(1); drawCurves(); };
  const begun = performance.now();
  const step = () => {
    const share = still() ? 1 : Math.min(1, (performance.now() - begun) / GLIDE);
    drawMaps(share);
    frame = share < 1 ? requestAnimationFrame(step) : 0;
    root.dataset.looks = message.looks;
  };
  drawCurves();
  step();
  root.addEventListener("transitionend", draw);
  // A new size is drawn at once; the first call, which comes without a change, must not end the glide.
  let width = root.clientWidth;
  const observer = new ResizeObserver(() => {
    if (root.clientWidth !== width) { width = root.clientWidth; draw(); }
  });
  observer.observe(root);
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
    root.removeEventListener("transitionend", draw);
  };
}
