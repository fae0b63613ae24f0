// What the browser keeps of the map while its tab is open: how it looks, and for each set of images what is chosen.

const LOOK = "latent map";

// Returns a state with what was kept of it. What is pinned and selected holds for these images alone.
export function recall({ of, count, classes, colour, draw }, state) {
  const look = { ...state, ...read(LOOK) }, { pinned, selection } = read(`${LOOK} ${of}`);
  const within = (index) => Number.isInteger(index) && index < count;
  return {
    ...look,
    colour,
    // What was hidden were classes, or categories of one column.
    hidden: look.colour === colour ? look.hidden.filter((label) => label < classes.length) : [],
    draw: Number.isInteger(draw) ? draw || null : Number.isInteger(look.draw) ? look.draw : null,
    pinned: within(pinned) ? pinned : null,
    selection: selection?.filter(within) ?? null,
  };
}

export function keep({ of }, { pinned, selection, ...look }) {
  try {
    sessionStorage.setItem(LOOK, JSON.stringify(look));
    sessionStorage.setItem(`${LOOK} ${of}`, JSON.stringify({ pinned, selection }));
  } catch { /* The storage is full or forbidden: the state then lasts as long as the page. */ }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};  // The browser forbids it.
  }
}
