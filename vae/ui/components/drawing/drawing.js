// This is a canvas to draw on, white on black as MNIST is. What is on it is sent as a PNG file while it is drawn.

const EVERY = 250;  // milliseconds between what is sent while a stroke goes on
const STEP = 8;  // pixels that an arrow key moves

// Each stroke is { tool, width, points: [[x, y], …] }, or { tool: "clear" }. They outlive a change of page.
let strokes = [];

function redraw(context, side) {
  context.fillStyle = "#000";
  context.fillRect(0, 0, side, side);
  context.lineCap = context.lineJoin = "round";
  for (const { tool, width, points } of strokes) {
    if (tool === "clear") {
      context.fillRect(0, 0, side, side);
      continue;
    }
    context.strokeStyle = tool === "pen" ? "#fff" : "#000";
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...points[0]);
    for (const point of points) context.lineTo(...point);  // The first one too, or a tap would leave no dot.
    context.stroke();
  }
}

export default function ({ parentElement, setStateValue }) {
  const find = (what) => parentElement.querySelector(what), canvas = find("canvas"), live = find(".live");
  const context = canvas.getContext("2d", { willReadFrequently: true }), side = canvas.width;
  const stop = new AbortController();
  const on = (node, kind, act) => node.addEventListener(kind, act, { signal: stop.signal });
  let tool = "pen", timer = null, down = null, cursor = [side / 2, side / 2], keyed = null;

  const empty = () => !strokes.length || strokes.at(-1).tool === "clear";
  const send = () => {
    clearTimeout(timer);
    timer = null;
    redraw(context, side);  // The keyboard's cursor is left out.
    setStateValue("picture", empty() ? "" : canvas.toDataURL("image/png"));
    draw();
  };
  const draw = () => {
    redraw(context, side);
    find(".undo").disabled = !strokes.length;
    find(".clear").disabled = empty();
    if (keyed === null) return;
    context.strokeStyle = "#888";
    context.lineWidth = 1;
    context.strokeRect(cursor[0] - 5, cursor[1] - 5, 10, 10);
  };
  const later = () => { timer ??= setTimeout(send, EVERY); };
  const begin = (point) => {
    const stroke = { tool, width: Number(find(".width").value), points: [point] };
    strokes.push(stroke);
    return stroke;
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.x) / box.width) * side, ((event.clientY - box.y) / box.height) * side];
  };
  const changed = (words) => {
    live.textContent = words;
    draw();
    send();
  };
  const leaveKeys = () => {
    if (keyed === null) return;
    keyed = null;
    draw();
  };

  on(canvas, "pointerdown", (event) => {
    if (event.button || down) return;
    keyed = null;
    canvas.setPointerCapture(event.pointerId);
    down = { id: event.pointerId, stroke: begin(place(event)) };
    draw();
    later();
  });
  on(canvas, "pointermove", (event) => {
    if (down?.id !== event.pointerId) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) down.stroke.points.push(place(one));
    draw();
    later();
  });
  for (const kind of ["pointerup", "pointercancel"])
    on(canvas, kind, (event) => {
      if (down?.id !== event.pointerId) return;
      down = null;
      changed(tool === "pen" ? "The stroke is drawn." : "The stroke is erased.");
    });
  on(canvas, "keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move) {
      keyed ??= { stroke: null };
      cursor = cursor.map((at, i) => Math.min(side, Math.max(0, at + STEP * move[i])));
      keyed.stroke?.points.push(cursor);
      if (keyed.stroke) later();
    } else if (event.key === " ") {
      keyed ??= { stroke: null };
      keyed.stroke = keyed.stroke ? null : begin(cursor);
      live.textContent = keyed.stroke ? "The pen is down." : "The pen is up.";
      later();
    } else return;
    event.preventDefault();
    draw();
  });
  on(canvas, "blur", leaveKeys);
  on(find(".drawing"), "keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || !strokes.length) return;
    event.preventDefault();
    find(".undo").click();
  });
  on(find(".undo"), "click", () => {
    strokes.pop();
    if (keyed) keyed.stroke = null;
    changed("The last stroke is taken back.");
  });
  on(find(".clear"), "click", () => {
    strokes.push({ tool: "clear" });
    if (keyed) keyed.stroke = null;
    changed("The canvas is empty.");
  });
  for (const button of parentElement.querySelectorAll("[data-tool]"))
    on(button, "click", () => {
      tool = button.dataset.tool;
      for (const each of parentElement.querySelectorAll("[data-tool]"))
        each.setAttribute("aria-pressed", String(each === button));
    });
  draw();
  if (!empty()) later();  // They were drawn on an earlier page.
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}
