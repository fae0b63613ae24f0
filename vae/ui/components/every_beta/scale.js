// What lies between values that are known at some β only, and where each β stands on the slider.

// Returns between which two of rising values one lies, as the lower one's place and the share of the way to the next.
function among(values, value) {
  let low = 0, high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle;
    else high = middle;
  }
  const way = values[high] - values[low];
  return { low, share: way > 0 ? Math.min(1, Math.max(0, (value - values[low]) / way)) : 0 };
}

// Returns where a β lies among rising ones, evenly in log β: { low, share }.
export function betweenBetas(betas, beta) {
  return among(betas.map(Math.log), Math.log(beta));
}

export function mix(values, { low, share }) {
  return share ? values[low] + share * (values[low + 1] - values[low]) : values[low];
}

// Writes a row between two of the rows of an array into `target`.
export function mixRows(rows, { low, share }, target) {
  const size = target.length, first = low * size;
  if (share) for (let i = 0; i < size; i++) target[i] = rows[first + i] + share * (rows[first + size + i] - rows[first + i]);
  else target.set(rows.subarray(first, first + size));
  return target;
}

// The slider's scale from 0 to 1: equal steps lose equal amounts of KL. A small part of it is even in log β, so that a
// β has one place also where the KL stands still or rises for once.
export class Scale {
  constructor(betas, rates) {
    this.logs = betas.map(Math.log);
    let least = Infinity;
    const lost = rates.map((rate) => rates[0] - (least = Math.min(least, rate)));
    const whole = lost.at(-1), even = whole > 0 ? 0.02 : 1, [first, last] = [this.logs[0], this.logs.at(-1)];
    this.places = this.logs.map((log, i) => even * ((log - first) / (last - first)) + (whole > 0 ? (1 - even) * (lost[i] / whole) : 0));
  }

  placeOf(beta) {
    return mix(this.places, among(this.logs, Math.log(beta)));
  }

  // Returns those of rising β whose places are at least so far apart.
  apart(betas, least) {
    const kept = [];
    for (const beta of betas) if (!kept.length || this.placeOf(beta) - this.placeOf(kept.at(-1)) >= least) kept.push(beta);
    return kept;
  }

  betaAt(place) {
    return Math.exp(mix(this.logs, among(this.places, place)));
  }
}

// Returns a β as it is written beside the slider: to three digits.
export const writtenBeta = (beta) => String(Number(beta.toPrecision(beta < 0.1 ? 2 : 3)));
