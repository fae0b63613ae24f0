// Runs before every document's own scripts. `bench.start(parts)` watches parts of the page, by label and selector;
// `bench.finish(ms)` resolves once each has been drawn anew and the script is at rest. Seconds count from the last input.
(() => {
  const QUIET = 300; // milliseconds in which nothing may happen any more
  const DRAWN = new Set(["src", "href", "d", "transform", "points", "data-ready", "data-latent", "data-of"]);
  const roots = new Set(), shifts = [];
  let state = null, observer = null;

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.add(root);
    watch(root);
    return root;
  };

  function watch(root) {
    if (!observer) return;
    observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    root.addEventListener("load", loaded, true); // the same listener twice is one
  }

  function within(node, selector) {
    for (let at = node.nodeType === 1 ? node : node.parentElement ?? node.getRootNode().host; at;) {
      if (at.closest(selector)) return true;
      at = at.getRootNode().host;
    }
    return false;
  }

  const holds = (nodes, selector) =>
    [...nodes].some((node) => node.nodeType === 1 && (node.matches(selector) || node.querySelector(selector)));

  function drawn(labels) {
    const own = state;
    requestAnimationFrame(() => { for (const label of labels) own.drawn[label] = performance.now(); });
    for (const label of labels) own.drawn[label] = performance.now();
  }

  function loaded(event) {
    if (state && event.target.tagName === "IMG")
      drawn(Object.keys(state.parts).filter((label) => within(event.target, state.parts[label])));
  }

  function take(mutations) {
    const now = performance.now(), labels = new Set();
    const seen = new Map(Object.keys(state.parts).map((label) => [label, new Map()]));
    for (const mutation of mutations) {
      if (mutation.attributeName === "data-test-script-state") {
        if (mutation.target.dataset.testScriptState === "notRunning") state.rest = now;
      } else if (mutation.type !== "attributes" || DRAWN.has(mutation.attributeName)) {
        for (const [label, selector] of Object.entries(state.parts)) {
          const known = seen.get(label);
          if (!known.has(mutation.target)) known.set(mutation.target, within(mutation.target, selector));
          if (known.get(mutation.target) || (mutation.type === "childList"
            && (holds(mutation.addedNodes, selector) || holds(mutation.removedNodes, selector)))) labels.add(label);
        }
      }
    }
    if (labels.size) drawn([...labels]);
  }

  for (const type of ["keydown", "pointerup", "click"])
    window.addEventListener(type, (event) => { if (state) state.input = event.timeStamp; }, true);

  const atRest = () => document.querySelector("[data-test-script-state]")?.dataset.testScriptState === "notRunning";

  function start(parts) {
    observer?.disconnect();
    state = { parts, drawn: {}, input: null, rest: null };
    observer = new MutationObserver(take);
    for (const root of [document, ...roots]) watch(root);
  }

  function finish(patience) {
    const end = performance.now() + patience;
    return new Promise((resolve, reject) => {
      const look = () => {
        const missing = Object.keys(state.parts).filter((label) => !(label in state.drawn));
        const last = Math.max(state.input ?? Infinity, state.rest ?? 0, ...Object.values(state.drawn));
        const seconds = (time) => Math.max(0, (time ?? 0) - state.input) / 1000;
        if (!missing.length && atRest() && performance.now() - last > QUIET) {
          observer.disconnect();
          observer = null;
          const times = Object.entries(state.drawn).map(([label, time]) => [label, seconds(time)]);
          resolve({ rest: seconds(state.rest), drawn: Object.fromEntries(times) });
        } else if (performance.now() > end) {
          reject(new Error(missing.length ? `nothing new was drawn in: ${missing.join(", ")}` : "no rest"));
        } else setTimeout(look, 20);
      };
      look();
    });
  }

  // The name that says where an element stands: its own, or the nearest one around it, with its first words.
  function named(node) {
    let at = node && node.nodeType === 1 ? node : node?.parentElement ?? node?.getRootNode?.()?.host;
    const words = (at?.innerText ?? "").trim().split("\n")[0].slice(0, 50);
    for (; at; at = at.parentElement ?? at.getRootNode().host) {
      const key = [...(at.classList ?? [])].find((name) => name.startsWith("st-key-"));
      const name = key ?? at.dataset?.testid;
      if (name) return words ? `${name} “${words}”` : name;
    }
    return node?.nodeName ?? "gone";
  }

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        shifts.push({ time: entry.startTime, value: entry.value,
          sources: entry.sources.map(({ node, previousRect: from, currentRect: to }) =>
            named(node) + ["x", "y", "width", "height"].filter((side) => Math.round(from[side]) !== Math.round(to[side]))
              .map((side) => `, ${side} ${Math.round(from[side])} → ${Math.round(to[side])}`).join("")) });
  }).observe({ type: "layout-shift", buffered: true });

  window.bench = { start, finish, shifts };
})();
