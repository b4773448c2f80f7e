// Plays HLS with hls.js. An engine offers what flv_engine.js offers too; the rest of the page knows neither.
import Hls from "/page/hls.min.js";

const KEPT_BEHIND = 30; // seconds behind the position that stay in memory; the rest is loaded again
const NEAR = 2;         // seconds behind live that still are live

/** Whether this browser lets a page play. */
export const isSupported = () => Hls.isSupported();

export class Engine {
  #hls;
  #video;
  #recoveries = [];
  #follows = true; // live, until the viewer goes back

  /** `options` are { url, low, clock, fail }; `fail(text, { forGood })` is called once, when it cannot go on. */
  constructor(video, options) {
    Object.assign(this, options);
    this.#video = video;
  }

  start() {
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

  /** Called now and then. hls.js hurries when it is a little late; behind a long stall it stays late. */
  keepUp() {
    const range = this.range();
    if (!range?.live || !this.#follows || this.#video.paused || this.#video.seeking) return;
    if (range.end - this.#video.currentTime > (this.low ? 4 : 12)) this.#video.currentTime = range.end;
  }

  /** The viewer chose a position, or plays on. */
  seeks() {
    const range = this.range();
    if (range) this.#follows = range.live && range.end - this.#video.currentTime < NEAR;
  }

  goLive() {
    const { end } = this.range() ?? {};
    if (end === undefined) return;
    this.#follows = true;
    this.#video.currentTime = end;
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
