// Which part of its space each panel shows, and where that lies on the screen, in CSS pixels of the stage.

import { roomFor } from "../room.js";

const GAP = 16;  // between the panels
const MARGIN = { left: 38, bottom: 34 };  // for the axes' numbers and names

export class Views {
  constructor() {
    this.views = [];  // for each panel the centre and half the side of the square that it shows
    this.homes = [];
    this.shared = false;  // whether what moves one panel moves both
    this.width = this.height = 0;
    this.margin = MARGIN;
  }

  // Takes the squares that the panels open with, and whether they share one; `home` goes there.
  open(homes, shared) {
    [this.homes, this.shared] = [homes, shared];
  }

  home() {
    this.views = this.homes.map(([x, y, half]) => ({ x, y, half }));
    if (!this.shared) return;
    const edges = (axis, side) => this.homes.map((home) => home[axis] + side * home[2]);
    const low = [0, 1].map((axis) => Math.min(...edges(axis, -1)));
    const high = [0, 1].map((axis) => Math.max(...edges(axis, 1)));
    const half = Math.max(high[0] - low[0], high[1] - low[1]) / 2;
    this.views = this.homes.map(() => ({ x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, half }));
  }

  // Fits into a stage, whose window has room for the `whole` that it is in; `usual` pixels are others' on most pages.
  fitTo(stage, whole, usual, larger) {
    this.fit(stage.clientWidth, roomFor(stage, whole, usual), larger);
  }

  // Takes the stage's width and finds the height that makes the panels square, within what the window has room for, and
  // how much larger than usual the text of the axes is.
  fit(width, room = 520, larger = 1) {
    this.margin = { left: MARGIN.left * larger, bottom: MARGIN.bottom * larger };
    const { left, bottom } = this.margin, square = Math.round((width - GAP) / 2 - left + bottom);
    const most = Math.min(Math.max(room, 260), larger > 1 ? room : 680);  // A room has a picture as large as its screen.
    this.width = width;
    this.height = Math.max(220, Math.min(most, square));
  }

  // Returns the panels that a movement of panel k moves.
  together(k) {
    return this.shared ? [0, 1] : [k];
  }

  // Zooms by a factor around a place, which stays where it is on the screen.
  zoom(k, factor, x = this.views[k].x, y = this.views[k].y) {
    const panels = this.together(k), opened = Math.max(...panels.map((panel) => this.homes[panel][2]));
    for (const panel of panels) {
      const view = this.views[panel], half = Math.min(Math.max(view.half / factor, opened / 500), opened * 200);
      const actual = half / view.half;
      [view.x, view.y, view.half] = [x + (view.x - x) * actual, y + (view.y - y) * actual, half];
    }
  }

  // Moves what panel k shows by so many pixels to the right and down.
  pan(k, right, down) {
    const scale = this.scale(k);
    for (const panel of this.together(k)) {
      this.views[panel].x -= right / scale;
      this.views[panel].y += down / scale;
    }
  }

  centre(k) {
    return [this.views[k].x, this.views[k].y];
  }

  setCentre(k, x, y) {
    for (const panel of this.together(k)) [this.views[panel].x, this.views[panel].y] = [x, y];
  }

  // Shows a square of a panel's space, given its centre and half its side.
  show(k, x, y, half) {
    this.views[k] = { x, y, half };
  }

  // Returns how many times closer than at home a panel is looked at.
  closeness(k) {
    return this.homes[k][2] / this.views[k].half;
  }

  // Returns a panel's drawing area on the screen.
  box(k) {
    const cell = (this.width - GAP) / 2, left = k * (cell + GAP) + this.margin.left;
    return { left, top: 2, width: cell - this.margin.left - 2, height: this.height - this.margin.bottom };
  }

  // Returns how many pixels a unit of a panel's space takes.
  scale(k) {
    const box = this.box(k);
    return Math.min(box.width, box.height) / (2 * this.views[k].half);
  }

  // Returns the part of a panel's space that its whole drawing area shows.
  range(k) {
    const box = this.box(k), scale = this.scale(k), { x, y } = this.views[k];
    return { x, y, wide: box.width / scale, tall: box.height / scale };
  }

  toScreen(k, x, y) {
    const box = this.box(k), scale = this.scale(k), view = this.views[k];
    return [box.left + box.width / 2 + (x - view.x) * scale, box.top + box.height / 2 - (y - view.y) * scale];
  }

  toPlace(k, left, top) {
    const box = this.box(k), scale = this.scale(k), view = this.views[k];
    return [view.x + (left - box.left - box.width / 2) / scale, view.y - (top - box.top - box.height / 2) / scale];
  }

  // Tells whether a point of the screen is within a panel's drawing area.
  holds(k, left, top) {
    const box = this.box(k);
    return left >= box.left && left <= box.left + box.width && top >= box.top && top <= box.top + box.height;
  }

  // Returns the nearest point of the screen that is within a panel's drawing area.
  clamp(k, left, top) {
    const box = this.box(k), within = (value, least, most) => Math.min(Math.max(value, least), most);
    return [within(left, box.left, box.left + box.width), within(top, box.top, box.top + box.height)];
  }

  // Returns what a point of the screen means: the panel and the place there, and whether it is within the panel.
  at(left, top) {
    const panel = left < this.box(1).left - this.margin.left ? 0 : 1, [x, y] = this.toPlace(panel, left, top);
    return { panel, x, y, left, top, within: this.holds(panel, left, top) };
  }
}
