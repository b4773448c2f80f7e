// Reads the timecode that `ingest test:` burns in: HH:MM:SS:FF in figures of seven segments, white
// on black, of a picture whose height is `height` in the source. Null when it cannot be read.
class Timecode {
  static #figures = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f];
  static #bright = 120;

  constructor(width, height, rate) {
    Object.assign(this, { width, height, rate });
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.size = Math.max(Math.floor(height / 24), 4);
    this.thick = Math.max(Math.floor(this.size / 6), 2);
    this.left = Math.floor(height / 20);
    this.top = Math.floor(height * 7 / 10);
    this.step = Math.floor(this.size * 3 / 2);
  }

  /** The number of the picture, counted from the first one of the source. */
  read(video) {
    const { left, top, size, step } = this;
    this.context.drawImage(video, 0, 0, this.width, this.height);
    this.pixels = this.context.getImageData(0, top - size, left + 12 * step, 4 * size);
    const figures = [0, 1, 3, 4, 6, 7, 9, 10].map((place) => this.#figure(left + place * step, size));
    if (figures.includes(-1)) return null;
    const [h, m, s, f] = [0, 2, 4, 6].map((i) => figures[i] * 10 + figures[i + 1]);
    return m > 59 || s > 59 || f >= this.rate ? null : ((h * 60 + m) * 60 + s) * this.rate + f;
  }

  #figure(x, y) {
    const { size: w, thick: t } = this;
    const upper = y + Math.floor(w / 2) + t / 2, lower = y + Math.floor(w * 3 / 2), middle = x + w / 2;
    const lit = [
      this.#crossed(middle, y + t / 2, 0, 1), this.#crossed(x + w - t / 2, upper, 1, 0),
      this.#crossed(x + w - t / 2, lower, 1, 0), this.#crossed(middle, y + 2 * w - t / 2, 0, 1),
      this.#crossed(x + t / 2, lower, 1, 0), this.#crossed(x + t / 2, upper, 1, 0),
      this.#crossed(middle, y + w, 0, 1)];
    return Timecode.#figures.indexOf(lit.reduce((bits, on, i) => bits | on << i, 0));
  }

  // Whether a stroke is there: the brightest pixel on a short line across where it would be.
  #crossed(x, y, dx, dy) {
    let best = 0;
    for (let i = -this.thick; i <= this.thick; ++i) {
      const at = (Math.round(y + i * dy) * this.pixels.width + Math.round(x + i * dx)) * 4;
      best = Math.max(best, this.pixels.data[at + 1]);
    }
    return best > Timecode.#bright;
  }
}
