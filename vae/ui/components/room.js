// What a room needs: on a presented page, text on a canvas is as large as present.css says, and a picture takes all of
// the window that is left to it.

const USUAL = 12;  // pixels of such a text on other pages
const SPARE = 12;  // pixels that stay empty below a picture

// Returns by how much text on a canvas is larger than on other pages: 1 where the page is not presented.
export function enlarged(element) {
  const least = Number.parseFloat(getComputedStyle(element).getPropertyValue("--least-type"));
  return least > USUAL ? least / USUAL : 1;
}

// Returns how high a stage may be, in pixels, so that the window holds all of what it is in; where the page is not
// presented, `usual` pixels of the window are not the stage's.
export function roomFor(stage, whole, usual) {
  if (enlarged(stage) === 1) return window.innerHeight - usual;
  const { top, bottom } = stage.getBoundingClientRect();
  return window.innerHeight - top - (whole.getBoundingClientRect().bottom - bottom) - SPARE;
}
