// Keys for a room: each presses a button or a link that stands on the page. Start over loads the page anew, since much of
// what a page remembers is the browser's.

const KEPT = ["dataset", "ae", "vae"];  // of the address, when the page begins anew: which models it is about
// These elements have a use for keys of their own, and for the keys of a clicker only if text is typed into them.
const TAKES_TEXT = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable=true]";
const TAKES_KEYS = `${TAKES_TEXT}, input, [role=application], [role=slider], [role=combobox], [role=listbox], [role=menu], `
  + "[role=tablist], [role=radiogroup], [role=grid]";
const CLICKER = ["PageDown", "PageUp"];

// Tells whether what has the focus uses a key by itself. The path leads out of the components' own trees.
function isTaken(event) {
  const wanted = CLICKER.includes(event.key) ? TAKES_TEXT : TAKES_KEYS;
  return event.composedPath().some((node) => node instanceof Element && node.matches(wanted));
}

function startOver(parameters) {
  try {
    sessionStorage.clear();  // how the latent map looks, and what is chosen in it
  } catch { /* The browser forbids it, and has stored nothing then. */ }
  const now = new URLSearchParams(location.search), then = new URLSearchParams(parameters);
  for (const name of KEPT) if (now.has(name)) then.set(name, now.get(name));
  location.assign(`${location.pathname}?${then}`);
}

export default function ({ data, parentElement }) {
  const again = parentElement.querySelector(".again"), stop = new AbortController();
  const on = (node, kind, act) => node.addEventListener(kind, act, { signal: stop.signal });
  again.hidden = !data.again;
  on(again, "click", () => startOver(data.again));
  on(document, "keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTaken(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "r" && data.again) startOver(data.again);
    else if (data.presses[key]) document.querySelector(data.presses[key])?.click();
    else return;
    event.preventDefault();
  });
  return () => stop.abort();
}
