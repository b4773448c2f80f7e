// Plays HLS and DASH with Shaka Player; see page/hls.js for what a page offers.
const page = {
  name: `Shaka Player ${shaka.Player.version}`,
  errors: [],
  levels: [],
  breaks: [],

  async load(url, source, config = {}) {
    this.video = document.querySelector("video");
    this.watcher = new Watcher(this.video, source);
    shaka.polyfill.installAll();
    this.player = new shaka.Player();
    this.player.addEventListener("error", ({ detail }) => this.note(detail));
    this.player.addEventListener("adaptation", () => this.note_level());
    this.player.addEventListener("variantchanged", () => this.note_level());
    await this.player.attach(this.video);
    this.player.configure(config);
    try {
      await this.player.load(url);
      this.note_level();
      await this.video.play();
    } catch (error) {
      this.note({ severity: 2, ...error });
    }
  },

  /** Shows this level from here on; levels are those of heights in figures(). */
  force(level) {
    this.player.configure({ abr: { enabled: false } });
    const wanted = this.heights()[level];
    this.player.selectVariantTrack(this.player.getVariantTracks().find(({ height }) => height === wanted));
  },

  heights() {
    return [...new Set(this.player.getVariantTracks().map(({ height }) => height))].sort((a, b) => a - b);
  },

  figures() {
    const { player } = this;
    const live = player.isLive();
    return {
      ...this.watcher.figures(), errors: this.errors, levels: this.levels, breaks: this.breaks, heights: this.heights(), live,
      keys: player.drmInfo()?.keySystem,
      latency: live ? player.getStats().liveLatency : 0,
    };
  },

  note({ severity, category, code, data, message }) {
    const names = Object.entries(shaka.util.Error.Code);
    const details = names.find(([, value]) => value === code)?.[0] ?? code;
    const type = Object.entries(shaka.util.Error.Category).find(([, value]) => value === category)?.[0];
    this.errors.push({
      at: this.watcher.now(), media: this.video.currentTime, type, details, fatal: severity === 2,
      why: data?.map(String).join(" ").slice(0, 200) ?? message,
    });
  },

  note_level() {
    const height = this.player.getVariantTracks().find(({ active }) => active)?.height;
    if (height !== this.levels.at(-1)?.height) this.levels.push({ at: this.watcher.now(), height });
  },
};
