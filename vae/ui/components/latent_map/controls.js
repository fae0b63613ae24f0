// The bar above the map, the panels' titles and the classes below: what they show, and what they ask of the map.

import { className, note, scaleEnds, selected, stageLabel, titleOf, where } from "./words.js";

// Fills in what follows from the panels and classes of a message.
export function describe(map) {
  const { header, panels, motion, find } = map;
  find(".titles").replaceChildren(...panels.map((panel) => {
    const title = document.createElement("h3"), word = document.createElement("b");
    word.textContent = panel.word;
    title.append(word, " ", document.createElement("span"));
    return title;
  }));
  const options = [new Option(`from ${panels[0].word} to ${panels[1].word}`, "spaces")];
  if (motion.filmed()) options.push(new Option("epoch by epoch", "epochs"));
  else {
    options.push(new Option(header.no_film, "none"));
    options[1].disabled = true;
  }
  if (motion.path) options.push(new Option("through every β", "betas"));
  find(".way").replaceChildren(...options);
  find(".way").value = motion.way.kind;
  find(".scale").hidden = !header.scale;
  find(".legend").hidden = Boolean(header.scale);
  if (header.scale) showScale(find(".scale"), header);
  find(".legend").replaceChildren(...header.classes.map((name, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = className(name, label);
    button.style.borderLeftColor = header.palette[label % 10];
    button.dataset.label = label;
    return button;
  }));
  map.stage.setAttribute("aria-label", stageLabel(map));
  panels.forEach((panel, k) => {
    find(`.here-${k}`).nextElementSibling.textContent = `by the ${panel.word}`;
  });
  showControls(map);
}

// Shows the colours of a scale between its ends, and what it measures.
function showScale(element, { scale, colour }) {
  const [low, high] = element.querySelectorAll("output");
  [low.textContent, high.textContent] = scaleEnds(scale);
  element.querySelector("i").style.background = `linear-gradient(to right, ${scale.ramp.join(", ")})`;
  element.querySelector("span").textContent = colour;
}

// Shows the map's state on the controls, and the words below the map that follow from it.
export function showControls(map) {
  const { root, panels, state, motion, find } = map, { way } = motion;
  for (const button of root.querySelectorAll("[data-tool]"))
    button.setAttribute("aria-pressed", button.dataset.tool === state.tool);
  for (const button of root.querySelectorAll("[data-label]"))
    button.setAttribute("aria-pressed", !state.hidden.includes(+button.dataset.label));
  find(".background").value = state.background;
  find(".same-scale").checked = state.sameScale;
  find(".same-scale").disabled = !panels.every((panel) => panel.linear);  // A t-SNE map has no scale.
  find(".to-prior").disabled = panels.every((panel) => !panel.linear);  // It has no place there either.
  root.querySelectorAll(".titles span").forEach((span, k) => (span.textContent = titleOf(map, k)));
  find(".selected").hidden = !state.selection;
  find(".selected output").textContent = state.selection ? selected(state.selection.length).replace(/ images are|\.$/g, "") : "";
  const range = find(".progress");
  [range.max, range.step, range.value] = [motion.lastStep(), { epochs: 0.01, betas: 0.1, spaces: 0.001 }[way.kind], way.at];
  find(".play").textContent = way.playing ? "❚❚" : "▶";
  find(".play").setAttribute("aria-label", way.playing ? "Pause" : "Play");
  find(".where").textContent = where(map);
  find(".note").textContent = note(map);
}

// Calls the map's verbs when a control is used; `on` adds a listener that lasts as long as the map.
export function listenToControls(map, on) {
  const { find } = map;
  on(map.element, "click", ({ target }) => press(map, target.closest("button")));
  on(find(".background"), "change", ({ target }) => map.setBackground(target.value));
  on(find(".same-scale"), "change", ({ target }) => map.setSameScale(target.checked));
  on(find(".way"), "change", ({ target }) => map.setWay(target.value));
  on(find(".progress"), "input", ({ target }) => {
    map.motion.pause();
    map.motion.held = true;
    map.moveTo(+target.value);
  });
  on(find(".progress"), "change", () => settle(map));
}

// Lets all pages have the β that the points have come to, if β moved them; the answer brings its decoder.
export function settle(map) {
  map.motion.held = false;
  const beta = map.motion.newBeta();
  if (beta !== null) map.tell("beta", beta);
  showControls(map);
}

function press(map, button) {
  if (!button) return;
  const { tool, zoom, label } = button.dataset;
  if (tool) map.setTool(tool);
  if (zoom === "home") map.home();
  else if (zoom) for (const k of map.views.shared ? [1] : [0, 1]) map.zoom(k, zoom === "in" ? 1.5 : 1 / 1.5);
  if (label) map.toggleClass(+label);
  const { classList } = button;
  if (classList.contains("to-prior")) map.zoomToPrior();
  if (classList.contains("sample")) map.sample();
  if (classList.contains("unsample")) map.clearSamples();
  if (classList.contains("unselect")) map.select([]);
  if (classList.contains("play")) map.play();
}
