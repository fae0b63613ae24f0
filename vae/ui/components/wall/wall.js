// The images of a wall can be picked, with the mouse or the keyboard. vae/ui/generate/wall.py describes the message.

const picks = new Map();  // by wall: what it shows, and what is picked of it; drawing it again must not lose that

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".wall");
  const count = root.querySelector(".count"), cells = root.querySelector(".cells");
  if (picks.get(data.key)?.of !== data.of) picks.set(data.key, { of: data.of, chosen: new Set(data.picked) });
  const { chosen } = picks.get(data.key);

  function say() {
    count.textContent = chosen.size ? `${chosen.size} picked` : "";
  }

  function toggle(number, button) {
    if (chosen.has(number)) chosen.delete(number); else chosen.add(number);
    button.setAttribute("aria-pressed", String(chosen.has(number)));
    say();
    setStateValue("picked", { of: data.of, indices: [...chosen] });
  }

  // Returns the nearest button in the next row, which is shorter where it ends at the line of the next part.
  function beside(at, down) {
    const place = (one) => one.getBoundingClientRect();
    const away = (one) => Math.round((place(one).top - place(at).top) * down);
    const aside = (one) => Math.abs(place(one).left - place(at).left);
    return buttons.filter((one) => away(one) > 0).sort((a, b) => away(a) - away(b) || aside(a) - aside(b))[0];
  }

  const STEPS = {
    ArrowRight: (at) => buttons[buttons.indexOf(at) + 1],
    ArrowLeft: (at) => buttons[buttons.indexOf(at) - 1],
    ArrowDown: (at) => beside(at, 1),
    ArrowUp: (at) => beside(at, -1),
  };

  function walk(event) {
    const next = buttons.includes(event.target) ? STEPS[event.key]?.(event.target) : undefined;
    if (!next) return;
    event.preventDefault();
    // The whole wall is one stop of the tab key, and the arrows go on from there.
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  function draw({ source, text, described }, number) {
    const button = document.createElement("button"), image = document.createElement("img");
    const caption = document.createElement("span");
    button.type = "button";
    button.tabIndex = number ? -1 : 0;
    button.title = described;
    button.setAttribute("aria-label", described);
    button.setAttribute("aria-pressed", String(chosen.has(number)));
    image.src = source;
    image.alt = "";
    caption.className = "read";
    caption.textContent = text;
    button.append(image, caption);
    button.addEventListener("click", () => toggle(number, button));
    return button;
  }

  const buttons = data.parts.flatMap((part) => part.images).map(draw);
  const rest = [...buttons];
  // Every pick draws the wall again, and the keyboard stays where it was.
  const focused = [...cells.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
  cells.replaceChildren(...data.parts.flatMap(({ name, images }) => {
    const line = document.createElement("p");
    line.className = "part";
    line.textContent = name;
    return [...(name ? [line] : []), ...rest.splice(0, images.length)];
  }));
  if (focused >= 0 && buttons[focused]) {
    buttons[0].tabIndex = -1;
    buttons[focused].tabIndex = 0;
    buttons[focused].focus();
  }
  root.classList.toggle("dense", data.dense);
  root.querySelector(".head").textContent = data.title;
  root.querySelector(".verdict").textContent = data.verdict;
  cells.setAttribute("aria-label", data.title);
  cells.addEventListener("keydown", walk);
  say();
  root.dataset.ready = data.of;
  return () => cells.removeEventListener("keydown", walk);
}
