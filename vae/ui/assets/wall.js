// A wall of images that can be picked, with the mouse or the keyboard; vae/ui/wall.py describes the message.

const picks = new Map();  // by wall: what it shows, and what is picked of it; drawing it again must not lose that

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".wall");
  const head = root.querySelector(".head"), cells = root.querySelector(".cells");
  if (picks.get(data.key)?.of !== data.of) picks.set(data.key, { of: data.of, chosen: new Set() });
  const { chosen } = picks.get(data.key);

  function say() {
    head.textContent = chosen.size ? `${data.title} · ${chosen.size} picked` : data.title;
  }

  function toggle(number, button) {
    if (chosen.has(number)) chosen.delete(number); else chosen.add(number);
    button.setAttribute("aria-pressed", String(chosen.has(number)));
    say();
    setStateValue("picked", { of: data.of, indices: [...chosen] });
  }

  const columns = () => getComputedStyle(cells).gridTemplateColumns.split(" ").length;
  const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: columns, ArrowUp: () => -columns() };

  function walk(event) {
    const at = [...cells.children].indexOf(event.target);
    if (at < 0 || !(event.key in STEPS)) return;
    const next = cells.children[at + STEPS[event.key]()];
    if (!next) return;
    event.preventDefault();
    // One stop of the tab key for the whole wall: the arrows go on from there.
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  cells.replaceChildren(...data.images.map(({ source, text, described }, number) => {
    const button = document.createElement("button"), image = document.createElement("img");
    const caption = document.createElement("span");
    button.type = "button";
    button.tabIndex = number ? -1 : 0;
    button.title = described;
    button.setAttribute("aria-label", described);
    button.setAttribute("aria-pressed", String(chosen.has(number)));
    image.src = source;
    image.alt = "";
    caption.textContent = text;
    button.append(image, caption);
    button.addEventListener("click", () => toggle(number, button));
    return button;
  }));
  cells.setAttribute("aria-label", data.title);
  cells.addEventListener("keydown", walk);
  say();
  root.dataset.ready = data.of;
  return () => cells.removeEventListener("keydown", walk);
}
