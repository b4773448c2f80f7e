// Plays HLS with hls.js. An engine offers what flv_engine.js offers too; the rest of the page knows neither.
import Hls from "/page/hls.min.js";

const KEPT_BEHIND = 30; // seconds behind the position that stay in memory; the rest is loaded again

export class Engine {
  #hls;
  #video;
  #recoveries = [];

  /** `options` are { url, low, clock, fail }; `fail(text)` is called once, when it cannot go on. */
  constructor(video, options) {
    Object.assign(this, options);
    this.#video = video;
  }

  start() {
    if (!Hls.isSupported()) return this.fail("This browser cannot play HLS with Media Source Extensions.");
    this.#hls = new Hls({
      lowLatencyMode: this.low,
      backBufferLength: KEPT_BEHIND,
      maxLiveSyncPlaybackRate: this.low ? 1.1 : 1,
      workerPath: "/page/hls.worker.js",
    });
    this.#hls.on(Hls.Events.ERROR, (_, error) => this.#hear(error));
    this.#hls.attachMedia(this.#video);
    this.#hls.loadSource(this.url);
  }

  destroy() {
    this.#hls?.destroy();
  }

  /** What can be reached, in seconds of the video; while it is live `end` is where live viewers are. */
  range() {
    const details = this.#hls?.latestLevelDetails;
    if (!details) return null;
    const start = details.fragmentStart;
    if (!details.live) return { start, end: details.edge, live: false };
    return { start, end: Math.max(start, this.#hls.liveSyncPosition ?? details.edge), live: true };
  }

  /** Seconds since what is shown was on air, and by which clock; null: it is not live, or not known. */
  latency() {
    if (!this.range()?.live) return null;
    const date = this.#hls.playingDate;
    if (date) return { seconds: (this.clock.now() - date) / 1000, from: "since the source" };
    return this.#hls.latency > 0 ? { seconds: this.#hls.latency, from: "behind the playlist" } : null;
  }

  /** { height, bits } of what is shown. */
  rendition() {
    const level = this.#hls?.levels[this.#hls.currentLevel];
    return level ? { height: level.height || this.#video.videoHeight, bits: level.bitrate } : null;
  }

  /** To choose from: { id, height, bits }; -1 leaves it to the player. */
  renditions() {
    const levels = this.#hls?.levels ?? [];
    return levels.length < 2 ? [] : levels.map(({ height, bitrate }, id) => ({ id, height, bits: bitrate })).reverse();
  }

  choose(id) {
    this.#hls.nextLevel = id;
  }

  /** Nothing to do between the samples: hls.js keeps to the live edge by itself. */
  keepUp() {}

  /** The next position is one the viewer chose. */
  seeks() {}

  goLive() {
    const { end } = this.range() ?? {};
    if (end !== undefined) this.#video.currentTime = end;
  }

  #hear({ fatal, type, details, response }) {
    if (!fatal) return;
    const lately = this.#recoveries.filter((at) => performance.now() - at < 60_000);
    if (type === Hls.ErrorTypes.MEDIA_ERROR && lately.length < 3) {
      this.#recoveries = [...lately, performance.now()];
      return this.#hls.recoverMediaError();
    }
    this.fail(response?.code === 404 ? "The playlist is not there any more." : `The stream cannot be played now (${details}).`);
  }
}
