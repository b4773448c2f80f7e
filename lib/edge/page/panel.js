// One player: the picture, its controls and its figures.
import { element, icon, setAttribute, setText } from "./dom.js";
import { SeekBar } from "./seek_bar.js";
import { Tiles } from "./tiles.js";
import { Watch } from "./watch.js";
import { KINDS, rate } from "./words.js";

const LOOK = 125;    // ms between two looks at the video
const SAMPLE = 4;    // looks between two samples
const AGAIN = [1000, 2000, 5000, 10000]; // ms before it is tried again, the last one from then on

/** What plays this kind here. */
async function engineOf(kind, video) {
  if (kind === "flv") return import("./flv_engine.js");
  const hls = await import("./hls_engine.js");
  const itself = !hls.isSupported() && video.canPlayType("application/vnd.apple.mpegurl") !== "";
  return itself ? import("./native_engine.js") : hls;
}

const button = (name, label, onclick) => element("button", { type: "button", class: "round", "aria-label": label, onclick }, icon(name));

export class Panel {
  #engine = null;
  #looks = 0;
  #failures = 0;
  #choices = "";
  #timer;
  #retry;

  /**
   * `services` are { clock, timeOf, say, close }: say(text) is for those who cannot see, close() takes the panel
   * away. `muted` when another one is heard.
   */
  constructor(show, way, services, muted) {
    Object.assign(this, { show, way, services });
    this.full = `${show.title}, ${KINDS[way.kind].full}`;
    this.video = element("video", { playsinline: true, tabindex: 0, "aria-label": `Picture of ${this.full}` });
    this.video.muted = muted;
    this.notice = element("p", { class: "notice", hidden: true });
    this.seekBar = new SeekBar({ seek: (to) => this.#seek(to), goLive: () => this.#goLive() });
    this.playButton = button("play", "Play", () => this.#playOrPause());
    this.soundButton = button("loud", "Mute", () => this.#sound());
    this.volume = element("input", { type: "range", class: "volume", min: 0, max: 1, step: 0.05, value: 1, "aria-label": "Volume" });
    this.quality = element("select", { class: "quality", "aria-label": "Rendition", hidden: true });
    this.tiles = new Tiles();
    this.root = this.#build();
    this.#listen();
  }

  #build() {
    const title = element("h3", {}, this.show.title, element("span", { class: "kind" }, KINDS[this.way.kind].full));
    const close = button("close", `Close ${this.full}`, () => this.services.close());
    const full = button("full", "Fill the screen", () => this.#fullScreen());
    const [bar, time, live] = this.seekBar.root;
    this.screen = element("div", { class: "screen" }, this.video, this.notice);
    return element("article", { class: "panel", "aria-label": this.full },
      element("header", {}, title, close), this.screen,
      element("div", { class: "controls" },
        element("div", { class: "along" }, bar, time, live),
        element("div", { class: "buttons" }, this.playButton, this.soundButton, this.volume, this.quality, full)),
      this.tiles.root);
  }

  #listen() {
    const { video } = this;
    this.watch = new Watch(video);
    video.addEventListener("click", () => this.#playOrPause());
    video.addEventListener("dblclick", () => this.#fullScreen());
    for (const name of ["play", "pause", "volumechange", "ended"]) video.addEventListener(name, () => this.#showState());
    video.addEventListener("playing", () => this.#nowPlays());
    video.addEventListener("play", () => this.#engine?.seeks());
    this.volume.addEventListener("input", () => {
      video.volume = Number(this.volume.value);
      video.muted = video.volume === 0;
    });
    this.quality.addEventListener("change", () => this.#engine?.choose(Number(this.quality.value)));
    this.root.addEventListener("keydown", (event) => this.#key(event));
    this.#showState();
  }

  async start() {
    this.#timer ??= setInterval(() => this.#look(), LOOK);
    const { kind, url } = this.way;
    const { Engine } = await engineOf(kind, this.video);
    if (this.closed) return;
    const { clock, timeOf } = this.services;
    this.#engine = new Engine(this.video, { url, low: kind === "ll", clock, timeOf, fail: (...why) => this.#fail(...why) });
    await this.#engine.start();
    this.#play();
  }

  destroy() {
    this.closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#engine?.destroy();
    this.root.remove();
  }

  // A browser may want a click before there is sound; then it begins without.
  async #play() {
    try {
      await this.video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || this.video.muted) return;
      this.video.muted = true;
      this.services.say(`${this.full} begins without sound, as the browser wants it.`);
      this.#play();
    }
  }

  #nowPlays() {
    this.#failures = 0;
    this.notice.hidden = true;
    if (this.said === "plays") return;
    this.said = "plays";
    this.services.say(`${this.full} is playing.`);
  }

  #fail(text, { forGood = false } = {}) {
    const engine = this.#engine;
    this.#engine = null;
    setTimeout(() => engine?.destroy()); // not while it calls
    setText(this.notice, forGood ? text : `${text} Trying again …`);
    this.notice.hidden = false;
    if (this.said !== text) this.services.say(`${this.full}: ${text}`);
    this.said = text;
    clearTimeout(this.#retry);
    const wait = AGAIN[Math.min(this.#failures++, AGAIN.length - 1)];
    if (!forGood) this.#retry = setTimeout(() => this.start(), wait);
  }

  #look() {
    const stalled = this.watch.look();
    this.#engine?.keepUp(stalled);
    this.screen.classList.toggle("waits", this.watch.standing);
    if (this.#looks++ % SAMPLE === 0) this.#sample();
  }

  #sample() {
    const { watch, video } = this;
    this.seekBar.show(this.#engine?.range() ?? null, video.currentTime);
    this.#showChoices(this.#engine?.renditions() ?? []);
    this.figures = {
      latency: this.#engine?.latency() ?? null, rendition: this.#engine?.rendition() ?? null, buffer: watch.buffer(),
      stalls: watch.stalls, stalled: watch.stalled, ...watch.pictures(),
    };
    this.tiles.add(this.figures);
  }

  #showChoices(renditions) {
    const known = JSON.stringify(renditions);
    if (known === this.#choices) return;
    this.#choices = known;
    this.quality.replaceChildren(element("option", { value: -1 }, "Auto"),
      ...renditions.map(({ id, height, bits }) => element("option", { value: id }, [height ? `${height}p` : "", rate(bits)].filter(Boolean).join(" · "))));
    this.quality.hidden = renditions.length === 0;
  }

  #showState() {
    const { paused, muted, volume } = this.video;
    const silent = muted || volume === 0;
    this.playButton.replaceChildren(icon(paused ? "play" : "pause"));
    setAttribute(this.playButton, "aria-label", paused ? "Play" : "Pause");
    this.soundButton.replaceChildren(icon(silent ? "mute" : "loud"));
    setAttribute(this.soundButton, "aria-label", silent ? "Sound on" : "Mute");
    this.volume.value = silent ? 0 : volume;
  }

  #playOrPause() {
    if (this.video.paused) this.#play();
    else this.video.pause();
  }

  #sound() {
    const { video } = this;
    video.muted = !(video.muted || video.volume === 0);
    if (!video.muted && video.volume === 0) video.volume = 1;
  }

  #seek(to) {
    this.video.currentTime = to;
    this.#engine?.seeks();
    this.seekBar.show(this.#engine?.range() ?? null, to);
  }

  #goLive() {
    this.#engine?.goLive();
    this.#play();
  }

  #fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.root.requestFullscreen) this.root.requestFullscreen();
    else this.video.webkitEnterFullscreen?.(); // iPhone
  }

  #key(event) {
    const { target, key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || target === this.quality || (target === this.volume && key.startsWith("Arrow"))) return;
    if (key === " " && target.closest("button")) return;
    const act = {
      " ": () => this.#playOrPause(), k: () => this.#playOrPause(), m: () => this.#sound(), f: () => this.#fullScreen(),
      ArrowLeft: () => this.seekBar.by(-5), ArrowRight: () => this.seekBar.by(5),
      PageUp: () => this.seekBar.by(-30), PageDown: () => this.seekBar.by(30),
      Home: () => this.seekBar.toStart(), End: () => this.#toEnd(),
    }[key.length === 1 ? key.toLowerCase() : key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #toEnd() {
    const range = this.#engine?.range();
    if (range?.live) this.#goLive();
    else if (range) this.#seek(range.end);
  }
}
