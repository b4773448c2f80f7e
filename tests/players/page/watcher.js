// Watches a <video> and keeps the figures a case judges by; it knows nothing of the player.
// Times `at` are milliseconds since the watcher began, `media` is seconds of the player's timeline.
class Watcher {
  static #standing = 300;  // ms without progress that count as a stall
  static #looking = 50;    // ms between two looks
  static #reading = 200;   // ms between two pictures that are read

  /** `source` tells what is shown: { width, height, rate } of `ingest test:`. */
  constructor(video, source) {
    this.video = video;
    this.timecode = new Timecode(source.width, source.height, source.rate);
    this.begin = performance.now();
    this.epoch = Date.now(); // of the begin, ms since 1970
    this.events = [];
    this.stalls = [];      // { at, media, length }
    this.holes = [];       // { at, media, length } between two buffered ranges, when first seen
    this.pictures = [];    // { at, media, number } as read from the screen
    this.sizes = [];       // { at, width, height }
    this.tones = [];       // { at, media } where a tone began
    this.unreadable = 0;
    this.#listen();
    this.#seen = { media: video.currentTime, at: this.now() };
    setInterval(() => this.#look(), Watcher.#looking);
    this.#nextPicture();
  }

  now() {
    return performance.now() - this.begin;
  }

  figures() {
    const quality = this.video.getVideoPlaybackQuality();
    return {
      epoch: this.epoch, now: this.now(), media: this.video.currentTime, duration: this.video.duration, ended: this.video.ended,
      paused: this.video.paused, frames: quality.totalVideoFrames, dropped: quality.droppedVideoFrames,
      videoBytes: this.video.webkitVideoDecodedByteCount, audioBytes: this.video.webkitAudioDecodedByteCount,
      buffered: this.ranges(this.video.buffered), seekable: this.ranges(this.video.seekable),
      error: this.video.error && `${this.video.error.code} ${this.video.error.message}`,
      begun: this.begun, first_media: this.first_media, stalls: this.stalls, standing: this.#stall ?? null, holes: this.holes,
      pictures: this.pictures, unreadable: this.unreadable, sizes: this.sizes, tones: this.tones,
      events: this.events,
    };
  }

  /** Forgets what was seen, but not how the video stands. */
  again() {
    for (const list of [this.events, this.stalls, this.holes, this.pictures, this.tones]) list.length = 0;
    this.unreadable = 0;
  }

  ranges(list) {
    return Array.from({ length: list.length }, (_, i) => [list.start(i), list.end(i)]);
  }

  /** From now on the beginnings of sounds are kept too. */
  listen() {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 512 });
    context.createMediaElementSource(this.video).connect(analyser).connect(context.destination);
    const samples = new Float32Array(analyser.fftSize);
    let loud = false;
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const now = Math.max(...samples.map(Math.abs)) > 0.03;
      if (now && !loud) this.tones.push({ at: this.now(), media: this.video.currentTime });
      loud = now;
    }, 10);
  }

  /** Stands at `media` and tells which picture is shown: { media, number, took }. */
  async seek(media) {
    const { video } = this;
    const begin = performance.now();
    video.pause();
    const shown = new Promise((resolve) => video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)));
    const landed = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    video.currentTime = media;
    const late = new Promise((resolve) => setTimeout(resolve, 10000, null));
    await Promise.race([landed, late]);
    const there = await Promise.race([shown, late]);
    return { media: there ?? video.currentTime, number: this.timecode.read(video), took: performance.now() - begin };
  }

  #seen;
  #stall;

  #listen() {
    for (const name of ["waiting", "stalled", "error", "seeking", "seeked", "ended", "pause", "resize"]) {
      this.video.addEventListener(name, () => {
        this.events.push({ at: this.now(), media: this.video.currentTime, name });
      });
    }
    this.video.addEventListener("resize", () => {
      this.sizes.push({ at: this.now(), width: this.video.videoWidth, height: this.video.videoHeight });
    });
  }

  #look() {
    const { video } = this;
    const at = this.now();
    const media = video.currentTime;
    const moves = media !== this.#seen.media;
    if (moves && this.begun === undefined) Object.assign(this, { begun: at, first_media: media });
    if (moves || video.paused || video.ended || video.seeking || this.begun === undefined) {
      this.#stall = undefined;
      this.#seen = { media, at };
    } else if (at - this.#seen.at >= Watcher.#standing) {
      this.#stall ??= this.stalls[this.stalls.push({ at: this.#seen.at, media }) - 1];
      this.#stall.length = at - this.#seen.at;
    }
    this.#lookForHoles(at);
  }

  #lookForHoles(at) {
    const ranges = this.ranges(this.video.buffered);
    for (let i = 1; i < ranges.length; ++i) {
      const media = ranges[i - 1][1];
      const length = ranges[i][0] - media;
      if (!this.holes.some((hole) => Math.abs(hole.media - media) < 0.5)) this.holes.push({ at, media, length });
    }
  }

  #nextPicture() {
    let last = -Infinity;
    const read = (_, { mediaTime }) => {
      this.video.requestVideoFrameCallback(read);
      if (this.now() - last < Watcher.#reading) return;
      last = this.now();
      const number = this.timecode.read(this.video);
      if (number === null) ++this.unreadable;
      else this.pictures.push({ at: last, media: mediaTime, number });
    };
    this.video.requestVideoFrameCallback(read);
  }
}
