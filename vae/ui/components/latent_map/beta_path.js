// The way of a multi-rate VAE's points as β moves: their places and posteriors at the stops of message.py, and linear in
// log β between two of them.

export class BetaPath {
  // `betas` are the stops, and `beta` is the one that all else in the panel is of; `places` are (stops, images, 2), and
  // `factors`, (stops, images, 3), the lower triangles of the posteriors' Cholesky factors on the map.
  constructor({ betas, beta }, places, factors) {
    Object.assign(this, { betas, beta, factors });
    this.last = betas.length - 1;
    this.count = places.length / betas.length / 2;
    // Each frame is one array for good, by which the points' buffers know what they hold.
    this.frames = betas.map((_, stop) => places.subarray(2 * stop * this.count, 2 * (stop + 1) * this.count));
    this.home = this.placeOf(beta);
  }

  // Returns the place of a β on the way, whose stops lie at 0, 1, 2 and so on.
  placeOf(beta) {
    const { betas, last } = this, stop = Math.max(0, betas.findLastIndex((other) => other <= beta));
    if (stop >= last) return last;
    return stop + Math.max(0, Math.log(beta / betas[stop]) / Math.log(betas[stop + 1] / betas[stop]));
  }

  betaAt(at) {
    const [stop, next, moved] = this.between(at);
    return this.betas[stop] * (this.betas[next] / this.betas[stop]) ** moved;
  }

  // Returns the stops before and after a place, and how far it is from the first to the second.
  between(at) {
    const stop = Math.min(Math.floor(at), this.last), next = Math.min(stop + 1, this.last);
    return [stop, next, at - stop];
  }

  // Returns the covariance of an image's posterior on the map, as [xx, xy, yy].
  covariance(at, index) {
    const [stop, next, moved] = this.between(at);
    const [a, b, c] = [0, 1, 2].map((i) => {
      const value = (at) => this.factors[3 * (at * this.count + index) + i];
      return value(stop) + (value(next) - value(stop)) * moved;
    });
    return [a * a, a * b, b * b + c * c];
  }
}
