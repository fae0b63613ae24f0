// A film of all panels, to download: they are drawn on one canvas, and the browser records it.

const WIDE = 1280;  // pixels
const TALL = 720;
const RATE = 25;  // frames a second
const BITS = 4_000_000;  // a second
const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

// Returns the kind of film that this browser can record; undefined if it can record none.
export function filmKind() {
  return globalThis.MediaRecorder && KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
}

export class Film {
  constructor(name) {
    this.name = name;
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [WIDE, TALL];
    this.recorder = new MediaRecorder(this.canvas.captureStream(RATE), { mimeType: filmKind(), videoBitsPerSecond: BITS });
    this.parts = [];
    this.recorder.ondataavailable = ({ data }) => this.parts.push(data);
  }

  begin() {
    this.recorder.start();
  }

  // Draws one frame: a heading, and every panel's canvas in its place [left, top, width, height] below its caption.
  draw(heading, panels, { background, text, font }) {
    const context = this.canvas.getContext("2d");
    context.fillStyle = background;
    context.fillRect(0, 0, WIDE, TALL);
    context.fillStyle = text;
    context.font = `bold 26px ${font}`;
    context.fillText(heading, 24, 40);
    context.font = `14px ${font}`;
    for (const { canvas, caption, place: [left, top, width, height], crisp } of panels) {
      const scale = Math.min(width / canvas.width, height / canvas.height);
      context.fillText(caption, left, top - 8, width);
      context.imageSmoothingEnabled = !crisp;
      context.drawImage(canvas, left, top, scale * canvas.width, scale * canvas.height);
    }
  }

  // Ends the film; it is downloaded where it is wanted.
  end(wanted) {
    this.recorder.onstop = () => {
      for (const track of this.recorder.stream.getTracks()) track.stop();
      if (wanted) download(new Blob(this.parts, { type: "video/webm" }), this.name);
    };
    this.recorder.stop();
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
