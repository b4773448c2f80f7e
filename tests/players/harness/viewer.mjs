// Somebody in front of edge's player page: eyes, hands, and a look behind the scenes.
import fs from "node:fs";
import { Chromium, pause } from "./chromium.mjs";

const KEYS = {
  Tab: [9], Enter: [13, "\r"], " ": [32, " "], PageUp: [33], PageDown: [34], End: [35], Home: [36],
  ArrowLeft: [37], ArrowUp: [38], ArrowRight: [39], ArrowDown: [40], m: [77, "m"],
};
const TIMECODE = fs.readFileSync(new URL("../page/timecode.js", import.meta.url), "utf8");

/** What is asked of the page about one player; it runs there. */
function look(key) {
  const panel = weir.panels.get(key);
  if (!panel) return null;
  window.timecode ??= new Timecode(640, 360, 25);
  const { video, figures } = panel;
  return {
    number: timecode.read(video), now: Date.now(), media: video.currentTime, paused: video.paused, ended: video.ended, muted: video.muted,
    audioBytes: video.webkitAudioDecodedByteCount, buffered: video.buffered.length, ...figures,
  };
}

export class Viewer {
  origins = new Set();   // that were asked for anything
  complaints = [];       // of the browser: refused by policy, not found
  #shots = 0;

  /** Opens `url` in a window of that size. `scheme` is light or dark, `before` runs ahead of the page's own scripts. */
  static async open(test, url, { width = 1280, height = 900, scheme = "light", mobile = false, before = "" } = {}) {
    const viewer = new Viewer();
    const folder = `${test.folder}/chromium-${Date.now()}`;
    const chromium = await Chromium.start(folder);
    viewer.close = () => chromium.close();
    test.finally(viewer.close);
    viewer.folder = test.folder;
    viewer.tab = await chromium.tab("about:blank");
    test.versions = [chromium.version];
    const { tab } = viewer;
    chromium.connection.on((message) => viewer.#hear(message));
    for (const domain of ["Network", "Log"]) await tab.send(`${domain}.enable`);
    await tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await viewer.prefer({ "prefers-color-scheme": scheme });
    if (before) await tab.send("Page.addScriptToEvaluateOnNewDocument", { source: before });
    await tab.open(url);
    await tab.evaluate(`${TIMECODE}; window.Timecode = Timecode`);
    return viewer;
  }

  #hear({ method, params }) {
    if (method === "Network.requestWillBeSent") this.origins.add(new URL(params.request.url).origin);
    if (method === "Log.entryAdded" && params.entry.level === "error") this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
  }

  prefer(features) {
    return this.tab.send("Emulation.setEmulatedMedia", { features: Object.entries(features).map(([name, value]) => ({ name, value })) });
  }

  /** How one player stands, "flv=/live/show.flv"; null when it is not open. */
  look(key) {
    return this.tab.evaluate(look, key);
  }

  /** The same as soon as `enough` is content with it, or after so many seconds. */
  async until(key, enough, seconds) {
    for (const end = Date.now() + seconds * 1000;;) {
      const seen = await this.look(key);
      if ((seen && enough(seen)) || Date.now() > end) return seen;
      await pause(100);
    }
  }

  /** How all of them stand, again and again for so many seconds. */
  async watch(keys, seconds) {
    const seen = Object.fromEntries(keys.map((key) => [key, []]));
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      for (const key of keys) seen[key].push(await this.look(key));
      await pause(150);
    }
    return seen;
  }

  async press(...keys) {
    for (const key of keys) {
      const [windowsVirtualKeyCode, text] = KEYS[key];
      const event = { key, code: key, windowsVirtualKeyCode, text };
      await this.tab.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
      await this.tab.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    }
  }

  /** Presses Tab until the focus is on what `selector` names; how often, or null. */
  async tabTo(selector, most = 40) {
    for (let count = 0; count <= most; ++count) {
      if (await this.tab.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return count;
      await this.press("Tab");
    }
    return null;
  }

  /** A picture of the whole page, kept with the case. */
  async photograph(name) {
    const { data } = await this.tab.send("Page.captureScreenshot", { captureBeyondViewport: true });
    fs.writeFileSync(`${this.folder}/${++this.#shots}-${name}.png`, Buffer.from(data, "base64"));
  }
}
