// Plays DASH with dash.js; see page/hls.js for what a page offers.
const page = {
  name: `dash.js ${dashjs.Version ?? dashjs.MediaPlayer().create().getVersion()}`,
  errors: [],
  levels: [],
  periods: [],  // ids of those that were played

  /** `config` is that of dash.js; its `keys` are clear keys, { id: key } in hexadecimal. */
  load(url, source, { keys, ...config } = {}) {
    this.video = document.querySelector("video");
    this.watcher = new Watcher(this.video, source);
    this.player = dashjs.MediaPlayer().create();
    this.player.updateSettings(config);
    this.keepErrors();
    this.keepChanges();
    this.player.initialize(this.video, url, true);
    if (keys) this.player.setProtectionData(clear_keys(keys));
  },

  /** Shows this level from here on; levels are those of heights in figures(). */
  force(level) {
    const height = this.heights()[level];
    this.player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } });
    const one = this.player.getRepresentationsByType("video").find((each) => each.height === height);
    this.player.setRepresentationForTypeById("video", one.id, true);
  },

  heights() {
    return this.player.getRepresentationsByType("video").map(({ height }) => height).sort((a, b) => a - b);
  },

  figures() {
    const ready = this.player.isReady();
    const live = ready && this.player.isDynamic();
    return {
      ...this.watcher.figures(), errors: this.errors, levels: this.levels, periods: this.periods, live,
      heights: ready ? this.heights() : [],
      latency: live ? this.player.getCurrentLiveLatency() : 0,
    };
  },

  note(error) {
    this.errors.push({ at: this.watcher.now(), media: this.video.currentTime, ...error });
  },

  keepErrors() {
    const { ERROR, PLAYBACK_ERROR } = dashjs.MediaPlayer.events;
    this.player.on(ERROR, ({ error }) => {
      this.note({ type: "dash.js", details: error.code, fatal: true, why: error.message });
    });
    this.player.on(PLAYBACK_ERROR, ({ error }) => {
      this.note({ type: "video", details: error.code, fatal: true, why: error.message });
    });
  },

  keepChanges() {
    const { QUALITY_CHANGE_RENDERED, PERIOD_SWITCH_COMPLETED } = dashjs.MediaPlayer.events;
    this.player.on(QUALITY_CHANGE_RENDERED, ({ mediaType, newRepresentation }) => {
      if (mediaType === "video") this.levels.push({ at: this.watcher.now(), height: newRepresentation.height });
    });
    this.player.on(PERIOD_SWITCH_COMPLETED, ({ toStreamInfo }) => this.periods.push(toStreamInfo.id));
  },
};

// As JSON Web Keys have them.
function clear_keys(keys) {
  const coded = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((pair) => parseInt(pair, 16))))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const clearkeys = Object.fromEntries(Object.entries(keys).map(([id, key]) => [coded(id), coded(key)]));
  return { "org.w3.clearkey": { clearkeys } };
}
