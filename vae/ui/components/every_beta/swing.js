// β on its way up and down by itself.

export const WAY = 10;  // seconds from one end of the slider to the other

// Returns the place on the slider, 0 to 1, that is reached so many seconds after a start; it rises first and rests at
// neither end.
export function swing(start, seconds) {
  return 0.5 - 0.5 * Math.cos(Math.acos(1 - 2 * start) + (Math.PI * seconds) / WAY);
}

// Moves on from a place until it is stopped: calls `move` with each place and the seconds since the start.
export class Swing {
  constructor(move) {
    this.move = move;
  }

  get going() {
    return this.frame !== undefined;
  }

  start(place) {
    this.stop();
    const begun = performance.now();
    const step = (now) => {
      this.frame = requestAnimationFrame(step);
      const seconds = Math.max(0, now - begun) / 1000;
      this.move(swing(place, seconds), seconds);
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }
}
