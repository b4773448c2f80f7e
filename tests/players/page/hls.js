// Plays with hls.js. `page` is what the harness talks to; pages of other players offer the same.
const page = {
  name: `hls.js ${Hls.version}`,
  errors: [],  // { at, media, type, details, fatal, reason }
  levels: [],  // { at, height } whenever another one is shown
  loaded: {},  // how many segments and parts came, by "level-0", "audio-0"
  parts: {},   // those that were parts
  reloads: 0,  // playlists that came
  breaks: [],  // discontinuity sequences of what was shown

  /** Plays `url`, which shows `source`; `config` is that of hls.js. */
  load(url, source, config = {}) {
    this.video = document.querySelector("video");
    this.watcher = new Watcher(this.video, source);
    this.hls = new Hls(config);
    this.keepErrors();
    this.keepLoads();
    this.hls.attachMedia(this.video);
    this.hls.loadSource(url);
    this.video.play().catch((error) => this.note({ type: "play", details: String(error), fatal: true }));
  },

  /** The next segments are those of this level. */
  force(level) {
    this.hls.nextLevel = level;
  },

  figures() {
    const { hls } = this;
    const details = hls.latestLevelDetails;
    return {
      ...this.watcher.figures(), errors: this.errors, levels: this.levels, loaded: this.loaded,
      parts: this.parts, reloads: this.reloads, breaks: this.breaks,
      heights: hls.levels.map(({ height }) => height),
      iframes: hls.iframeVariants.map(({ height }) => height),
      tracks: hls.audioTracks.map(({ name }) => name),
      latency: hls.latency, target: hls.targetLatency, drift: hls.drift,
      low: hls.lowLatencyMode && Boolean(details?.partList),
      first: details?.startSN, last: details?.endSN, live: details?.live,
    };
  },

  note(error) {
    this.errors.push({ at: this.watcher.now(), media: this.video.currentTime, ...error });
  },

  keepErrors() {
    this.hls.on(Hls.Events.ERROR, (_, { type, details, fatal, reason, error, frag, response }) => {
      const why = reason ?? error?.message;
      this.note({ type, details, fatal, why, code: response?.code, name: frag?.relurl });
    });
  },

  keepLoads() {
    const count = (counts, name) => { counts[name] = (counts[name] ?? 0) + 1; };
    const { FRAG_LOADED, FRAG_CHANGED, LEVEL_SWITCHED, LEVEL_LOADED } = Hls.Events;
    this.hls.on(FRAG_LOADED, (_, { frag, part }) => {
      if (frag.sn === "initSegment") return;
      const name = `${frag.type}-${frag.level}`;
      count(this.loaded, name);
      if (part) count(this.parts, name);
    });
    this.hls.on(LEVEL_LOADED, () => ++this.reloads);
    this.hls.on(LEVEL_SWITCHED, (_, { level }) => {
      this.levels.push({ at: this.watcher.now(), height: this.hls.levels[level].height });
    });
    this.hls.on(FRAG_CHANGED, (_, { frag }) => {
      if (this.breaks.at(-1) !== frag.cc) this.breaks.push(frag.cc);
    });
  },
};
