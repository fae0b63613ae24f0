// One slider goes over runs that differ in β alone. Pictures, latent map and KL of each are sent beforehand, so that
// nothing waits for the server. vae/ui/beta/ladder_slider.py describes the message.

import { clear, floats, ticksOf, written } from "../plotting.js";
import { enlarged } from "../room.js";

const places = new Map();  // where the slider stood, by ladder: new z or images must not move it

function drawMap(canvas, rung, message, theme) {
  const { context, width, height } = clear(canvas);
  const { larger } = theme, left = 28 * larger, bottom = 20 * larger, top = 6, side = Math.min(width - left - 6, height - bottom - top);
  const { edge } = message;  // of every rung, so that maps can be compared
  const x = (value) => left + ((value + edge) / (2 * edge)) * side, y = (value) => top + ((edge - value) / (2 * edge)) * side;
  context.font = `${12 * larger}px ${theme.font}`;
  context.lineWidth = 1;
  for (const across of [true, false])
    for (const tick of ticksOf(-edge, edge)) {
      context.strokeStyle = theme.grid;
      context.beginPath();
      if (across) { context.moveTo(x(tick), top); context.lineTo(x(tick), top + side); }
      else { context.moveTo(left, y(tick)); context.lineTo(left + side, y(tick)); }
      context.stroke();
      context.fillStyle = theme.text;
      context.textAlign = across ? "center" : "right";
      context.textBaseline = across ? "top" : "middle";
      context.fillText(written(tick), across ? x(tick) : left - 5, across ? top + side + 5 : y(tick));
    }
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  context.globalAlpha = 0.7;
  for (let i = 0; i < message.labels.length; i++) {
    context.fillStyle = message.colours[message.labels[i] % message.colours.length];
    context.fillRect(x(rung.points[2 * i]) - 1.5, y(rung.points[2 * i + 1]) - 1.5, 3, 3);
  }
  context.globalAlpha = 1;
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.setLineDash([6, 5]);
  for (const radius of [1, 2]) {
    context.beginPath();
    context.arc(x(0), y(0), (radius / (2 * edge)) * side, 0, 2 * Math.PI);
    context.stroke();
  }
  context.setLineDash([]);
  context.restore();
  context.font = `bold ${12 * larger}px ${theme.font}`;
  for (const { x: mx, y: my, label } of rung.medoids) {
    if (Math.abs(mx) > edge || Math.abs(my) > edge) continue;
    const name = message.class_names[label], half = context.measureText(name).width / 2 + 4;
    context.fillStyle = message.colours[label % message.colours.length];
    context.fillRect(x(mx) - half, y(my) - 9 * larger, 2 * half, 18 * larger);
    context.fillStyle = "#fff";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, x(mx), y(my));
  }
}

