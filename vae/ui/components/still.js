// Tells whether the reader has asked their system for less motion: scripts then show the end of a movement at once.
export function still() {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}
