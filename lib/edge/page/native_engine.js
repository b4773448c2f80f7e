// Plays HLS where the browser does so itself and offers no Media Source Extensions: older iPhones.

const BEHIND = 3; // seconds behind the end of what can be reached, where live viewers are

export class Engine {
  #video;
  #failed = () => this.fail("The stream cannot be played now.");

  /** `options` are { url, clock, fail }, as of the other engines. */
  constructor(video, options) {
    Object.assign(this, options);
    this.#video = video;
  }

  start() {
    this.#video.addEventListener("error", this.#failed);
    this.#video.src = this.url;
  }

  destroy() {
    this.#video.removeEventListener("error", this.#failed);
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  range() {
    const { seekable, duration } = this.#video;
    if (seekable.length === 0) return null;
    const [start, end] = [seekable.start(0), seekable.end(seekable.length - 1)];
    const live = duration === Infinity;
    return { start, end: live ? Math.max(start, end - BEHIND) : end, live };
  }

  /** Safari knows the date of the beginning. */
  latency() {
    if (!this.range()?.live) return null;
    const begin = this.#video.getStartDate?.().getTime() ?? NaN;
    if (Number.isNaN(begin)) return null;
    return { seconds: (this.clock.now() - begin) / 1000 - this.#video.currentTime, from: "since the source" };
  }

  rendition() {
    const { videoHeight } = this.#video;
    return videoHeight ? { height: videoHeight, bits: 0 } : null;
  }

  renditions() {
    return [];
  }

  choose() {}
  keepUp() {}
  seeks() {}

  goLive() {
    const { end } = this.range() ?? {};
    if (end !== undefined) this.#video.currentTime = end;
  }
}