function drawBars(canvas, rung, message, theme) {
  const { context, width, height } = clear(canvas);
  const { larger } = theme, left = 46 * larger, bottom = 40 * larger, top = 18 * larger, across = width - left - 6, tall = height - bottom - top;
  const most = message.highest, y = (value) => top + tall * (1 - Math.min(value / most, 1));
  context.font = `${12 * larger}px ${theme.font}`;
  context.lineWidth = 1;
  for (const tick of ticksOf(0, most)) {
    context.strokeStyle = theme.grid;
    context.beginPath();
    context.moveTo(left, y(tick));
    context.lineTo(left + across, y(tick));
    context.stroke();
    context.fillStyle = theme.text;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(written(tick), left - 5, y(tick));
  }
  const step = across / rung.kl.length, every = Math.ceil((34 * larger) / step);
  context.textAlign = "center";
  rung.kl.forEach((value, place) => {
    const middle = left + (place + 0.5) * step;
    context.fillStyle = message.colours[0];
    context.fillRect(middle - 0.4 * step, y(value), 0.8 * step, top + tall - y(value));
    context.fillStyle = theme.text;
    if (place % every) return;
    context.textBaseline = "bottom";
    const told = value.toFixed(value < 9.995 ? 2 : 1) + (value > most ? " ↑" : ""), half = context.measureText(told).width / 2;
    context.fillText(told, Math.min(Math.max(middle, left + half), width - half), y(value) - 2);
    context.textBaseline = "top";
    context.fillText(rung.dimensions[place], middle, top + tall + 5);
  });
  context.textBaseline = "top";
  context.fillText("latent dimension, sorted by KL", left + across / 2, top + tall + 22 * larger, across);
  context.save();
  context.translate(10 * larger, top + tall / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(tall > 100 ? "nats per image" : "nats", 0, 0);
  context.restore();
}

export default function ({ data: message, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ladder"), find = (what) => root.querySelector(what);
  const slider = find("input"), button = find(".fill"), rungs = message.rungs;
  button.hidden = !message.fills;
  for (const rung of rungs) if (typeof rung.points === "string") rung.points = floats(rung.points);

  slider.max = rungs.length - 1;
  slider.value = Math.min(places.get(message.of) ?? message.start, rungs.length - 1);
  find(".ticks").replaceChildren(...rungs.map(({ beta }, place) => {
    const tick = document.createElement("span");
    tick.textContent = beta;
    tick.style.left = `${(100 * place) / (rungs.length - 1)}%`;
    return tick;
  }));
  find(".legend").replaceChildren(...message.class_names.map((name, label) => {
    const entry = document.createElement("span");
    entry.textContent = name;
    entry.style.borderColor = message.colours[label % message.colours.length];
    return entry;
  }));
  // All pictures are in the page, decoded, and one of them is shown.
  for (const kind of ["samples", "copies"])
    find(`.${kind} .pictures`).replaceChildren(...rungs.map((rung) => {
      const picture = new Image();
      picture.src = rung[kind];
      picture.hidden = true;
      return picture;
    }));
  find(".samples figcaption").textContent = message.titles.samples;
  find(".copies figcaption").textContent = message.titles.copies;
  find(".map figcaption").textContent = message.titles.map;
  find(".kl figcaption").textContent = message.titles.kl;

  const draw = () => {
    const place = Number(slider.value), rung = rungs[place], style = getComputedStyle(root);
    const theme = { text: style.color, font: style.fontFamily, grid: "rgba(128, 128, 128, 0.25)", larger: enlarged(root) };
    places.set(message.of, place);
    find("output").textContent = rung.beta;
    button.textContent = `Put β = ${rung.beta} into the Retrain form`;
    slider.setAttribute("aria-valuetext", `β = ${rung.beta}`);
    for (const kind of ["samples", "copies"])
      for (const [number, picture] of [...find(`.${kind} .pictures`).children].entries()) {
        picture.hidden = number !== place;
        picture.alt = number === place ? `${message.titles[kind]}, β = ${rung.beta}` : "";
      }
    find(".numbers").textContent = rung.numbers.join("\n");
    find(".note").textContent = `${message.note} ${rung.beyond}`;
    find(".live").textContent = `β = ${rung.beta}: ${rung.numbers.join(" ")}`;
    find(".map canvas").setAttribute("aria-label", `${message.titles.map}, β = ${rung.beta}`);
    const bars = rung.dimensions.map((dimension, i) => `${dimension} ${rung.kl[i].toFixed(2)}`);
    find(".kl canvas").setAttribute("aria-label", `${message.titles.kl}, β = ${rung.beta}: ${bars.join(", ")}`);
    drawMap(find(".map canvas"), rung, message, theme);
    drawBars(find(".kl canvas"), rung, message, theme);
    root.dataset.ready = rung.beta;
  };
  button.onclick = () => setTriggerValue("fill", rungs[Number(slider.value)].name);
  slider.addEventListener("input", draw);
  root.addEventListener("transitionend", draw);
  const observer = new ResizeObserver(draw);
  observer.observe(root);
  draw();
  return () => {
    slider.removeEventListener("input", draw);
    root.removeEventListener("transitionend", draw);
    observer.disconnect();
  };
}
