// `edge` with one show in it: published over RTMP, and as HLS with parts in its folder.
import fs from "node:fs";
import { pause } from "./chromium.mjs";
import { realtime } from "./media.mjs";
import { freePort } from "./web.mjs";

const PATIENCE = 30_000; // ms

async function until(done, what) {
  for (const end = Date.now() + PATIENCE; !(await done());) {
    if (Date.now() > end) throw new Error(`${what} does not come`);
    await pause(100);
  }
}

export class Edge {
  /** Only the server; `folder` is what it serves below /hls. */
  static async start(test, options = "") {
    const edge = new Edge();
    const [http, rtmp] = [await freePort(), await freePort()];
    edge.test = test;
    edge.url = `http://127.0.0.1:${http}`;
    edge.rtmp = `rtmp://127.0.0.1:${rtmp}/live`;
    fs.mkdirSync(`${test.media}/hls`, { recursive: true });
    edge.running = test.start(`exec edge --http 127.0.0.1:${http} --rtmp 127.0.0.1:${rtmp}/live --hls hls --log-level warning ${options}`);
    await until(() => fetch(`${edge.url}/healthz`).then(({ ok }) => ok, () => false), "edge");
    return edge;
  }

  /** The server stands still for so many milliseconds. */
  async freeze(ms) {
    this.running.signal("SIGSTOP", "edge");
    await pause(ms);
    this.running.signal("SIGCONT", "edge");
  }

  /**
   * Has `ingest test:` on air, as /live/show.flv and /hls/show/master.m3u8. What it gives is told by no clock in
   * the stream: when the first byte left the source, in ms since 1970, which is when its first picture was due.
   */
  async broadcast({ window = "60s" } = {}) {
    const { media } = this.test;
    const stamp = "{ dd bs=1 count=1 status=none; date +%s%3N >began; exec cat; }";
    const chain = realtime(this.test, `tee >(hls-segment -o hls/show --log-level warning --playlist live --window ${window} --part 500ms) | ` +
      `flv-mux --rendition 360p --log-level warning --push ${this.rtmp}/show`);
    this.chain = this.test.start(chain.replace("|", `| ${stamp} |`));
    await until(() => fs.existsSync(`${media}/hls/show/master.m3u8`), "the playlist");
    await until(async () => (await (await fetch(`${this.url}/streams`)).json()).streams.length > 0, "the live stream");
    return Number(fs.readFileSync(`${media}/began`, "utf8"));
  }
}
