// Decodes in a worker, made of a script that the message has, so that nothing is fetched. Where the browser refuses one,
// the page itself decodes. Whoever asks for one β after the other gets the latest of them.

import { makeWall, pictured } from "./wall.js";

export class Decoding {
  // `told` is called with { beta, samples, copies } for every wall.
  constructor(about, tensors, told) {
    this.told = told;
    this.busy = this.wanted = null;
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

  // Goes on without the worker, with the β that it was to decode.
  without() {
    this.worker?.terminate();
    this.worker = null;
    const beta = this.wanted ?? this.busy;
    this.busy = this.wanted = null;
    if (beta !== null) this.ask(beta);
  }

  ask(beta) {
    if (this.busy !== null) {
      this.wanted = beta;
      return;
    }
    this.busy = beta;
    if (this.worker) this.worker.postMessage({ beta });
    else
      this.timer = setTimeout(() => {
        this.wall ??= this.make();
        this.done({ beta, ...this.wall(beta) });
      });
  }

  done(found) {
    const next = this.wanted;
    this.busy = this.wanted = null;
    if (next !== null && next !== found.beta) this.ask(next);
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
