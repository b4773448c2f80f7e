// The bar over what can be reached, with the time beside it and the way back to live.
import { element, setAttribute, setText } from "./dom.js";
import { spoken, time } from "./words.js";

const AT_LIVE = 2.5; // seconds behind the live position that still count as live

export class SeekBar {
  #bar = element("input", { type: "range", class: "seek", min: 0, max: 1, step: 0.1, value: 1, "aria-label": "Position", disabled: true });
  #time = element("span", { class: "time" });
  #live = element("button", { type: "button", class: "golive", hidden: true }, element("span", { class: "dot", "aria-hidden": "true" }), element("span", {}, "Live"));
  #range = null;
  #position = 0;
  #held = false; // by a pointer

  /** `seek(seconds)` and `goLive()` are called for the viewer. */
  constructor({ seek, goLive }) {
    Object.assign(this, { seek });
    this.root = [this.#bar, this.#time, this.#live];
    this.#live.addEventListener("click", goLive);
    this.#bar.addEventListener("input", () => {
      this.#held = true;
      this.#tell(this.#range.start + Number(this.#bar.value));
    });
    this.#bar.addEventListener("change", () => {
      this.#held = false;
      this.to(this.#range.start + Number(this.#bar.value));
    });
  }

  /** Goes to a position within what can be reached; a range that is live has its end at live. */
  to(position) {
    if (!this.#range) return;
    this.seek(Math.min(Math.max(position, this.#range.start), this.#range.end));
  }

  by(seconds) {
    this.to(this.#position + seconds);
  }

  toStart() {
    if (this.#range) this.to(this.#range.start);
  }

  /** Whether `position` is as live as it gets. */
  static isLive(range, position) {
    return range.live && range.end - position < AT_LIVE;
  }

  show(range, position) {
    this.#range = range;
    this.#position = position;
    this.#bar.disabled = range === null;
    if (range === null) return;
    setAttribute(this.#bar, "max", Math.max(0.1, range.end - range.start).toFixed(1));
    setAttribute(this.#bar, "aria-label", range.live ? `Position in the last ${spoken(Math.floor((range.end - range.start) / 10) * 10)}` : "Position");
    if (this.#held) return;
    this.#bar.value = (SeekBar.isLive(range, position) ? range.end : position) - range.start;
    this.#tell(position);
  }

  #tell(position) {
    const { start, end, live } = this.#range;
    const isLive = SeekBar.isLive(this.#range, position);
    const part = end > start && !isLive ? (position - start) / (end - start) : 1;
    this.#bar.style.setProperty("--at", `${(100 * Math.min(1, Math.max(0, part))).toFixed(2)}%`);
    this.#live.hidden = !live;
    this.#live.classList.toggle("on", isLive);
    setAttribute(this.#live, "aria-pressed", isLive);
    setAttribute(this.#live, "aria-label", isLive ? "Live" : "Go to live");
    if (live) {
      setText(this.#time, isLive ? "" : `−${time(end - position)}`);
      setAttribute(this.#bar, "aria-valuetext", isLive ? "live" : `${spoken(end - position)} behind live`);
    } else {
      setText(this.#time, `${time(position - start)} / ${time(end - start)}`);
      setAttribute(this.#bar, "aria-valuetext", `${spoken(position - start)} of ${spoken(end - start)}`);
    }
  }
}
