// The pictures that can lie behind the points: what the judge reads, the density of the codes, a mosaic of decoded
// images. The first two are made when they are first looked at, the mosaics anew for every view.

const CELL = 30;  // pixels along the side of a mosaic's image
const TURN = 9;  // milliseconds of decoding, after which the browser draws and listens
const DENSITY_SIDE = 144;

export class Backgrounds {
  constructor() {
    this.forget();
  }

  // Forgets all pictures, because the panels have changed.
  forget() {
    this.made = [{}, {}];
  }

  // Returns what lies behind a panel's points: a canvas, and where in the panel's space it belongs; or nothing.
  picture({ state, panels, header, colours, theme }, k) {
    const made = this.made[k], kind = state.background, colour = String(theme.text);
    if (kind === "reading") made.reading ??= readingPicture(panels[k], colours);
    if (kind === "density" && made.densityColour !== colour)
      [made.density, made.densityColour] = [densityPicture(panels[k], header.count, theme.text), colour];
    return made[kind];
  }

  // Decodes the mosaics of what is in view, row after row of both panels at once, unless they are not wanted.
  startMosaics(map) {
    const token = (this.token = {});
    if (map.state.background !== "mosaic") return;
    const [left, right] = map.panels.map((_, k) => this.cells(map, k));
    const order = left.flatMap((cell, i) => [cell, right[i]]);
    const work = () => {
      if (token !== this.token) return;
      const end = performance.now() + TURN;
      while (order.length && performance.now() < end) order.shift()();
      map.drawSoon("back");
      if (order.length) setTimeout(work, 8);
    };
    work();
  }

  stopMosaics() {
    this.token = null;
  }

  // Returns what there is to do for a panel's mosaic: a function for each of its images, row after row.
  cells(map, k) {
    const { views, shape: [, height, width], theme: { text } } = map, box = views.box(k), scale = views.scale(k);
    const columns = Math.ceil(box.width / CELL), rows = Math.ceil(box.height / CELL);
    const wide = (columns * CELL) / scale, tall = (rows * CELL) / scale, [x, y] = views.toPlace(k, box.left, box.top);
    const canvas = new OffscreenCanvas(columns * width, rows * height);
    const picture = { canvas, x: x + wide / 2, y: y - tall / 2, wide, tall, smooth: false };
    return Array.from({ length: rows * columns }, (_, i) => () => {
      const row = Math.floor(i / columns), column = i % columns;
      this.made[k].mosaic = picture;
      const latent = map.latentAt(k, x + ((column + 0.5) * CELL) / scale, y - ((row + 0.5) * CELL) / scale);
      if (latent) paintCell(canvas, map.panels[k].decode(latent), map.shape, column * width, row * height, text);
    });
  }
}

function paintCell(canvas, values, [channels, height, width], left, top, text) {
  const context = canvas.getContext("2d"), picture = context.createImageData(width, height), size = height * width;
  const grey = (i) => [...text, 130 * values[i]];
  const coloured = (i) => [0, 1, 2].map((c) => 255 * values[c * size + i]).concat(150);
  const pixel = channels === 1 ? grey : coloured;
  for (let i = 0; i < size; i++) picture.data.set(pixel(i), 4 * i);
  context.putImageData(picture, left, top);
}

// Makes a picture of a square: `pixel` returns red, green, blue and opacity by number, row after row from the top.
function square(side, [x, y, half], pixel, smooth) {
  const canvas = new OffscreenCanvas(side, side), context = canvas.getContext("2d");
  const picture = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) picture.data.set(pixel(i), 4 * i);
  context.putImageData(picture, 0, 0);
  return { canvas, x, y, wide: 2 * half, tall: 2 * half, smooth };
}

function readingPicture({ read, confidence, reading }, colours) {
  if (!read) return null;
  const pixel = (i) => [...colours[read[i] % 10], 120 * (confidence[i] / 255) ** 2];
  return square(reading.side, reading.range, pixel, false);
}

function densityPicture(panel, count, text) {
  if (!panel.linear) return null;
  const [x, y, opened] = panel.home, width = panel.deviations ? widest(panel, count) : 0;
  const range = [x, y, Math.max(1.6 * opened, opened + 3 * width)];
  const density = densityOf(panel, count, range, width), most = density.reduce((a, b) => Math.max(a, b));
  return square(DENSITY_SIDE, range, (i) => [...text, 190 * Math.sqrt(density[i] / most)], true);
}

// Returns the mean of the images' posteriors. An autoencoder has none, and Scott's rule smooths its codes.
function densityOf(panel, count, [x, y, half], width) {
  const side = DENSITY_SIDE, density = new Float32Array(side * side), cell = (2 * half) / side;
  const smoothing = panel.deviations ? null : scott(panel.points, count);
  // Where posteriors are as wide as the map, all are alike, and a sample of them says as much in a tenth of the time.
  const stride = width > panel.home[2] / 3 ? Math.ceil(count / 500) : 1;
  for (let i = 0; i < count; i += stride) {
    let [xx, xy, yy] = smoothing ?? panel.covariance(i);
    xx += cell * cell / 4;  // Nothing narrower than the grid can be drawn.
    yy += cell * cell / 4;
    const determinant = xx * yy - xy * xy, weight = 1 / Math.sqrt(determinant);
    const column = (panel.points[2 * i] - x + half) / cell - 0.5;
    const row = (y + half - panel.points[2 * i + 1]) / cell - 0.5;
    const across = (3 * Math.sqrt(xx)) / cell, down = (3 * Math.sqrt(yy)) / cell;
    for (let r = Math.max(0, Math.ceil(row - down)); r <= Math.min(side - 1, row + down); r++)
      for (let c = Math.max(0, Math.ceil(column - across)); c <= Math.min(side - 1, column + across); c++) {
        const dx = (c - column) * cell, dy = (row - r) * cell;
        const distance = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant;
        density[r * side + c] += weight * Math.exp(-0.5 * distance);
      }
  }
  return density;
}

// Returns the largest σ of any posterior along the map's axes.
function widest(panel, count) {
  let most = 0;
  for (let i = 0; i < count; i++) {
    const [xx, , yy] = panel.covariance(i);
    most = Math.max(most, xx, yy);
  }
  return Math.sqrt(most);
}

// Returns the covariance that Scott's rule smooths places with, as [xx, xy, yy].
function scott(points, count) {
  const [xx, yy] = [0, 1].map((axis) => {
    let sum = 0, squares = 0;
    for (let i = 0; i < count; i++) {
      sum += points[2 * i + axis];
      squares += points[2 * i + axis] ** 2;
    }
    return (Math.sqrt(squares / count - (sum / count) ** 2) * count ** (-1 / 6)) ** 2;
  });
  return [xx, 0, yy];
}
