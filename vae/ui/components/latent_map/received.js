// Takes a message apart: images, labels, colours and panels of the map. message.py beside this file describes it.

import { inflate, readTensors } from "../decoder.js";
import { fromHex } from "./canvas.js";
import { medoids, Panel, unpackImages } from "./panel.js";

// Reads the parts of a message by name; images that are here already are not unpacked again.
export async function unpackParts({ imageTensors, imagesDigest }, message, header, offset) {
  const found = { images: imageTensors };
  for (const part of header.parts) {
    const bytes = message.subarray(offset, offset + part.bytes);
    offset += part.bytes;
    if (part.name === "images" && part.digest === imagesDigest) continue;
    found[part.name] = readTensors(await inflate(bytes));
  }
  return found;
}

// Tells what differs from the message before: the spaces, and whether they are viewed from elsewhere, which all β of one
// model are not.
export function changes(before, { panels }) {
  const differ = (of) => !before || String(before.panels.map(of)) !== String(panels.map(of));
  return {
    spaces: differ((panel) => panel.title + panel.home),
    views: differ((panel) => (panel.series ?? panel.title) + panel.home),
  };
}

export function takeImages(map, tensors, before) {
  const { count, image_shape: shape, parts } = map.header, { digest } = parts.find((part) => part.name === "images");
  const known = digest === map.imagesDigest && before?.count === count;
  map.imagesDigest = digest;
  map.imageTensors = tensors;
  // The page may ask for samples to begin with, or for none.
  if (Number.isInteger(map.header.draw) && map.header.draw !== before?.draw) map.state.draw = map.header.draw || null;
  map.shape = shape;
  map.imageSize = shape.reduce((a, b) => a * b);
  if (!known) map.pixels = unpackImages(tensors, map.imageSize * count);
}

export function takePanels(map, tensors) {
  const { panels, morph, count, classes, palette, scale } = map.header;
  map.labels = tensors.labels.array;
  map.panels = panels.map((about, k) => new Panel(about, (name) => tensors[`${k}.${name}`]?.array));
  map.motion.open(map.panels, morph, count);
  for (const panel of map.panels) {
    const middles = (first) => medoids(panel.points, map.labels, classes.length, first);
    panel.medoids = middles(count);
    // Of a panel without such a number nothing is known.
    panel.values = tensors[`${map.panels.indexOf(panel)}.values`]?.array ?? new Uint8Array(count).fill(255);
    panel.filmMedoids = (panel.film || panel.path) && middles(map.motion.fewest());
  }
  map.colours = palette.map(fromHex);
  map.ramp = scale && new Float32Array(scale.ramp.map(fromHex).flat().map((value) => value / 255));
  map.palette = new Float32Array(map.colours.flat().map((value) => value / 255));
}
