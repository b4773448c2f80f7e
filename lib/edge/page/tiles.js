// The figures of one player, each with its plot.
import { element, setText } from "./dom.js";
import { Plot } from "./plot.js";
import { rate, short } from "./words.js";

const DESCRIBED = 20; // samples between two descriptions in words

class Tile {
  #value = element("span", { class: "value" });
  #note = element("span", { class: "note muted" });

  constructor(name, options) {
    this.plot = new Plot({ title: name, ...options });
    this.root = element("div", { class: "tile" },
      element("dt", {}, name), element("dd", {}, this.#value, this.#note), element("dd", { class: "picture" }, this.plot.root));
  }

  show(value, note) {
    setText(this.#value, value);
    setText(this.#note, note);
  }
}

export class Tiles {
  #latency = new Tile("Latency", { least: 1 });
  #buffer = new Tile("Buffer", { least: 1 });
  #rendition = new Tile("Rendition", { least: 240 });
  #stalls = new Tile("Stalls", { bars: true, least: 0.5 });
  #dropped = new Tile("Dropped", { bars: true, least: 5 });
  #before = null;
  #samples = 0;

  constructor() {
    const all = [this.#latency, this.#buffer, this.#rendition, this.#stalls, this.#dropped];
    this.root = element("dl", { class: "tiles" }, ...all.map(({ root }) => root));
  }

  /** Two in a second: { latency, buffer, rendition, stalls, stalled, shown, dropped }, as the engine and Watch have them. */
  add(figures) {
    const { latency, buffer, rendition, stalls, stalled, shown, dropped } = figures;
    this.#latency.show(latency ? `${latency.seconds.toFixed(2)} s` : "–", latency?.from ?? "");
    this.#buffer.show(short(buffer), "ahead");
    this.#rendition.show(rendition?.height ? `${rendition.height}p` : "–", rate(rendition?.bits));
    this.#stalls.show(String(stalls), stalls > 0 ? `${short(stalled / 1000)} in all` : "");
    this.#dropped.show(String(dropped), `of ${shown} frames`);
    this.#latency.plot.add(latency?.seconds ?? null);
    this.#buffer.plot.add(buffer);
    this.#rendition.plot.add(rendition?.height ?? null);
    this.#stalls.plot.add(this.#before ? (stalled - this.#before.stalled) / 1000 : 0);
    this.#dropped.plot.add(this.#before ? dropped - this.#before.dropped : 0);
    this.#before = figures;
    if (this.#samples++ % DESCRIBED === DESCRIBED - 1) this.#describe();
  }

  #describe() {
    this.#latency.plot.describe(short);
    this.#buffer.plot.describe(short);
    this.#rendition.plot.describe((height) => `${height}p`);
    this.#stalls.plot.describe((seconds) => short(seconds));
    this.#dropped.plot.describe((count) => `${count} at once`);
  }
}
