// Watches a <video>: how much is buffered, when it stood still, what it dropped.

const STANDING = 250; // ms without progress that are a stall

export class Watch {
  stalls = 0;        // how many
  stalled = 0;       // ms in all
  standing = false;  // now
  #video;
  #seen = { media: 0, at: 0 };
  #looked = 0;
  #begun = false;

  constructor(video) {
    this.#video = video;
  }

  /** To be called often; whether a stall began now. */
  look(now = performance.now()) {
    const { currentTime: media, paused, ended, seeking } = this.#video;
    const moved = media !== this.#seen.media;
    const looked = this.#looked;
    this.#looked = now;
    this.#begun ||= moved && !seeking;
    if (moved || paused || ended || seeking || !this.#begun) {
      this.standing = false;
      this.#seen = { media, at: now };
      return false;
    }
    if (now - this.#seen.at < STANDING) return false;
    const begins = !this.standing;
    this.standing = true;
    this.stalls += begins ? 1 : 0;
    this.stalled += now - (begins ? this.#seen.at : looked);
    return begins;
  }

  /** Seconds from the position to the end of what is buffered around it. */
  buffer() {
    const { buffered, currentTime } = this.#video;
    for (let i = 0; i < buffered.length; ++i) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i)) return buffered.end(i) - currentTime;
    }
    return 0;
  }

  /** { shown, dropped } pictures since the beginning. */
  pictures() {
    const { totalVideoFrames, droppedVideoFrames } = this.#video.getVideoPlaybackQuality();
    return { shown: totalVideoFrames, dropped: droppedVideoFrames };
  }
}
