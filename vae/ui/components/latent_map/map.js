// The latent map: an autoencoder's and a VAE's latent space side by side, linked, decoding under the pointer.
// Three canvases lie on one another: `back` (axes, prior, backgrounds), `points` (WebGL), `front` (what follows the
// pointer). message.py beside this file describes the message that all of it is made from; decoder.js reads it.

import { inflate, makeDecoder, paint, readHeader, readTensors } from "../decoder.js";

function unpackImages({ lit, values }, total) {
  const pixels = new Uint8Array(total);
  for (let i = 0, next = 0; i < total; i++) if (lit.array[i >> 3] & (128 >> (i & 7))) pixels[i] = values.array[next++];
  return pixels;
}

// ---------- one panel ----------

class Panel {
  constructor(about, tensor) {
    Object.assign(this, about);  // title, word, axes, how, latent_dim, linear, home, layers, film_epochs
    this.points = tensor("points");
    this.codes = tensor("codes") ?? this.points;
    this.deviations = tensor("deviations");
    this.origin = tensor("origin");
    this.directions = tensor("directions");
    this.film = tensor("film");
    this.decode = makeDecoder(about.layers, tensor);
    this.read = tensor("read");
    this.confidence = tensor("confidence");
  }

  code(index) {
    return this.codes.slice(index * this.latent_dim, (index + 1) * this.latent_dim);
  }

  // The latent of a place: on the map's plane or, given an anchor, on the plane through that image.
  latent(x, y, anchor = null) {
    const size = this.latent_dim;
    const latent = anchor === null ? this.origin.slice() : this.code(anchor);
    const dx = anchor === null ? x : x - this.points[2 * anchor], dy = anchor === null ? y : y - this.points[2 * anchor + 1];
    for (let i = 0; i < size; i++) latent[i] += dx * this.directions[i] + dy * this.directions[size + i];
    return latent;
  }

  // Where a latent lies on a linear map, whose directions are orthonormal.
  place(latent) {
    const size = this.latent_dim;
    let x = 0, y = 0;
    for (let i = 0; i < size; i++) {
      x += (latent[i] - this.origin[i]) * this.directions[i];
      y += (latent[i] - this.origin[i]) * this.directions[size + i];
    }
    return [x, y];
  }

  // The posterior's covariance on a linear map: [xx, xy, yy].
  covariance(index) {
    const size = this.latent_dim, d = this.directions;
    let xx = 0, xy = 0, yy = 0;
    for (let i = 0; i < size; i++) {
      const variance = this.deviations[index * size + i] ** 2;
      xx += variance * d[i] * d[i];
      xy += variance * d[i] * d[size + i];
      yy += variance * d[size + i] * d[size + i];
    }
    return [xx, xy, yy];
  }
}

function nearestPoint(position, count, visible, x, y, better = () => true) {
  let best = -1, least = Infinity;
  for (let i = 0; i < count; i++) {
    const dx = position.x(i) - x, dy = position.y(i) - y, distance = dx * dx + dy * dy;
    if (distance < least && visible[i] && better(i, dx, dy)) [best, least] = [i, distance];
  }
  return [best, Math.sqrt(least)];
}

function inside(polygon, x, y) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i], [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

// Twenty numbers a dimension from N(0, 1), the same for the same image every time.
function normals(seed, count) {
  let state = (seed * 2654435761 + 1) >>> 0;
  const uniform = () => {  // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}

// ---------- the points, in WebGL ----------

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 start;
layout(location = 1) in vec2 end;
layout(location = 2) in float label;
layout(location = 3) in float shade;  // 0 hidden, 1 faint, 2 full
uniform float moved, size;
uniform vec2 centre, scale;
flat out int digit, index;
flat out float strength;
void main() {
  gl_Position = shade > 0.0 ? vec4((mix(start, end, moved) - centre) * scale, 0, 1) : vec4(2, 2, 2, 1);
  gl_PointSize = size;
  digit = int(label);
  index = gl_VertexID;
  strength = shade > 1.5 ? 1.0 : 0.13;
}`;

// The images lie in a texture array pixel after pixel, so that any size and number of them fits.
const ROW = 4096;
const ROWS = 2048;
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform vec3 palette[10];
uniform bool thumbnails;
uniform ivec3 shape;
uniform sampler2DArray images;
flat in int digit, index;
flat in float strength;
out vec4 colour;
float value(int channel, ivec2 pixel) {
  int at = ((index * shape.x + channel) * shape.y + pixel.y) * shape.z + pixel.x;
  return texelFetch(images, ivec3(at % ${ROW}, (at / ${ROW}) % ${ROWS}, at / ${ROW * ROWS}), 0).r;
}
void main() {
  vec3 own = palette[digit % 10];
  if (thumbnails) {
    ivec2 pixel = ivec2(gl_PointCoord * vec2(shape.zy));
    colour = shape.x == 1 ? vec4(own, strength * value(0, pixel))
                          : vec4(value(0, pixel), value(1, pixel), value(2, pixel), strength);
    return;
  }
  vec2 at = abs(gl_PointCoord * 2.0 - 1.0);
  int mark = (digit / 10) % 3;  // a second and third set of ten classes has marks of its own
  float reach = mark == 0 ? length(at) : mark == 1 ? at.x + at.y : max(at.x, at.y) * 1.2;
  colour = vec4(own, 0.75 * strength * (1.0 - smoothstep(0.75, 1.0, reach)));
}`;

class Points {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true });
    if (!gl) throw new Error("this browser has no WebGL 2");
    this.gl = gl;
    this.program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(this.program) || "WebGL failed");
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.enable(gl.SCISSOR_TEST);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.buffers = {};
    this.largest = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE)[1];
  }

  uniform(name) {
    return this.gl.getUniformLocation(this.program, name);
  }

  // Fill a buffer, unless it holds this very array.
  fill(name, array) {
    const { gl, buffers } = this;
    buffers[name] ??= { buffer: gl.createBuffer() };
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name].buffer);
    if (buffers[name].array !== array) gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW);
    buffers[name].array = array;
  }

  attribute(location, name, array, size) {
    const { gl } = this;
    this.fill(name, array);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, array instanceof Float32Array ? gl.FLOAT : gl.UNSIGNED_BYTE, false, 0, 0);
  }

  images(pixels) {
    const { gl } = this;
    if (this.texture?.pixels === pixels) return;
    if (this.texture) gl.deleteTexture(this.texture.id);
    this.texture = { id: gl.createTexture(), pixels };
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture.id);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    const layer = ROW * ROWS, layers = Math.ceil(pixels.length / layer);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, ROW, ROWS, layers);
    for (let i = 0; i < layers; i++) {
      const rows = Math.min(ROWS, Math.ceil((pixels.length - i * layer) / ROW));
      const filled = new Uint8Array(rows * ROW);
      filled.set(pixels.subarray(i * layer, Math.min(pixels.length, i * layer + rows * ROW)));
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, i, ROW, rows, 1, gl.RED, gl.UNSIGNED_BYTE, filled);
    }
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, side, gl.NEAREST);
  }

  clear() {
    const { gl } = this;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
  }

  draw({ name, box, view, position, count, labels, shades, palette, size, shape, pixels }) {
    const { gl } = this;
    gl.viewport(...box);
    gl.scissor(...box);
    this.attribute(0, `${name} start`, position.start, 2);
    this.attribute(1, `${name} end`, position.end, 2);
    this.attribute(2, "labels", labels, 1);
    this.attribute(3, "shades", shades, 1);
    gl.uniform1f(this.uniform("moved"), position.moved);
    gl.uniform1f(this.uniform("size"), Math.min(size, this.largest));
    gl.uniform2f(this.uniform("centre"), view.x, view.y);
    gl.uniform2f(this.uniform("scale"), 2 / view.wide, 2 / view.tall);
    gl.uniform3fv(this.uniform("palette"), palette);
    gl.uniform3iv(this.uniform("shape"), shape);
    gl.uniform1i(this.uniform("thumbnails"), pixels ? 1 : 0);
    if (pixels) this.images(pixels);
    gl.drawArrays(gl.POINTS, 0, count);
  }

  destroy() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

