// The server's clock, as well as it can be known from here.

const KEPT = 8;

/** Its error is at most half of the shortest round trip that was seen lately. */
export class ServerClock {
  #seen = []; // { offset, trip } in ms, newest last

  /** The server said `utc` to a question asked at `asked` and answered at `answered`, all ms since 1970. */
  learn(asked, utc, answered) {
    this.#seen.push({ offset: utc - (asked + answered) / 2, trip: answered - asked });
    if (this.#seen.length > KEPT) this.#seen.shift();
  }

  /** Milliseconds since 1970; this machine's own as long as the server has said nothing. */
  now() {
    const best = this.#seen.reduce((a, b) => (b.trip < a.trip ? b : a), { offset: 0, trip: Infinity });
    return Date.now() + best.offset;
  }
}
