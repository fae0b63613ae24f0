// The script of the worker that decodes: it is told once what to decode with, and then a β at a time.

import { makeWall } from "./wall.js";

let wall = null;

function answer({ data }) {
  if (data.about) wall = makeWall(data.about, data.tensors);
  else {
    const { samples, copies } = wall(data.beta);
    self.postMessage({ beta: data.beta, samples, copies }, [samples.buffer, copies.buffer]);
  }
}

self.onmessage = answer;
