// The middle one of the three canvases, in WebGL: every image is a dot, or shows itself where there is room.

export const THUMBNAIL = 26;  // pixels along the side of an image

// The images lie in a texture array pixel after pixel, so that any size and number of them fits.
const ROW = 4096;
const ROWS = 2048;

export const STOPS = 16;  // colours of a scale

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 start;
layout(location = 1) in vec2 end;
layout(location = 2) in float label;
layout(location = 3) in float shade;  // 0 hidden, 1 faint, 2 full
layout(location = 4) in float value;  // on the scale, 0 to 254; 255 is unknown
uniform float moved, size;
uniform vec2 centre, scale;
flat out int digit, index;
flat out float strength, place;
void main() {
  gl_Position = shade > 0.0 ? vec4((mix(start, end, moved) - centre) * scale, 0, 1) : vec4(2, 2, 2, 1);
  gl_PointSize = size;
  digit = int(label);
  index = gl_VertexID;
  strength = shade > 1.5 ? 1.0 : 0.13;
  place = value > 254.5 ? -1.0 : value / 254.0;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform vec3 palette[10], ramp[${STOPS}];
uniform bool scaled;
uniform bool thumbnails;
uniform ivec3 shape;
uniform sampler2DArray images;
flat in int digit, index;
flat in float strength, place;
out vec4 colour;
float value(int channel, ivec2 pixel) {
  int at = ((index * shape.x + channel) * shape.y + pixel.y) * shape.z + pixel.x;
  return texelFetch(images, ivec3(at % ${ROW}, (at / ${ROW}) % ${ROWS}, at / ${ROW * ROWS}), 0).r;
}
vec3 onScale() {
  float at = place * float(${STOPS - 1});
  int below = min(int(at), ${STOPS - 2});
  return place < 0.0 ? vec3(0.55) : mix(ramp[below], ramp[below + 1], at - float(below));
}
void main() {
  vec3 own = scaled ? onScale() : palette[digit % 10];
  if (thumbnails) {
    ivec2 pixel = ivec2(gl_PointCoord * vec2(shape.zy));
    colour = shape.x == 1 ? vec4(own, strength * value(0, pixel))
                          : vec4(value(0, pixel), value(1, pixel), value(2, pixel), strength);
    return;
  }
  vec2 at = abs(gl_PointCoord * 2.0 - 1.0);
  int mark = (digit / 10) % 3;  // A second and third set of ten classes have marks of their own.
  float reach = mark == 0 ? length(at) : mark == 1 ? at.x + at.y : max(at.x, at.y) * 1.2;
  colour = vec4(own, 0.75 * strength * (1.0 - smoothstep(0.75, 1.0, reach)));
}`;

export class Points {
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
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS))
      throw new Error(gl.getProgramInfoLog(this.program) || "WebGL failed");
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

  // Fills a buffer, unless it holds this very array.
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

  // Fills the texture with the images, unless it holds these very ones.
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
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D_ARRAY, side, gl.NEAREST);
  }

  clear() {
    const { gl } = this;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
  }

  // Draws the points of one panel, from where they start to where they end, as dots or, given pixels, as images.
  draw({ name, box, view, position, count, labels, shades, values, palette, ramp, size, shape, pixels }) {
    const { gl } = this;
    gl.viewport(...box);
    gl.scissor(...box);
    this.attribute(0, `${name} start`, position.start, 2);
    this.attribute(1, `${name} end`, position.end, 2);
    this.attribute(2, "labels", labels, 1);
    this.attribute(3, "shades", shades, 1);
    this.attribute(4, `${name} values`, values, 1);
    gl.uniform1f(this.uniform("moved"), position.moved);
    gl.uniform1f(this.uniform("size"), Math.min(size, this.largest));
    gl.uniform2f(this.uniform("centre"), view.x, view.y);
    gl.uniform2f(this.uniform("scale"), 2 / view.wide, 2 / view.tall);
    gl.uniform3fv(this.uniform("palette"), palette);
    gl.uniform1i(this.uniform("scaled"), ramp ? 1 : 0);
    if (ramp) gl.uniform3fv(this.uniform("ramp"), ramp);
    gl.uniform3iv(this.uniform("shape"), shape);
    gl.uniform1i(this.uniform("thumbnails"), pixels ? 1 : 0);
    if (pixels) this.images(pixels);
    gl.drawArrays(gl.POINTS, 0, count);
  }

  destroy() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

// Returns how strongly each image is drawn: hidden ones not at all, and faintly those that a selection leaves out.
export function shadesOf(labels, { selection, hidden }) {
  const shades = new Uint8Array(labels.length).fill(selection ? 1 : 2);
  selection?.forEach((i) => (shades[i] = 2));
  if (hidden.length) labels.forEach((label, i) => hidden.includes(label) && (shades[i] = 0));
  return shades;
}

// Draws both panels' points and returns which of them show images.
export function drawPoints(map) {
  const { header, panels, views, motion, ratio } = map;
  map.points.clear();
  return panels.map((panel, k) => {
    const { left, top, width, height } = views.box(k), position = motion.position(k);
    const thumbnails = showsThumbnails(map, k, position);
    const dot = (header.count > 20000 ? 3 : 4) + 0.8 * Math.log2(views.closeness(k));
    map.points.draw({
      name: panel.word, view: views.range(k), position, count: position.count,
      box: [left, views.height - top - height, width, height].map((side) => Math.round(side * ratio)),
      labels: map.labels, shades: map.shades, palette: map.palette, shape: map.shape,
      values: panel.values, ramp: map.ramp,
      size: (thumbnails ? THUMBNAIL : Math.min(Math.max(dot, 2.5), 9)) * ratio,
      pixels: thumbnails ? map.pixels : null,
    });
    return thumbnails;
  });
}

// Tells whether the images in view have room, so that they can replace the dots.
function showsThumbnails({ views, shades }, k, position) {
  const { x, y, wide, tall } = views.range(k), box = views.box(k);
  const room = (1.5 * box.width * box.height) / THUMBNAIL ** 2;
  let seen = 0;
  for (let i = 0; i < position.count && seen <= room; i++)
    if (shades[i] && Math.abs(position.x(i) - x) < wide / 2 && Math.abs(position.y(i) - y) < tall / 2) seen++;
  return seen <= room;
}
