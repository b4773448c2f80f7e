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

  /** Gives the video element keys { id, key } of 32 hexadecimal digits, before load(). */
  async give_keys(keys) {
    const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
    const base64 = (hex) => btoa(String.fromCharCode(...bytes(hex))).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
    const capability = (contentType) => [{ contentType, encryptionScheme: "cbcs" }];
    const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [{
      initDataTypes: ["keyids"],
      videoCapabilities: capability('video/mp4; codecs="avc1.64001e"'),
      audioCapabilities: capability('audio/mp4; codecs="mp4a.40.2"'),
    }]);
    const media_keys = await access.createMediaKeys();
    await document.querySelector("video").setMediaKeys(media_keys);
    const session = media_keys.createSession();
    const license = { keys: keys.map(({ id, key }) => ({ kty: "oct", kid: base64(id), k: base64(key) })), type: "temporary" };
    const updated = new Promise((resolve) => session.addEventListener("message", () => {
      resolve(session.update(new TextEncoder().encode(JSON.stringify(license))));
    }));
    const kids = { kids: keys.map(({ id }) => base64(id)) };
    await session.generateRequest("keyids", new TextEncoder().encode(JSON.stringify(kids)));
    await updated;
  },

  /** Which picture the I-frame playlist shows at each of these times, which rise. */
  async iframes_at(times) {
    const video = document.createElement("video");
    document.body.append(video);
    const player = this.hls.createIFramePlayer();
    const errors = [];
    player.on(Hls.Events.ERROR, (_, { details }) => errors.push(details));
    const attached = new Promise((resolve) => player.on(Hls.Events.MEDIA_ATTACHED, resolve));
    player.attachMedia(video);
    await attached;
    const shown = [];
    for (const time of times) {
      const painted = new Promise((resolve) => video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)));
      player.loadMediaAt(time);
      const late = new Promise((resolve) => setTimeout(resolve, 5000, null));
      const media = await Promise.race([painted, late]);
      shown.push({ time, media, number: media === null ? null : this.watcher.timecode.read(video) });
    }
    player.destroy();
    return { shown, errors };
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