// ---------- pictures ----------

function rgb(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function blank(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

function ticks(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(Math.abs(at) < step / 1e6 ? 0 : at);
  return found.map((at) => [at, String(Number(at.toPrecision(6))).replace("-", "−")]);
}

function squaredError(original, decoded) {
  let sum = 0;
  for (let i = 0; i < decoded.length; i++) sum += (decoded[i] - original[i] / 255) ** 2;
  return sum / decoded.length;
}

// ---------- the map ----------

const HIT = 6;
const PREVIEW = 84;
const THUMBNAIL = 26;
const CELL = 30;
const DENSITY_SIDE = 144;
const DRAWS = 20;
const STRIP = 5;
const GAP = 16;
const MARGIN = { left: 38, bottom: 34 };
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const NUMBER = new Intl.NumberFormat("en");

export class LatentMap {
  constructor(root, send) {
    this.root = root;
    this.send = send;
    this.find = (selector) => root.querySelector(selector);
    this.map = this.find(".map");
    this.stage = this.find(".stage");
    this.back = this.find(".back");
    this.front = this.find(".front");
    this.preview = [document.createElement("canvas"), document.createElement("canvas")];
    this.points = new Points(this.find(".points"));
    this.state = { tool: "explore", background: "none", sameScale: false, pinned: null, selection: null, hidden: [] };
    this.hovered = null;  // { panel, x, y, index }: the pointer's place, and the image at it or -1
    this.way = { kind: "spaces", at: 0, playing: false };
    this.views = [];
    this.pointers = new Map();
    this.dirty = new Set();
    this.stop = new AbortController();
    this.listen();
  }

  destroy() {
    this.gone = true;
    this.stop.abort();
    this.resizes.disconnect();
    this.points.destroy();
  }

  // -- data --

  async update(message) {
    const { text, header, parts } = readHeader(message);
    if (text === this.received) return;
    this.received = text;
    const found = { images: this.imageTensors };
    let offset = parts;
    for (const part of header.parts) {
      const bytes = message.subarray(offset, offset + part.bytes);
      offset += part.bytes;
      if (part.name === "images" && part.digest === this.imagesDigest) continue;
      found[part.name] = readTensors(await inflate(bytes));
    }
    if (text !== this.received || this.gone) return;  // a newer message has come in the meantime
    const before = this.header;
    this.imagesDigest = header.parts.find((part) => part.name === "images").digest;
    this.header = header;
    this.imageTensors = found.images;
    this.shape = header.image_shape;
    this.imageSize = this.shape.reduce((a, b) => a * b);
    if (before?.parts[1].digest !== this.imagesDigest || before.count !== header.count)
      this.pixels = unpackImages(found.images, this.imageSize * header.count);
    this.labels = found.models.labels.array;
    this.panels = header.panels.map((about, k) => new Panel(about, (name) => found.models[`${k}.${name}`]?.array));
    this.epochs = [...new Set(this.panels.flatMap((panel) => panel.film_epochs))].sort((a, b) => a - b);
    this.panels.forEach((panel) => {
      panel.medoids = this.medoids(panel, header.count);
      panel.filmMedoids = panel.film && this.medoids(panel, this.filmCount());
    });
    if (before?.of !== header.of || before.count !== header.count) this.restore();
    if (String(before?.panels.map((p) => p.title + p.home)) !== String(header.panels.map((p) => p.title + p.home))) {
      this.hovered = this.lasso = null;
      this.pointers.clear();
      this.mosaicToken = null;
      this.home();
    }
    this.moveTarget = this.morphTarget();
    this.backgrounds = [{}, {}];
    this.describe();
    this.shade();
    this.readTheme();
    this.resize();
    if (!this.hovered) this.leave();
    this.showImage();
    this.map.dataset.ready = header.count;
  }

  // For every class the image nearest to the median of its places, among the first `count`; -1 without any.
  medoids({ points }, count) {
    const members = this.header.classes.map(() => []);
    for (let i = 0; i < count; i++) members[this.labels[i]].push(i);
    return members.map((indices) => {
      if (!indices.length) return -1;
      const middle = (axis) => Float32Array.from(indices, (i) => points[2 * i + axis]).sort()[indices.length >> 1];
      const x = middle(0), y = middle(1);
      const distance = (i) => (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
      return indices.reduce((best, i) => (distance(i) < distance(best) ? i : best));
    });
  }

  // The VAE's points turned, moved and scaled onto the AE's.
  morphTarget() {
    const source = this.panels[1].points, [[a, b], [c, d], [e, f]] = this.header.morph, target = new Float32Array(source.length);
    for (let i = 0; i < source.length; i += 2) {
      target[i] = source[i] * a + source[i + 1] * c + e;
      target[i + 1] = source[i] * b + source[i + 1] * d + f;
    }
    return target;
  }

  // What was kept for all images, and for these: pinned and selected are numbers of theirs.
  restore() {
    const read = (key) => {
      try {
        return JSON.parse(sessionStorage.getItem(key)) ?? {};
      } catch {
        return {};  // the browser forbids it
      }
    };
    const { of, count, classes } = this.header, own = read(`latent map ${of}`);
    const within = (index) => Number.isInteger(index) && index < count;
    this.state = { ...this.state, ...read("latent map"), pinned: within(own.pinned) ? own.pinned : null, selection: null };
    this.state.hidden = this.state.hidden.filter((label) => label < classes.length);
    // Python is told even when none of them is shown now: it would go on listing them.
    if (own.selection) this.select(own.selection.filter(within));
    if (this.state.background === "reading") this.send("background", "reading");
  }

  keep() {
    const { pinned, selection, ...look } = this.state;
    try {
      sessionStorage.setItem("latent map", JSON.stringify(look));
      sessionStorage.setItem(`latent map ${this.header.of}`, JSON.stringify({ pinned, selection }));
    } catch { /* full or forbidden: the state then lasts as long as the page */ }
  }

  select(indices) {
    this.state.selection = indices.length ? indices : null;
    this.send("selection", { of: this.header.of, indices });
  }

  fail(error) {
    this.received = null;  // so that the next message is tried, even if it is the same
    this.find(".note").textContent = `The map could not be drawn (${error.message}). Reload the page, or use the charts below.`;
  }

  // -- words and controls --

  describe() {
    const { header, panels } = this;
    this.find(".titles").replaceChildren(...panels.map((panel) => {
      const title = document.createElement("h3"), word = document.createElement("b");
      word.textContent = panel.word;
      title.append(word, ` ${panel.title}`);
      return title;
    }));
    const ways = [["spaces", `${panels[0].word} → ${panels[1].word}`]];
    if (panels.some((panel) => panel.film)) ways.push(["epochs", "epoch by epoch"]);
    const options = ways.map(([value, words]) => new Option(words, value));
    if (options.length < 2) {
      options.push(new Option(header.no_film, "none"));
      options[1].disabled = true;
    }
    this.find(".way").replaceChildren(...options);
    if (!ways.some(([value]) => value === this.way.kind)) this.way = { kind: "spaces", at: 0, playing: false };
    this.find(".way").value = this.way.kind;
    this.find(".legend").replaceChildren(...header.classes.map((name, label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${["", "◆ ", "■ "][Math.floor(label / 10) % 3]}${name}`;
      button.style.borderLeftColor = header.palette[label % 10];
      button.dataset.label = label;
      return button;
    }));
    this.palette = new Float32Array(header.palette.flatMap(rgb).map((value) => value / 255));
    this.colours = header.palette.map(rgb);
    this.stage.setAttribute("aria-label", `${panels.map((p) => `${p.word}: ${p.title}`).join("; ")}. ${NUMBER.format(header.count)} images. `
      + "Arrow keys walk from image to image, with Shift in the other panel, Enter pins the one under the pointer, Escape lets go, plus and minus zoom.");
    panels.forEach((panel, k) => {
      this.find(`.here-${k}`).nextElementSibling.textContent = `${panel.word} decodes it`;
    });
    this.showControls();
  }

  showControls() {
    const { state, way } = this;
    this.root.querySelectorAll("[data-tool]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.tool === state.tool));
    this.root.querySelectorAll("[data-label]").forEach((b) => b.setAttribute("aria-pressed", !state.hidden.includes(+b.dataset.label)));
    this.find(".background").value = state.background;
    this.find(".same-scale").checked = state.sameScale;
    this.find(".same-scale").disabled = !this.panels.every((panel) => panel.linear);  // t-SNE has no scale
    const range = this.find(".progress"), last = this.lastStep();
    [range.max, range.step, range.value] = [last, way.kind === "epochs" ? 0.01 : 0.001, way.at];
    this.find(".play").textContent = way.playing ? "❚❚" : "▶";
    this.find(".play").setAttribute("aria-label", way.playing ? "Pause" : "Play");
    this.find(".where").textContent = way.kind === "epochs" ? `epoch ${Number(this.epochAt(way.at).toFixed(1))}` : this.whereBetween();
    this.find(".note").textContent = this.note();
  }

  whereBetween() {
    const { at } = this.way, [one, other] = this.panels.map((panel) => panel.word);
    return at === 0 ? `${one}'s places` : at === 1 ? `${other}'s places` : `${Math.round(at * 100)} %`;
  }

  // The epoch that the film is at, between two of those that any of its panels has.
  epochAt(at) {
    const step = Math.min(Math.floor(at), this.epochs.length - 1), next = Math.min(step + 1, this.epochs.length - 1);
    return this.epochs[step] + (this.epochs[next] - this.epochs[step]) * (at - step);
  }

  note() {
    const { state, way, panels, header } = this, words = [];
    if (way.kind === "spaces" && way.at > 0)
      words.push(`The left panel moves every image towards its place in the ${panels[1].word}, whose map is turned and scaled onto the ${panels[0].word}'s (Procrustes).`);
    if (way.kind === "epochs") words.push(`The first ${NUMBER.format(this.filmCount())} test images after each epoch of the training.`);
    if (state.background === "mosaic") words.push(`Behind the points: what each decoder makes of that place${this.plane()}.`);
    if (state.background === "reading")
      words.push(header.judge || "A classifier reads what the decoders make of every place; that takes a few seconds.");
    if (state.background === "density") {
      if (panels.every((panel) => !panel.linear)) words.push("A t-SNE map has no density of codes: it spreads them as it likes.");
      else words.push("Behind the points: the density of the codes; the VAE's is its aggregate posterior, every image with its σ, the AE's points are smoothed (Scott's rule). ");
    }
    const drawn = panels.filter((panel, k) => panel.linear && !this.moving(k));
    if (drawn.some((panel) => panel.latent_dim > 1)) words.push("Dashed: the circles that hold 39 % (1σ) and 86 % (2σ) of the prior N(0, I), which samples come from.");
    if (drawn.some((panel) => panel.latent_dim === 1)) words.push("Dashed: ±1σ and ±2σ of the prior N(0, 1), which hold 68 % and 95 % of z1.");
    if (state.selection) words.push(`${NUMBER.format(state.selection.length)} images selected; Escape lets ${state.pinned === null ? "them go" : "the pinned image go, then them"}.`);
    return words.join(" ");
  }

  // On which plane places become latents, where there is more than one.
  plane() {
    if (this.panels.every((panel) => panel.latent_dim <= 2)) return "";
    if (this.state.pinned !== null) return `, above two dimensions on the plane through image ${this.state.pinned}`;
    const linear = this.panels.every((panel) => panel.linear);
    return `, above two dimensions on the plane through the ${linear ? "mean code" : "nearest image"}`;
  }

  // -- motion --

  filmCount() {
    const panel = this.panels.find((candidate) => candidate.film);
    return panel.film.length / panel.film_epochs.length / 2;
  }

  lastStep() {
    return this.way.kind === "epochs" ? this.epochs.length - 1 : 1;
  }

  moving(k) {
    if (this.way.kind === "epochs") return Boolean(this.panels[k].film) && this.way.at < this.lastStep();
    return k === 0 && this.way.at > 0;
  }

  // Where a panel's images are now: `start` on the way to `end`, and how many of them there are.
  position(k) {
    const panel = this.panels[k], { kind, at } = this.way;
    let start = panel.points, end = panel.points, moved = 0, count = this.header.count;
    if (kind === "spaces" && k === 0) [end, moved] = [this.moveTarget, at];
    if (kind === "epochs" && panel.film) {
      count = this.filmCount();
      const epochs = panel.film_epochs, last = epochs.length - 1, epoch = this.epochAt(at);
      const step = Math.max(0, epochs.findLastIndex((e) => e <= epoch)), next = Math.min(step + 1, last);
      // The same view of a frame each time, so that the buffer knows what it holds.
      panel.frames ??= panel.film_epochs.map((_, e) => panel.film.subarray(e * count * 2, (e + 1) * count * 2));
      [start, end] = [panel.frames[step], panel.frames[next]];
      moved = next === step ? 0 : Math.min(Math.max((epoch - epochs[step]) / (epochs[next] - epochs[step]), 0), 1);
    }
    return {
      start, end, moved, count,
      x: (i) => start[2 * i] + (end[2 * i] - start[2 * i]) * moved,
      y: (i) => start[2 * i + 1] + (end[2 * i + 1] - start[2 * i + 1]) * moved,
    };
  }

  play() {
    const { way } = this, last = this.lastStep(), duration = way.kind === "epochs" ? 350 * Math.max(last, 1) : 1800;
    way.playing = !way.playing;
    if (way.playing && way.at >= last) way.at = 0;
    let before = performance.now();
    const step = (now) => {
      if (!way.playing || way !== this.way || this.gone) return;
      this.moveTo(Math.min(last, way.at + (Math.max(0, now - before) / duration) * last));
      before = now;
      if (way.at >= last) {
        way.playing = false;
        this.showControls();
      } else requestAnimationFrame(step);
    };
    this.showControls();
    if (way.playing) requestAnimationFrame(step);
  }

  moveTo(at) {
    const moving = () => String(this.panels.map((_, k) => this.moving(k))), before = moving();
    this.way.at = at;
    this.showControls();
    if (moving() === before) this.drawSoon("points", "front");
    else this.viewChanged();  // the background goes or comes back with it
  }

  // -- views --

  home() {
    this.views = this.panels.map(({ home: [x, y, half] }) => ({ x, y, half }));
    if (this.sharing()) {
      const edges = (axis, side) => this.panels.map(({ home }) => home[axis] + side * home[2]);
      const low = [0, 1].map((axis) => Math.min(...edges(axis, -1))), high = [0, 1].map((axis) => Math.max(...edges(axis, 1)));
      const shared = { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, half: Math.max(high[0] - low[0], high[1] - low[1]) / 2 };
      this.views = this.panels.map(() => ({ ...shared }));
    }
    this.viewChanged();
  }

  viewChanged() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.startMosaics(), 120);
    this.drawSoon("back", "points", "front");
  }

  // The panels that a movement of panel k moves.
  together(k) {
    return this.sharing() ? [0, 1] : [k];
  }

  sharing() {
    return this.state.sameScale && this.panels.every((panel) => panel.linear);
  }

  zoom(k, factor, x = this.views[k].x, y = this.views[k].y) {
    const panels = this.together(k), opened = Math.max(...panels.map((panel) => this.panels[panel].home[2]));
    for (const panel of panels) {
      const view = this.views[panel], half = Math.min(Math.max(view.half / factor, opened / 500), opened * 200);
      const actual = half / view.half;
      [view.x, view.y, view.half] = [x + (view.x - x) * actual, y + (view.y - y) * actual, half];
    }
    this.viewChanged();
  }

  // A panel's drawing area in CSS pixels, and what of its space it shows.
  box(k) {
    const cell = (this.width - GAP) / 2, left = k * (cell + GAP) + MARGIN.left;
    return { left, top: 2, width: cell - MARGIN.left - 2, height: this.height - MARGIN.bottom };
  }

  scale(k) {
    const box = this.box(k);
    return Math.min(box.width, box.height) / (2 * this.views[k].half);
  }

  toScreen(k, x, y) {
    const box = this.box(k), scale = this.scale(k), view = this.views[k];
    return [box.left + box.width / 2 + (x - view.x) * scale, box.top + box.height / 2 - (y - view.y) * scale];
  }

  toPlace(k, left, top) {
    const box = this.box(k), scale = this.scale(k), view = this.views[k];
    return [view.x + (left - box.left - box.width / 2) / scale, view.y - (top - box.top - box.height / 2) / scale];
  }

  range(k) {
    const box = this.box(k), scale = this.scale(k), view = this.views[k];
    return { x: view.x, y: view.y, wide: box.width / scale, tall: box.height / scale };
  }

  resize() {
    if (!this.panels) return;
    const width = this.stage.clientWidth, ratio = window.devicePixelRatio || 1;
    const height = Math.max(220, Math.min(520, Math.round((width - GAP) / 2 - MARGIN.left + MARGIN.bottom)));
    this.stage.style.height = `${height}px`;
    [this.width, this.height, this.ratio] = [width, height, ratio];
    for (const canvas of this.stage.querySelectorAll("canvas"))
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.viewChanged();
    this.draw();
  }

  // -- drawing --

  drawSoon(...layers) {
    layers.forEach((layer) => this.dirty.add(layer));
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    if (this.gone || !this.panels || !this.width) return;
    const dirty = this.dirty;
    this.dirty = new Set();
    if (dirty.has("back")) this.drawBack();
    if (dirty.has("points")) this.drawPoints();
    if (dirty.has("front")) this.drawFront();
  }

  readTheme() {
    const style = getComputedStyle(this.map), named = (name) => style.getPropertyValue(name).trim();
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    context.fillStyle = style.color;
    context.fillRect(0, 0, 1, 1);
    const text = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];  // whatever notation the theme uses
    this.theme = { text, background: named("--st-background-color"), primary: named("--st-primary-color"), font: style.fontFamily };
  }

  layer(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  clipped(context, k, draw) {
    const box = this.box(k);
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    draw(box);
    context.restore();
  }

  drawBack() {
    const context = this.layer(this.back), { text, font } = this.theme, faint = `rgba(${text}, 0.14)`;
    context.font = `11px ${font}`;
    this.panels.forEach((panel, k) => {
      const box = this.box(k);
      this.clipped(context, k, () => this.drawBackground(context, k, text));
      context.fillStyle = `rgba(${text}, 0.75)`;
      context.strokeStyle = faint;
      context.lineWidth = 1;
      const { x, y, wide, tall } = this.range(k), bottom = box.top + box.height;
      for (const [at, words] of ticks(x - wide / 2, x + wide / 2)) {
        const [left] = this.toScreen(k, at, 0);
        context.strokeRect(left, box.top, 0, box.height);
        context.textAlign = "center";
        context.fillText(words, left, bottom + 13);
      }
      for (const [at, words] of ticks(y - tall / 2, y + tall / 2)) {
        const [, top] = this.toScreen(k, 0, at);
        context.strokeRect(box.left, top, box.width, 0);
        context.textAlign = "right";
        context.fillText(words, box.left - 4, top + 4);
      }
      context.strokeStyle = `rgba(${text}, 0.3)`;
      context.strokeRect(box.left, box.top, box.width, box.height);
      context.textAlign = "center";
      context.fillText(panel.axes[0], box.left + box.width / 2, bottom + 28);
      context.save();
      context.translate(box.left - 28, box.top + box.height / 2);
      context.rotate(-Math.PI / 2);
      context.fillText(panel.axes[1], 0, 0);
      context.restore();
    });
  }

  drawPrior(context, k, text) {
    const panel = this.panels[k], [x, y] = this.toScreen(k, ...panel.place(new Float32Array(panel.latent_dim)));
    const { top, height } = this.box(k);
    context.setLineDash([6, 5]);
    context.lineWidth = 2;
    context.strokeStyle = `rgba(${text}, 0.65)`;
    for (const sigma of [1, 2]) {
      context.beginPath();
      if (panel.latent_dim === 1)
        for (const side of [-1, 1]) {
          context.moveTo(x + side * sigma * this.scale(k), top);
          context.lineTo(x + side * sigma * this.scale(k), top + height);
        }
      else context.arc(x, y, sigma * this.scale(k), 0, 2 * Math.PI);
      context.stroke();
    }
    context.setLineDash([]);
  }

  drawBackground(context, k, text) {
    const kind = this.state.background, made = this.backgrounds[k];
    if (this.moving(k) || kind === "none") return;
    if (kind === "reading") made.reading ??= this.readingPicture(k);
    if (kind === "density" && made.densityColour !== String(text))
      [made.density, made.densityColour] = [this.densityPicture(k, text), String(text)];
    const picture = made[kind];
    if (!picture) return;
    const [left, top] = this.toScreen(k, picture.x - picture.wide / 2, picture.y + picture.tall / 2), scale = this.scale(k);
    context.imageSmoothingEnabled = kind === "density";
    context.drawImage(picture.canvas, left, top, picture.wide * scale, picture.tall * scale);
  }

  readingPicture(k) {
    const panel = this.panels[k];
    if (!panel.read) return null;
    const { side, range: [x, y, half] } = panel.reading, canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d"), picture = context.createImageData(side, side);
    panel.read.forEach((digit, i) => {
      picture.data.set([...this.colours[digit % 10], 120 * (panel.confidence[i] / 255) ** 2], 4 * i);
    });
    context.putImageData(picture, 0, 0);
    return { canvas, x, y, wide: 2 * half, tall: 2 * half };
  }

  // The mean over images of their posteriors; an autoencoder's codes, which have none, are smoothed by Scott's rule.
  densityPicture(k, text) {
    const panel = this.panels[k], side = DENSITY_SIDE, [x, y, opened] = panel.home, { count } = this.header;
    if (!panel.linear) return null;
    const smoothing = panel.deviations ? null : this.scott(panel), widest = panel.deviations ? this.widest(panel) : 0;
    const half = Math.max(1.6 * opened, opened + 3 * widest), density = new Float32Array(side * side), cell = (2 * half) / side;
    // Where posteriors are as wide as the map, all are alike, and a sample of them says as much in a tenth of the time.
    const stride = widest > opened / 3 ? Math.ceil(count / 500) : 1;
    for (let i = 0; i < count; i += stride) {
      let [xx, xy, yy] = panel.deviations ? panel.covariance(i) : [smoothing[0] ** 2, 0, smoothing[1] ** 2];
      xx += cell * cell / 4;  // nothing narrower than the grid can be drawn
      yy += cell * cell / 4;
      const determinant = xx * yy - xy * xy, weight = 1 / Math.sqrt(determinant);
      const column = (panel.points[2 * i] - x + half) / cell - 0.5, row = (y + half - panel.points[2 * i + 1]) / cell - 0.5;
      const across = (3 * Math.sqrt(xx)) / cell, down = (3 * Math.sqrt(yy)) / cell;
      for (let r = Math.max(0, Math.ceil(row - down)); r <= Math.min(side - 1, row + down); r++)
        for (let c = Math.max(0, Math.ceil(column - across)); c <= Math.min(side - 1, column + across); c++) {
          const dx = (c - column) * cell, dy = (row - r) * cell;
          density[r * side + c] += weight * Math.exp(-0.5 * (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant);
        }
    }
    const most = density.reduce((a, b) => Math.max(a, b)), canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d"), picture = context.createImageData(side, side);
    density.forEach((value, i) => picture.data.set([...text, 190 * Math.sqrt(value / most)], 4 * i));
    context.putImageData(picture, 0, 0);
    return { canvas, x, y, wide: 2 * half, tall: 2 * half };
  }

  widest(panel) {
    let most = 0;
    for (let i = 0; i < this.header.count; i++) {
      const [xx, , yy] = panel.covariance(i);
      most = Math.max(most, xx, yy);
    }
    return Math.sqrt(most);
  }

  scott(panel) {
    const { count } = this.header;
    return [0, 1].map((axis) => {
      let sum = 0, squares = 0;
      for (let i = 0; i < count; i++) [sum, squares] = [sum + panel.points[2 * i + axis], squares + panel.points[2 * i + axis] ** 2];
      return Math.sqrt(squares / count - (sum / count) ** 2) * count ** (-1 / 6);
    });
  }

  // Decode the mosaics of what is in view, a few milliseconds at a time.
  startMosaics() {
    const token = (this.mosaicToken = {});
    if (this.state.background !== "mosaic" || !this.panels || !this.width) return;
    const [, height, width] = this.shape, { text } = this.theme, jobs = [];
    this.panels.forEach((panel, k) => {
      const box = this.box(k), columns = Math.ceil(box.width / CELL), rows = Math.ceil(box.height / CELL), scale = this.scale(k);
      const [x, y] = this.toPlace(k, box.left, box.top), canvas = new OffscreenCanvas(columns * width, rows * height);
      const wide = (columns * CELL) / scale, tall = (rows * CELL) / scale;
      const picture = { canvas, x: x + wide / 2, y: y - tall / 2, wide, tall };
      for (let i = 0; i < rows * columns; i++) {
        const row = Math.floor(i / columns), column = i % columns;
        jobs.push(() => {
          this.backgrounds[k].mosaic = picture;
          const latent = this.latentAt(k, x + ((column + 0.5) * CELL) / scale, y - ((row + 0.5) * CELL) / scale);
          this.paintCell(canvas, latent && panel.decode(latent), column * width, row * height, text);
        });
      }
    });
    // Row after row of both panels at once.
    const half = jobs.length / 2, order = jobs.map((_, i) => jobs[(i % 2) * half + (i >> 1)]);
    const work = () => {
      if (token !== this.mosaicToken || this.gone) return;
      const end = performance.now() + 9;
      while (order.length && performance.now() < end) order.shift()();
      this.drawSoon("back");
      if (order.length) setTimeout(work, 8);
    };
    work();
  }

  paintCell(canvas, values, left, top, text) {
    if (!values) return;
    const [channels, height, width] = this.shape, size = height * width;
    const context = canvas.getContext("2d"), picture = context.createImageData(width, height);
    for (let i = 0; i < size; i++)
      picture.data.set(channels === 1 ? [...text, 130 * values[i]] : [0, 1, 2].map((c) => 255 * values[c * size + i]).concat(150), 4 * i);
    context.putImageData(picture, left, top);
  }

  drawPoints() {
    this.points.clear();
    this.thumbnails = this.panels.map((_, k) => this.showsThumbnails(k, this.position(k)));
    this.panels.forEach((panel, k) => {
      const box = this.box(k), position = this.position(k), view = this.range(k), ratio = this.ratio;
      const thumbnails = this.thumbnails[k];
      const closeness = Math.log2(panel.home[2] / this.views[k].half);
      const size = thumbnails ? THUMBNAIL : Math.min(Math.max((this.header.count > 20000 ? 3 : 4) + 0.8 * closeness, 2.5), 9);
      this.points.draw({
        name: panel.word, view, position, count: position.count, labels: this.labels, shades: this.shades, palette: this.palette,
        box: [box.left, this.height - box.top - box.height, box.width, box.height].map((side) => Math.round(side * ratio)),
        size: size * ratio, shape: this.shape, pixels: thumbnails ? this.pixels : null,
      });
    });
  }

  // Images replace the dots as soon as those in view have room.
  showsThumbnails(k, position) {
    const { x, y, wide, tall } = this.range(k), box = this.box(k);
    const room = (1.5 * box.width * box.height) / THUMBNAIL ** 2;
    let seen = 0;
    for (let i = 0; i < position.count && seen <= room; i++)
      if (this.shades[i] && Math.abs(position.x(i) - x) < wide / 2 && Math.abs(position.y(i) - y) < tall / 2) seen++;
    return seen <= room;
  }

  shade() {
    const { labels, state } = this;
    this.shades = new Uint8Array(labels.length).fill(state.selection ? 1 : 2);
    state.selection?.forEach((i) => (this.shades[i] = 2));
    if (state.hidden.length) labels.forEach((label, i) => state.hidden.includes(label) && (this.shades[i] = 0));
    this.drawSoon("points", "front");
  }

  drawFront() {
    const context = this.layer(this.front), { text } = this.theme;
    const positions = this.panels.map((_, k) => this.position(k));
    this.panels.forEach((panel, k) => this.clipped(context, k, () => {
      if (panel.linear && !this.moving(k)) this.drawPrior(context, k, text);
      this.drawLetters(context, k, positions[k]);
      if (this.state.pinned !== null) this.drawPinned(context, k, positions[k], text);
    }));
    this.drawPointer(context, positions, text);
    if (this.lasso) {
      context.beginPath();
      this.lasso.path.forEach(([x, y]) => context.lineTo(...this.toScreen(this.lasso.panel, x, y)));
      context.closePath();
      context.fillStyle = `rgba(${text}, 0.12)`;
      context.strokeStyle = `rgb(${text})`;
      context.fill();
      context.stroke();
    }
  }

  drawLetters(context, k, position) {
    context.font = `bold 13px ${this.theme.font}`;
    context.textAlign = "center";
    const { medoids, filmMedoids } = this.panels[k];
    (position.count < this.header.count ? filmMedoids : medoids).forEach((index, label) => {
      if (index < 0 || this.state.hidden.includes(label)) return;
      const [x, y] = this.toScreen(k, position.x(index), position.y(index)), name = this.header.classes[label];
      const width = context.measureText(name).width + 10;
      context.fillStyle = this.header.palette[label % 10];
      context.globalAlpha = 0.92;
      context.beginPath();
      context.roundRect(x - width / 2, y - 9, width, 18, 4);
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = 1;
      context.strokeStyle = context.fillStyle = "white";
      context.stroke();
      context.fillText(name, x, y + 4.5);
    });
  }

  ring(context, k, position, index, radius, text, width) {
    const [x, y] = this.toScreen(k, position.x(index), position.y(index));
    for (const [colour, line] of [[this.theme.background, width + 3], [`rgb(${text})`, width]]) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.stroke();
    }
  }

  drawPinned(context, k, position, text) {
    const { pinned } = this.state, panel = this.panels[k];
    if (pinned >= position.count) return;
    if (panel.deviations && panel.linear && !this.moving(k)) {
      const [xx, xy, yy] = panel.covariance(pinned), scale = this.scale(k);
      const middle = (xx + yy) / 2, apart = Math.hypot((xx - yy) / 2, xy);
      const [x, y] = this.toScreen(k, position.x(pinned), position.y(pinned));
      context.strokeStyle = `rgb(${text})`;
      context.fillStyle = `rgba(${text}, 0.18)`;
      context.lineWidth = 1.5;
      for (const sigma of [2, 1]) {
        context.beginPath();
        context.ellipse(x, y, sigma * scale * Math.sqrt(middle + apart), sigma * scale * Math.sqrt(Math.max(middle - apart, 0)),
          -0.5 * Math.atan2(2 * xy, xx - yy), 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
      context.fillStyle = `rgb(${text})`;
      for (const latent of this.posteriorDraws(k)) {
        const [left, top] = this.toScreen(k, ...panel.place(latent));
        context.fillRect(left - 1.5, top - 1.5, 3, 3);
      }
    }
    this.ring(context, k, position, pinned, 8, text, 2.5);
  }

  posteriorDraws(k) {
    const panel = this.panels[k], { pinned } = this.state, size = panel.latent_dim, noise = normals(pinned, DRAWS * size);
    const mean = panel.code(pinned), deviation = panel.deviations.subarray(pinned * size, (pinned + 1) * size);
    return Array.from({ length: DRAWS }, (_, n) => mean.map((value, i) => value + deviation[i] * noise[n * size + i]));
  }

  // The ring around the image under the pointer in both panels, or the cross at the latent there; a picture beside it.
  drawPointer(context, positions, text) {
    const { hovered } = this;
    if (!hovered) return;
    this.panels.forEach((panel, k) => {
      let place = null;
      if (hovered.index >= 0) {
        if (hovered.index >= positions[k].count) return;
        place = [positions[k].x(hovered.index), positions[k].y(hovered.index)];
      } else if (k === hovered.panel) place = [hovered.x, hovered.y];
      else if (panel.linear && hovered.latents?.[k] && !this.moving(k)) place = panel.place(hovered.latents[k]);
      if (!place) return;
      const [x, y] = this.toScreen(k, ...place), box = this.box(k);
      const edge = [Math.min(Math.max(x, box.left), box.left + box.width), Math.min(Math.max(y, box.top), box.top + box.height)];
      if (edge[0] !== x || edge[1] !== y) {  // out of view: a dot at the edge says on which side
        context.fillStyle = `rgb(${text})`;
        context.beginPath();
        context.arc(...edge, 4, 0, 2 * Math.PI);
        context.fill();
        return;
      }
      if (hovered.index >= 0) this.ring(context, k, positions[k], hovered.index, 7, text, 2);
      else if (k !== hovered.panel) {
        context.strokeStyle = `rgb(${text})`;
        context.lineWidth = 1.5;
        context.strokeRect(x - 7, y, 14, 0);
        context.strokeRect(x, y - 7, 0, 14);
      }
      if (!hovered.pictures?.[k]) return;
      const left = x + 14 + PREVIEW > box.left + box.width ? x - 14 - PREVIEW : x + 14;
      const top = y + 14 + PREVIEW > box.top + box.height ? y - 14 - PREVIEW : y + 14;
      context.imageSmoothingEnabled = false;
      context.drawImage(this.preview[k], left, top, PREVIEW, PREVIEW);
      context.strokeStyle = this.theme.primary;
      context.lineWidth = 2;
      context.strokeRect(left, top, PREVIEW, PREVIEW);
    });
  }

  // -- what is under the pointer --

  // The latent of a place; null while the points of that panel are on their way elsewhere.
  latentAt(k, x, y) {
    const panel = this.panels[k];
    if (this.moving(k)) return null;
    const through = this.state.pinned ?? (panel.linear ? null : nearestPoint(this.position(k), this.header.count, this.shades, x, y)[0]);
    return panel.latent(x, y, through === -1 ? null : through);
  }

  point(event) {
    const area = this.stage.getBoundingClientRect(), left = event.clientX - area.left, top = event.clientY - area.top;
    const panel = left < this.box(1).left - MARGIN.left ? 0 : 1, box = this.box(panel);
    const within = left >= box.left && left <= box.left + box.width && top >= box.top && top <= box.top + box.height;
    const [x, y] = this.toPlace(panel, left, top);
    return { panel, x, y, left, top, within };
  }

  hover({ panel, x, y, within }) {
    const before = this.hovered?.index ?? -1;
    this.hovered = null;
    if (within) {
      const position = this.position(panel), [index, distance] = nearestPoint(position, position.count, this.shades, x, y);
      const reach = this.thumbnails?.[panel] ? THUMBNAIL / 2 : HIT;
      this.hovered = { panel, x, y, index: distance * this.scale(panel) <= reach ? index : -1, pictures: [false, false] };
      this.decodeHere();
    } else this.showNothingHere();
    if ((this.hovered?.index ?? -1) !== before || this.hovered?.index >= 0) this.showImage();
    this.stage.dataset.hovered = this.hovered?.index ?? -1;
    this.drawFront();
  }

  decodeHere() {
    const { hovered } = this, latent = this.latentAt(hovered.panel, hovered.x, hovered.y);
    if (!latent) {
      this.showNothingHere();
      return;
    }
    hovered.latents = this.panels.map((panel, k) => (k === hovered.panel || panel.latent_dim === latent.length ? latent : null));
    this.panels.forEach((panel, k) => {
      const canvas = this.find(`.here-${k}`);
      canvas.dataset.latent = hovered.latents[k] ? JSON.stringify([...hovered.latents[k]]) : "";
      if (!hovered.latents[k]) {
        blank(canvas);
        return;
      }
      const values = panel.decode(hovered.latents[k]);
      paint(canvas, values, this.shape);
      paint(this.preview[k], values, this.shape);
      hovered.pictures[k] = true;
    });
    this.find(".here .words").textContent = this.wordsHere(latent);
  }

  wordsHere(latent) {
    const { panel: k, x, y } = this.hovered, panel = this.panels[k], other = this.panels[1 - k];
    const number = (value) => value.toPrecision(3).replace("-", "−");
    const words = latent.length <= 2 ? [`z = (${[...latent].map(number).join(", ")}) in the ${panel.word}'s space.`]
      : [`A z of length ${number(Math.hypot(...latent))} in the ${panel.word}'s space: ${panel.how}`
        + (this.state.pinned !== null ? ` through image ${this.state.pinned}.` : panel.linear ? " through the mean code." : " through the nearest image.")];
    words.push(other.latent_dim === latent.length ? `The ${other.word} is given the same z.` : `The ${other.word}'s z has another size.`);
    if (this.state.background === "reading" && panel.read && (this.state.pinned === null || panel.latent_dim <= 2)) {
      const { side, range: [cx, cy, half] } = panel.reading;
      const column = Math.floor(((x - cx + half) / (2 * half)) * side), row = Math.floor(((cy + half - y) / (2 * half)) * side);
      if (column >= 0 && row >= 0 && column < side && row < side) {
        const at = row * side + column;
        words.push(`The classifier reads ${this.header.classes[panel.read[at]]} (${Math.round(panel.confidence[at] / 2.55)} %).`);
      }
    }
    return words.join(" ");
  }

  showNothingHere() {
    for (const k of [0, 1]) blank(this.find(`.here-${k}`));
    const moving = this.hovered && this.moving(this.hovered.panel);
    this.find(".here .words").textContent = moving ? "The points are on their way: no place here is a latent." : "Move over a panel: where there is no image, its decoder makes one.";
  }

  original(index) {
    return this.pixels.subarray(index * this.imageSize, (index + 1) * this.imageSize);
  }

  leave() {
    this.hovered = null;
    this.stage.dataset.hovered = -1;
    this.showNothingHere();
  }

  // The image under the pointer, or the pinned one: the original and both reconstructions, label and errors.
  showImage() {
    if (!this.panels) return;
    const { hovered, state } = this, index = hovered?.index >= 0 ? hovered.index : state.pinned;
    const title = this.find(".image h4");
    this.showDraws();
    if (index === null) {
      title.textContent = "Point at an image, click to pin";
      for (const part of ["original", "reconstruction-0", "reconstruction-1"]) blank(this.find(`.${part}`));
      this.panels.forEach((panel, k) => (this.find(`.reconstruction-${k}`).nextElementSibling.textContent = panel.word));
      return;
    }
    const [set, part] = this.header.of.split("/");
    title.textContent = `${part === "train" ? "Training" : "Test"} image ${index}: ${this.header.classes[this.labels[index]]}` + (index === state.pinned ? " (pinned)" : "");
    title.title = set;
    const original = this.original(index);
    paint(this.find(".original"), original, this.shape);
    const errors = this.panels.map((panel, k) => {
      const values = panel.decode(panel.code(index)), canvas = this.find(`.reconstruction-${k}`), error = squaredError(original, values);
      paint(canvas, values, this.shape);
      if (hovered?.index === index) {
        paint(this.preview[k], values, this.shape);
        hovered.pictures[k] = true;
      }
      canvas.nextElementSibling.textContent = `${panel.word} ${error.toPrecision(2)}`;
      return `${panel.word} ${error.toPrecision(2)}`;
    });
    if (index === state.pinned && this.announced !== index) {
      this.announced = index;
      this.find(".live").textContent = `Pinned ${title.textContent}. Squared error per pixel: ${errors.join(", ")}.`;
    }
  }

  // What the pinned image's posterior decodes to: one image from a point, twenty from a region.
  showDraws() {
    const section = this.find(".draws"), { pinned } = this.state;
    section.hidden = pinned === null;
    if (pinned === null || this.drawn === `${pinned} ${this.received}`) return;
    this.drawn = `${pinned} ${this.received}`;
    const [, height, width] = this.shape;
    this.find(".strips").replaceChildren(...this.panels.map((panel, k) => {
      const row = document.createElement("div"), word = document.createElement("span");
      word.textContent = panel.word;
      const latents = panel.deviations ? this.posteriorDraws(k) : [panel.code(pinned)];
      const canvas = document.createElement("canvas"), columns = Math.min(STRIP, latents.length), rows = Math.ceil(latents.length / STRIP);
      [canvas.width, canvas.height] = [columns * width, rows * height];
      canvas.style.width = `${columns * 29}px`;
      const cell = document.createElement("canvas");
      latents.forEach((latent, n) => {
        paint(cell, panel.decode(latent), this.shape);
        canvas.getContext("2d").drawImage(cell, (n % STRIP) * width, Math.floor(n / STRIP) * height);
      });
      row.append(word, canvas);
      return row;
    }));
    const words = this.panels.map((panel) => {
      if (!panel.deviations) return `To the ${panel.word} this image is one point, which decodes to one image.`;
      const size = panel.latent_dim, own = panel.deviations.subarray(pinned * size, (pinned + 1) * size);
      const mean = own.reduce((a, b) => a + b) / size;
      return `To the ${panel.word} it is a region, N(μ, σ²) with a mean σ of ${mean.toPrecision(2)}` + (panel.linear && panel.latent_dim === 2 ? ": the ellipses hold 39 % and 86 % of it." : panel.linear && size > 2 ? ": the ellipses are its shadow on the map." : ".");
    });
    this.find(".draws .words").textContent = words.join(" ");
  }

  pin(index) {
    this.state.pinned = index;
    if (index === null) [this.announced, this.find(".live").textContent] = [null, ""];
    this.keep();
    this.showImage();
    this.showControls();
    this.viewChanged();
  }

  // -- listening --

  listen() {
    const on = (target, kind, handler, options = {}) =>
      target.addEventListener(kind, (event) => this.panels && handler(event), { ...options, signal: this.stop.signal });
    this.resizes = new ResizeObserver(() => {
      if (this.panels && this.stage.clientWidth && this.stage.clientWidth !== this.width) this.resize();
    });
    this.resizes.observe(this.stage);
    on(window, "resize", () => {
      if (window.devicePixelRatio !== this.ratio) this.resize();
    });
    on(this.map, "transitionend", (event) => {
      if (event.target !== this.map || event.propertyName !== "color") return;
      this.readTheme();
      this.viewChanged();
    });
    on(this.find(".points"), "webglcontextlost", (event) => event.preventDefault());
    on(this.find(".points"), "webglcontextrestored", () => {
      this.points = new Points(this.find(".points"));
      this.drawSoon("points");
    });
    on(this.stage, "pointermove", (event) => this.pointerMove(event));
    on(this.stage, "pointerdown", (event) => this.pointerDown(event));
    on(this.stage, "pointerup", (event) => this.pointerUp(event));
    on(this.stage, "pointercancel", (event) => {
      this.pointers.delete(event.pointerId);
      this.lasso = null;
      this.drawSoon("front");
    });
    on(this.stage, "pointerleave", (event) => {
      if (event.pointerType !== "touch") this.hover({ within: false });  // a finger leaves when it is lifted
    });
    on(this.stage, "wheel", (event) => {
      const { panel, x, y, within } = this.point(event);
      if (!within) return;
      event.preventDefault();
      // A pinch on a trackpad comes as a wheel with Ctrl and small steps.
      const step = event.deltaY * (event.deltaMode ? 0.05 : event.ctrlKey ? 0.01 : 0.0015);
      this.zoom(panel, Math.exp(-Math.min(Math.max(step, -0.5), 0.5)), x, y);
      this.hover(this.point(event));
    }, { passive: false });
    on(this.stage, "keydown", (event) => this.key(event));
    on(this.map, "click", (event) => this.button(event.target.closest("button")));
    on(this.find(".background"), "change", ({ target }) => this.setBackground(target.value));
    on(this.find(".same-scale"), "change", ({ target }) => {
      this.state.sameScale = target.checked;
      this.keep();
      this.home();
    });
    on(this.find(".way"), "change", ({ target }) => {
      this.way = { kind: target.value, at: 0, playing: false };
      if (target.value === "epochs") this.way.at = this.lastStep();
      this.showControls();
      this.viewChanged();
    });
    on(this.find(".progress"), "input", ({ target }) => {
      this.way.playing = false;
      this.moveTo(+target.value);
    });
  }

  setBackground(kind) {
    this.state.background = kind;
    this.keep();
    // The classifier is the server's: it sends what it reads once it is asked.
    this.send("background", kind);
    this.showControls();
    this.viewChanged();
  }

  button(button) {
    if (!button) return;
    const { tool, zoom, label } = button.dataset, { state } = this;
    if (tool) state.tool = tool;
    if (zoom === "home") this.home();
    else if (zoom) [0, 1].slice(this.sharing() ? 1 : 0).forEach((k) => this.zoom(k, zoom === "in" ? 1.5 : 1 / 1.5));
    if (label) {
      const own = +label;
      state.hidden = state.hidden.includes(own) ? state.hidden.filter((other) => other !== own) : [...state.hidden, own];
      this.shade();
    }
    if (button.classList.contains("play")) this.play();
    this.keep();
    this.showControls();
  }

  pointerDown(event) {
    const at = this.point(event);
    if (!at.within || event.button !== 0) return;
    try {
      this.stage.setPointerCapture(event.pointerId);
    } catch { /* a pointer that is no longer there */ }
    this.pointers.set(event.pointerId, { left: at.left, top: at.top });
    this.pressed = { ...at, moved: this.pointers.size > 1 };
    if (this.state.tool !== "explore" && this.pointers.size === 1) {
      this.leave();
      this.lasso = { panel: at.panel, path: [[at.x, at.y]], add: event.shiftKey };
    }
  }

  pointerMove(event) {
    const at = this.point(event), held = this.pointers.get(event.pointerId);
    if (held && event.pointerType === "mouse" && !(event.buttons & 1)) {  // released where nobody told us
      this.pointers.delete(event.pointerId);
      this.lasso = null;
    }
    if (!this.pointers.has(event.pointerId)) {
      this.hover(at);
      return;
    }
    if (this.pointers.size === 2 && this.pressed) this.pinch(event.pointerId, at);
    else if (this.lasso) this.extendLasso(event);
    else {
      const { panel } = this.pressed, scale = this.scale(panel);
      if (Math.hypot(at.left - this.pressed.left, at.top - this.pressed.top) > 3) this.pressed.moved = true;
      if (this.pressed.moved)
        for (const k of this.together(panel)) {
          this.views[k].x -= (at.left - held.left) / scale;
          this.views[k].y += (at.top - held.top) / scale;
        }
      this.viewChanged();
    }
    [held.left, held.top] = [at.left, at.top];
  }

  pinch(moved, at) {
    const [other] = [...this.pointers].filter(([id]) => id !== moved).map(([, place]) => place), held = this.pointers.get(moved);
    const distance = ({ left, top }) => Math.hypot(left - other.left, top - other.top);
    const { panel } = this.pressed, [x, y] = this.toPlace(panel, (at.left + other.left) / 2, (at.top + other.top) / 2);
    this.pressed.moved = true;
    this.lasso = null;
    this.zoom(panel, Math.max(distance(at), 1) / Math.max(distance(held), 1), x, y);
  }

  extendLasso(event) {
    const { panel, path } = this.lasso, area = this.stage.getBoundingClientRect(), { left, top, width, height } = this.box(panel);
    const within = (value, least, most) => Math.min(Math.max(value, least), most);
    const place = (e) => this.toPlace(panel, within(e.clientX - area.left, left, left + width), within(e.clientY - area.top, top, top + height));
    if (this.state.tool === "box") {
      const [[x0, y0]] = path, [x1, y1] = place(event);
      this.lasso.path = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    } else for (const between of event.getCoalescedEvents?.() ?? [event]) path.push(place(between));
    this.drawSoon("front");
  }

  pointerUp(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.lasso?.path.length > 2) this.endLasso();
    else if (!this.pressed.moved) {
      this.lasso = null;
      this.hover(this.point(event));
      const index = this.hovered?.index ?? -1;
      this.pin(index >= 0 && index !== this.state.pinned ? index : null);
    }
  }

  endLasso() {
    const { panel, path, add } = this.lasso, position = this.position(panel);
    this.lasso = null;
    const chosen = new Set(add ? this.state.selection : []);
    for (let i = 0; i < position.count; i++) if (this.shades[i] && inside(path, position.x(i), position.y(i))) chosen.add(i);
    this.stage.dataset.lasso = JSON.stringify(path);
    this.select([...chosen].sort((a, b) => a - b));
    this.selectionChanged();
  }

  selectionChanged() {
    this.keep();
    this.shade();
    this.showControls();
    this.find(".live").textContent = `${this.state.selection?.length ?? 0} images selected.`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;  // the browser's own: zoom, back
    const { key } = event, active = this.hovered?.panel ?? this.activePanel ?? 0;
    if (DIRECTIONS[key]) this.walk(event.shiftKey ? 1 - active : active, ...DIRECTIONS[key]);
    else if (key === "Enter" && this.hovered?.index >= 0) this.pin(this.hovered.index);
    else if (key === "Escape") {
      if (this.lasso) {
        this.lasso = null;
        this.drawSoon("front");
      } else if (this.state.pinned !== null) this.pin(null);
      else if (this.state.selection) {
        this.select([]);
        this.selectionChanged();
      } else return;
    } else if (key === "+" || key === "=") this.zoom(active, 1.25);
    else if (key === "-") this.zoom(active, 1 / 1.25);
    else if (key === "0") this.home();
    else return;
    event.preventDefault();
  }

  // To the nearest neighbour of the pinned image that lies in a direction.
  walk(k, right, up) {
    const position = this.position(k), pinned = this.state.pinned < position.count ? this.state.pinned : null;
    const from = pinned === null ? [this.views[k].x, this.views[k].y] : [position.x(pinned), position.y(pinned)];
    const ahead = (i, dx, dy) => i !== pinned && dx * right + dy * up > Math.abs(dx * up) + Math.abs(dy * right);
    const [next] = nearestPoint(position, position.count, this.shades, ...from, pinned === null ? undefined : ahead);
    if (next < 0) return;
    this.activePanel = k;
    this.leave();
    this.pin(next);
    const [left, top] = this.toScreen(k, position.x(next), position.y(next)), box = this.box(k);
    if (left < box.left || left > box.left + box.width || top < box.top || top > box.top + box.height) {
      for (const p of this.together(k)) [this.views[p].x, this.views[p].y] = [position.x(next), position.y(next)];
      this.viewChanged();
    }
  }
}
