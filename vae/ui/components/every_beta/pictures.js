// Puts many images on one canvas, in rows, a pixel apart.

// Returns bytes (N, C, H, W) as one image that the canvas is given: `order` has an image's number for each place.
export function tiled(canvas, sources, [channels, height, width], columns) {
  const count = sources.length, rows = Math.ceil(count / columns), size = height * width;
  const [wide, tall] = [columns * (width + 1) - 1, rows * (height + 1) - 1];
  if (canvas.width !== wide || canvas.height !== tall) [canvas.width, canvas.height] = [wide, tall];
  const context = canvas.getContext("2d"), picture = context.createImageData(wide, tall), pixels = picture.data;
  sources.forEach((values, n) => {
    const left = (n % columns) * (width + 1), top = Math.floor(n / columns) * (height + 1);
    for (let row = 0, from = 0; row < height; row++)
      for (let to = 4 * ((top + row) * wide + left), column = 0; column < width; column++, from++, to += 4) {
        pixels[to] = values[from];
        pixels[to + 1] = values[channels === 1 ? from : size + from];
        pixels[to + 2] = values[channels === 1 ? from : 2 * size + from];
        pixels[to + 3] = 255;
      }
  });
  context.putImageData(picture, 0, 0);
}

// Returns the single images of bytes (N, C, H, W).
export function single(bytes, shape) {
  const size = shape.reduce((a, b) => a * b);
  return Array.from({ length: bytes.length / size }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
}
