// Plays HTTP-FLV with mpegts.js, and keeps it close to the newest frame.

const KEPT_BEHIND = 120;   // seconds one can go back
const FARTHEST = 4;        // seconds behind the newest frame from which it jumps instead of hurrying
const HURRY = 1.1;         // playback rate
const SLACK = 0.35;        // seconds beyond the target before it hurries: frames come in batches
const MOST_TARGET = 2.5;   // seconds

let loading;

// mpegts.js is no module: it defines window.mpegts.
function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/page/mpegts.js";
    script.onload = () => resolve(window.mpegts);
    script.onerror = () => reject(new Error("mpegts.js does not load"));
    document.head.append(script);
  });
  return loading;
}

export class Engine {
  #player;
  #video;
  #target = 0.45;    // seconds behind the newest frame
  #follows = true;   // the newest frame, until the viewer goes back
  #ended = false;

  /** `options` are { url, clock, fail, timeOf }: timeOf(url, stamp) as the catalogue has it. */
  constructor(video, options) {
    Object.assign(this, options);
    this.#video = video;
  }

  async start() {
    const mpegts = await load();
    if (this.#ended) return;
    if (!mpegts.isSupported()) return this.fail("This browser cannot play FLV: it has no Media Source Extensions.", { forGood: true });
    mpegts.LoggingControl.enableAll = false;
    const url = new URL(this.url, location).href;
    this.#player = mpegts.createPlayer({ type: "flv", isLive: true, url }, {
      enableStashBuffer: false, lazyLoad: false, autoCleanupSourceBuffer: true,
      autoCleanupMaxBackwardDuration: KEPT_BEHIND + 30, autoCleanupMinBackwardDuration: KEPT_BEHIND,
    });
    const { ERROR, LOADING_COMPLETE } = mpegts.Events;
    this.#player.on(ERROR, (type, details, info) => this.fail(info?.code === 404
      ? "Nobody publishes this stream now." : `The stream cannot be played now (${details}).`));
    this.#player.on(LOADING_COMPLETE, () => this.fail("The stream has ended."));
    this.#player.attachMediaElement(this.#video);
    this.#player.load();
  }

  destroy() {
    this.#ended = true;
    this.#player?.destroy();
    this.#video.playbackRate = 1;
  }

  range() {
    const { buffered } = this.#video;
    if (buffered.length === 0) return null;
    const start = buffered.start(0);
    return { start, end: Math.max(start, buffered.end(buffered.length - 1) - this.#target), live: true };
  }

  latency() {
    const base = this.#base();
    const time = base === null ? null : this.timeOf(this.url, base + this.#video.currentTime * 1000);
    if (time) return { seconds: (this.clock.now() - time.utc) / 1000, from: `since the ${time.of}` };
    const range = this.range();
    return range && { seconds: range.end + this.#target - this.#video.currentTime, from: "behind what came" };
  }

  rendition() {
    const info = this.#player?.mediaInfo;
    if (!this.#video.videoHeight) return null;
    return { height: this.#video.videoHeight, bits: (info?.videoDataRate ?? 0) * 1000 + (info?.audioDataRate ?? 0) * 1000 };
  }

  renditions() {
    return [];
  }

  choose() {}

  seeks() {
    const { end } = this.range() ?? {};
    if (end !== undefined) this.#follows = this.#video.currentTime > end - 1;
  }

  goLive() {
    const { end } = this.range() ?? {};
    if (end === undefined) return;
    this.#follows = true;
    this.#video.currentTime = end;
  }

  /** Called now and then; `stalled`: it ran dry since the last time, and should keep more from now on. */
  keepUp(stalled) {
    if (stalled) this.#target = Math.min(MOST_TARGET, this.#target + 0.25);
    const { end } = this.range() ?? {};
    if (end === undefined || this.#video.paused) return;
    const late = end - this.#video.currentTime;
    if (!this.#follows || late < 0.05) this.#video.playbackRate = 1;
    else if (late > FARTHEST) this.#video.currentTime = end;
    else if (late > SLACK) this.#video.playbackRate = HURRY;
  }

  /** The stamp of the stream at 0 of the video, in ms; null before it is known. mpegts.js tells it to nobody. */
  #base() {
    return this.#player?._player_engine?._transmuxer?._controller?._remuxer?.getTimestampBase() ?? null;
  }
}
