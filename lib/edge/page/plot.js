// A minute of one figure as a small picture.
import { setAttribute, svg } from "./dom.js";

const POINTS = 120;
const [WIDTH, HEIGHT] = [120, 32];

export class Plot {
  #values = [];
  #line = svg("path", { class: "line" });
  #area = svg("path", { class: "area" });
  #title;

  /** `bars` for what happens, else a line; `least` is how much the whole height is at least. */
  constructor({ title, bars = false, least = 1 }) {
    Object.assign(this, { bars, least });
    this.#title = title;
    this.root = svg("svg", {
      class: bars ? "plot bars" : "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
      "aria-label": title,
    }, this.#area, this.#line);
  }

  /** null: nothing is known at that time. */
  add(value) {
    this.#values.push(Number.isFinite(value) ? value : null);
    if (this.#values.length > POINTS) this.#values.shift();
    this.#draw();
  }

  /** Tells in words what the picture shows; `text` puts a value into words. */
  describe(text) {
    const known = this.#values.filter((value) => value !== null);
    if (known.length === 0) return;
    const [low, high] = [Math.min(...known), Math.max(...known)].map(text);
    setAttribute(this.root, "aria-label", `${this.#title}, the last minute: ${low === high ? low : `${low} to ${high}`}`);
  }

  #draw() {
    const top = Math.max(this.least, ...this.#values) * 1.15;
    const y = (value) => (HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1);
    const first = POINTS - this.#values.length;
    if (this.bars) return this.#drawBars(first, y);
    const runs = this.#runs(first);
    const along = (run) => run.map(([x, value]) => `${x},${y(value)}`).join("L");
    setAttribute(this.#line, "d", runs.map((run) => `M${along(run)}`).join(""));
    setAttribute(this.#area, "d", runs.map((run) => `M${run[0][0]},${HEIGHT}L${along(run)}L${run.at(-1)[0]},${HEIGHT}Z`).join(""));
  }

  #drawBars(first, y) {
    const bars = this.#values.flatMap((value, i) => (value > 0 ? [`M${first + i},${HEIGHT}V${y(value)}`] : []));
    setAttribute(this.#line, "d", bars.join(""));
  }

  #runs(first) {
    const runs = [];
    let open = false;
    this.#values.forEach((value, i) => {
      if (value !== null && open) runs.at(-1).push([first + i, value]);
      else if (value !== null) runs.push([[first + i, value]]);
      open = value !== null;
    });
    return runs;
  }
}
