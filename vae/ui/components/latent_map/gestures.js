// What the pointer and the keys do on the stage: they move and zoom the views, pin images and draw the lasso.

import { inside, nearestPoint } from "./panel.js";

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const SLIP = 3;  // pixels that a pointer may move between press and release and still click

export class Gestures {
  constructor(map, on) {
    this.map = map;
    this.pointers = new Map();  // those held down, by id: where each was last
    this.pressed = null;  // where the last one was pressed, and whether it has moved since
    this.lasso = null;  // { panel, path, add } while one is drawn
    this.walking = 0;  // the panel that the keys walk in
    const { stage } = map;
    on(stage, "pointermove", (event) => this.move(event));
    on(stage, "pointerdown", (event) => this.press(event));
    on(stage, "pointerup", (event) => this.release(event));
    on(stage, "pointercancel", (event) => {
      this.pointers.delete(event.pointerId);
      this.dropLasso();
    });
    on(stage, "pointerleave", (event) => {
      if (event.pointerType !== "touch") map.hover({ within: false });  // A finger leaves when it is lifted.
    });
    on(stage, "wheel", (event) => this.wheel(event), { passive: false });
    on(stage, "keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;  // These keys are the browser's own: zoom, back.
      if (this.key(event.key, event.shiftKey)) event.preventDefault();
    });
  }

  // Forgets what is under way, because the panels have changed.
  forget() {
    this.lasso = null;
    this.pointers.clear();
  }

  // Returns what is under an event's pointer: { panel, x, y, left, top, within }.
  at(event) {
    const area = this.map.stage.getBoundingClientRect();
    return this.map.views.at(event.clientX - area.left, event.clientY - area.top);
  }

  press(event) {
    const { map } = this, at = this.at(event);
    if (!at.within || event.button !== 0) return;
    try {
      map.stage.setPointerCapture(event.pointerId);
    } catch { /* The pointer is no longer there. */ }
    this.pointers.set(event.pointerId, { left: at.left, top: at.top });
    this.pressed = { ...at, moved: this.pointers.size > 1 };
    if (map.state.tool !== "explore" && this.pointers.size === 1) {
      map.leave();
      this.lasso = { panel: at.panel, path: [[at.x, at.y]], add: event.shiftKey };
    }
  }

  move(event) {
    const at = this.at(event), held = this.pointers.get(event.pointerId);
    if (held && event.pointerType === "mouse" && !(event.buttons & 1)) {  // It was released where nobody told us.
      this.pointers.delete(event.pointerId);
      this.lasso = null;
    }
    if (!this.pointers.has(event.pointerId)) {
      this.map.hover(at);
      return;
    }
    if (this.pointers.size === 2 && this.pressed) this.pinch(event.pointerId, at);
    else if (this.lasso) this.extendLasso(event);
    else this.drag(held, at);
    [held.left, held.top] = [at.left, at.top];
  }

  drag(held, at) {
    const { pressed, map } = this;
    if (Math.hypot(at.left - pressed.left, at.top - pressed.top) > SLIP) pressed.moved = true;
    map.pan(pressed.panel, pressed.moved ? at.left - held.left : 0, pressed.moved ? at.top - held.top : 0);
  }

  pinch(moved, at) {
    const [other] = [...this.pointers].filter(([id]) => id !== moved).map(([, place]) => place);
    const held = this.pointers.get(moved), { panel } = this.pressed, { map } = this;
    const distance = ({ left, top }) => Math.hypot(left - other.left, top - other.top);
    this.pressed.moved = true;
    this.lasso = null;
    const middle = map.views.toPlace(panel, (at.left + other.left) / 2, (at.top + other.top) / 2);
    map.zoom(panel, Math.max(distance(at), 1) / Math.max(distance(held), 1), ...middle);
  }

  release(event) {
    const { map } = this;
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.lasso?.path.length > 2) this.endLasso();
    else if (!this.pressed.moved) {
      this.lasso = null;
      map.hover(this.at(event));
      const index = map.hovered?.index ?? -1;
      map.pin(index >= 0 && index !== map.state.pinned ? index : null);
    }
  }

  wheel(event) {
    const { panel, x, y, within } = this.at(event);
    if (!within) return;
    event.preventDefault();
    // A pinch on a trackpad comes as a wheel with Ctrl and small steps.
    const step = event.deltaY * (event.deltaMode ? 0.05 : event.ctrlKey ? 0.01 : 0.0015);
    this.map.zoom(panel, Math.exp(-Math.min(Math.max(step, -0.5), 0.5)), x, y);
    this.map.hover(this.at(event));
  }

  extendLasso(event) {
    const { lasso, map: { stage, views, state } } = this, area = stage.getBoundingClientRect();
    const place = ({ clientX, clientY }) =>
      views.toPlace(lasso.panel, ...views.clamp(lasso.panel, clientX - area.left, clientY - area.top));
    if (state.tool === "box") {
      const [[x0, y0]] = lasso.path, [x1, y1] = place(event);
      lasso.path = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    } else for (const between of event.getCoalescedEvents?.() ?? [event]) lasso.path.push(place(between));
    this.map.drawSoon("front");
  }

  endLasso() {
    const { map, lasso: { panel, path, add } } = this, position = map.motion.position(panel);
    this.lasso = null;
    const chosen = new Set(add ? map.state.selection : []);
    for (let i = 0; i < position.count; i++)
      if (map.shades[i] && inside(path, position.x(i), position.y(i))) chosen.add(i);
    map.stage.dataset.lasso = JSON.stringify(path);
    map.select([...chosen].sort((a, b) => a - b));
  }

  dropLasso() {
    this.lasso = null;
    this.map.drawSoon("front");
  }

  // Does what a key stands for, and tells whether it stands for anything.
  key(key, shift) {
    const { map } = this, active = map.hovered?.panel ?? this.walking;
    if (DIRECTIONS[key]) this.walk(shift ? 1 - active : active, ...DIRECTIONS[key]);
    else if (key === "Enter" && map.hovered?.index >= 0) map.pin(map.hovered.index);
    else if (key === "Escape" && this.lasso) this.dropLasso();
    else if (key === "Escape" && map.state.pinned !== null) map.pin(null);
    else if (key === "Escape" && map.samples) map.clearSamples();
    else if (key === "Escape" && map.state.selection) map.select([]);
    else if (key === "+" || key === "=") map.zoom(active, 1.25);
    else if (key === "-") map.zoom(active, 1 / 1.25);
    else if (key === "0") map.home();
    else if (key.toLowerCase() === "p") map.zoomToPrior();
    else if (key.toLowerCase() === "s") map.sample();
    else return false;
    return true;
  }

  // Pins the nearest neighbour of the pinned image that lies in a direction, and brings it into view.
  walk(k, right, up) {
    const { map, map: { views, state } } = this, position = map.motion.position(k);
    const pinned = state.pinned < position.count ? state.pinned : null;
    const from = pinned === null ? views.centre(k) : [position.x(pinned), position.y(pinned)];
    const ahead = (i, dx, dy) => i !== pinned && dx * right + dy * up > Math.abs(dx * up) + Math.abs(dy * right);
    const [next] = nearestPoint(position, map.shades, ...from, pinned === null ? undefined : ahead);
    if (next < 0) return;
    this.walking = k;
    map.leave();
    map.pin(next);
    const place = [position.x(next), position.y(next)];
    if (!views.holds(k, ...views.toScreen(k, ...place))) map.lookAt(k, ...place);
  }
}
