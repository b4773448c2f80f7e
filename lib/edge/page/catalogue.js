// What there is to see: the server's live streams and the playlists in its folders, asked for again and again.

const EVERY = 3000;      // ms
const LOOK_AGAIN = 12000; // ms, at a playlist that was live

/** What a media playlist says of itself. */
export function readPlaylist(text) {
  const live = !/^#EXT-X-ENDLIST/m.test(text) && !/^#EXT-X-PLAYLIST-TYPE:VOD/m.test(text);
  return { live, low: live && /^#EXT-X-PART-INF:/m.test(text) };
}

/** The URI of the first rendition of a multivariant playlist; null for a media playlist. */
export function firstRendition(text) {
  return /^#EXT-X-STREAM-INF:.*\r?\n(?:#.*\r?\n)*([^#\s].*)$/m.exec(text)?.[1].trim() ?? null;
}

const last = (name) => name.split("/").at(-1);

function countBy(list, key) {
  const counts = new Map();
  for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return counts;
}

/**
 * Shows to choose from: a stream and a folder whose names end alike, and no others do, are one show in
 * several ways. Ways are { kind: "ll" | "hls" | "flv", url }.
 */
export function group(streams, presentations) {
  const clear = new Set([...countBy(streams, ({ name }) => last(name))].filter(([, count]) => count === 1).map(([name]) => name));
  const once = countBy(presentations, ({ name }) => last(name));
  const shows = new Map();
  const add = (id, title, name, live) => {
    if (!shows.has(id)) shows.set(id, { id, title, names: [], live: false, viewers: 0, ways: [] });
    const show = shows.get(id);
    show.names.push(name);
    show.live ||= live;
    return show;
  };
  for (const { name, url, low, live } of presentations) {
    const shared = clear.has(last(name)) && once.get(last(name)) === 1;
    const show = add(shared ? `~${last(name)}` : name, last(name), name, live);
    if (low) show.ways.push({ kind: "ll", url });
    show.ways.push({ kind: "hls", url });
  }
  for (const { name, url, viewers } of streams) {
    const shared = clear.has(last(name)) && once.get(last(name)) === 1;
    const show = add(shared ? `~${last(name)}` : name, last(name), name, true);
    show.viewers += Object.values(viewers).reduce((sum, count) => sum + count, 0);
    show.ways.push({ kind: "flv", url });
  }
  return [...shows.values()].sort((a, b) => b.live - a.live || a.title.localeCompare(b.title));
}

async function getText(url) {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

export class Catalogue extends EventTarget {
  shows = [];
  lost = false;          // the server does not answer
  #clock;
  #streams = new Map();  // by URL
  #looked = new Map();   // presentations by URL: { live, low, at }

  constructor(clock) {
    super();
    this.#clock = clock;
  }

  /** Asks now and from now on; while the page is hidden only as often as the browser lets it. */
  async begin() {
    for (;;) {
      await this.#ask();
      this.dispatchEvent(new Event("change"));
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  }

  /**
   * The UTC of a stamp of a live stream, { utc, of }: when that frame left the "source" or came to the "server";
   * null: it is not known.
   */
  timeOf(url, stamp) {
    const clock = this.#streams.get(url)?.clock;
    return clock ? { utc: clock.utc_ms + stamp - clock.stamp_ms, of: clock.of } : null;
  }

  async #ask() {
    try {
      const [streams, { presentations }] = await Promise.all([this.#askStreams(), getText("/presentations").then(JSON.parse)]);
      this.#streams = new Map(streams.map((stream) => [stream.url, stream]));
      await Promise.all(presentations.map(({ url }) => this.#look(url)));
      const whole = presentations.map((one) => ({ ...one, ...this.#looked.get(one.url) })).filter(({ live }) => live !== undefined);
      this.shows = group(streams, whole);
      this.lost = false;
    } catch {
      this.lost = true;
    }
  }

  async #askStreams() {
    const asked = Date.now();
    const { now_ms, streams } = JSON.parse(await getText("/streams"));
    if (now_ms !== undefined) this.#clock.learn(asked, now_ms, Date.now());
    return streams;
  }

  async #look(url) {
    const known = this.#looked.get(url);
    if (known && (!known.live || Date.now() - known.at < LOOK_AGAIN)) return;
    try {
      let text = await getText(url);
      const first = firstRendition(text);
      if (first !== null) text = await getText(new URL(first, new URL(url, location)));
      this.#looked.set(url, { ...readPlaylist(text), at: Date.now() });
    } catch {
      this.#looked.delete(url); // gone, or not there yet
    }
  }
}
