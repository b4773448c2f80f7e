// An origin for low latency, for the tests only: it holds a request for a playlist until the one on
// disk has the segment and part asked for, and one for a part until the file is there.
// Source: draft-pantos-hls-rfc8216bis section 6.2.5.2.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { pause } from "./chromium.mjs";

const PATIENCE = 10_000; // ms
const LOOK = 5;          // ms between two looks at the disk

const TYPES = { ".m3u8": "application/vnd.apple.mpegurl", ".m4s": "video/mp4", ".mp4": "video/mp4" };

/** Up to which segment a playlist has come, and how many parts of the next one it has. */
function reached(text) {
  let next = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
  let parts = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("#EXT-X-PART:")) ++parts;
    if (line !== "" && !line.startsWith("#")) {
      ++next;
      parts = 0;
    }
  }
  return { next, parts, ended: text.includes("#EXT-X-ENDLIST") };
}

function has(text, msn, part) {
  const { next, parts, ended } = reached(text);
  if (ended || next > msn) return true;
  return part !== null && next === msn && parts > part;
}

async function read(file) {
  return fs.promises.readFile(file).catch(() => null);
}

export class Origin {
  held = 0; // requests that had to wait

  static async start(folder) {
    const origin = new Origin();
    origin.folder = folder;
    origin.server = http.createServer((request, response) => origin.#answer(request, response));
    await new Promise((resolve) => origin.server.listen(0, "127.0.0.1", resolve));
    origin.url = `http://127.0.0.1:${origin.server.address().port}`;
    return origin;
  }

  async close() {
    this.server.closeAllConnections?.();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.url);
    const file = path.join(this.folder, path.normalize(url.pathname));
    const bytes = await this.#wait(file, url.searchParams);
    response.writeHead(bytes ? 200 : 404, {
      "Access-Control-Allow-Origin": "*",
      "Cache-Control": "no-cache",
      "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
    });
    response.end(bytes ?? undefined);
  }

  async #wait(file, query) {
    const msn = query.get("_HLS_msn");
    const part = query.get("_HLS_part");
    const enough = (bytes) => bytes && (msn === null || has(bytes.toString(), Number(msn), part && Number(part)));
    const may_come = msn !== null || /\.\d+\.m4s$/.test(file);
    let bytes = await read(file);
    if (enough(bytes) || !may_come) return bytes;
    ++this.held;
    for (const end = Date.now() + PATIENCE; Date.now() < end && !enough(bytes);) {
      await pause(LOOK);
      bytes = await read(file);
    }
    return bytes;
  }
}
