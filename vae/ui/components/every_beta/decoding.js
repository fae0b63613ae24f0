// Decodes in a worker, made of a script that the message has, so that nothing is fetched. Where the browser refuses one,
// the page itself decodes. Whoever asks for one β after the other gets the latest of them.

import { makeWall, pictured } from "./wall.js";

const AHEAD = 2;  // β that a worker has at most: it decodes one while the page still draws what it has told of the other

export class Decoding {
  // `told` is called with { beta, samples, copies } for every wall.
  constructor(about, tensors, told) {
    this.told = told;
    this.busy = [];  // the β that are being decoded, in their order
    this.wanted = null;  // the one that comes after them
    if (about.layers) this.begin(about, tensors);
    else this.make = () => pictured(about, tensors);
  }

  begin(about, tensors) {
    const { worker: script, ...rest } = about;
    this.make = () => makeWall(rest, tensors);
    try {
      this.source = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      this.worker = new Worker(this.source);
      this.worker.onmessage = ({ data }) => this.done(data);
      this.worker.onerror = () => this.without();
      this.worker.postMessage({ about: rest, tensors });
    } catch {
      this.without();
    }
  }

  // Goes on without the worker, with the last β that it was to decode.
  without() {
    this.worker?.terminate();
    this.worker = null;
    const beta = this.wanted ?? this.busy.at(-1);
    this.busy = [];
    this.wanted = null;
    if (beta !== undefined) this.ask(beta);
  }

  ask(beta) {
    if (this.busy.length >= (this.worker ? AHEAD : 1)) {
      this.wanted = beta;
      return;
    }
    this.busy.push(beta);
    if (this.worker) this.worker.postMessage({ beta });
    else
      this.timer = setTimeout(() => {
        this.wall ??= this.make();
        this.done({ beta, ...this.wall(beta) });
      });
  }

  done(found) {
    const next = this.wanted;
    this.busy.shift();
    this.wanted = null;
    if (next !== null) this.ask(next);
    this.told(found);
  }

  destroy() {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = null;
    if (this.source) URL.revokeObjectURL(this.source);
    this.told = () => {};
  }
}
