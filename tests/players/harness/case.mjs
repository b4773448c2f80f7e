// What a case has at hand: a folder, the tools, a server, a browser, and a place for its findings.
import fs from "node:fs";
import { Chromium, pause } from "./chromium.mjs";
import { Running, run } from "./chain.mjs";
import { Web } from "./web.mjs";

const PLAYERS = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** What `ingest test:` of source() shows. */
export const SOURCE = { width: 640, height: 360, rate: 25 };

/** A page that plays something. */
class Player {
  constructor(tab, chromium) {
    Object.assign(this, { tab, chromium });
  }

  figures() {
    return this.tab.evaluate("page.figures()");
  }

  evaluate(...args) {
    return this.tab.evaluate(...args);
  }

  /** The figures as soon as `enough` is content with them, or those after so many seconds. */
  async until(enough, seconds) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const figures = await this.figures();
      if (enough(figures) || Date.now() > end) return figures;
      await pause(100);
    }
  }

  /** Stands at `media` seconds; what is shown there: { media, number, took }. */
  async seek(media) {
    const landed = await this.tab.evaluate((to) => page.watcher.seek(to), media);
    if (landed.number !== null) return landed;
    return { ...landed, number: await this.#photograph() };
  }

  // A page cannot read the pictures that a key was needed for; what the browser shows can be seen.
  async #photograph() {
    const clip = await this.tab.evaluate(() => {
      const { x, y, width, height } = page.video.getBoundingClientRect();
      return { x, y, width, height, scale: 1 };
    });
    const { data } = await this.tab.send("Page.captureScreenshot", { clip });
    return this.tab.evaluate(async (png) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      return page.watcher.timecode.read(image);
    }, data);
  }
}

export class Case {
  faults = [];
  facts = [];
  #end = [];

  static async open(folder) {
    const made = new Case();
    made.folder = folder;
    made.media = `${folder}/media`;
    fs.mkdirSync(made.media, { recursive: true });
    made.web = await Web.start(`${folder}/web`, made.media, PLAYERS);
    made.#end.push(() => made.web.close());
    return made;
  }

  /** Runs a command of bash in the folder of the media, to its end. */
  shell(command) {
    return run(command, this.media);
  }

  /** The same beside the player; it is killed with the case. */
  start(command) {
    const running = new Running(command, this.media);
    this.#end.push(() => running.kill());
    return running;
  }

  /**
   * Opens page/PLAYER.html and has it play `file`, a path below the media or a URL. `config` is the
   * player's, `listen` keeps when tones begin, `prepare` may do something with the tab before.
   */
  async play(player, file, { config = {}, source = SOURCE, listen = false, prepare } = {}) {
    const chromium = await Chromium.start(`${this.folder}/chromium-${this.#end.length}`);
    this.#end.push(() => chromium.close());
    const tab = await chromium.tab(this.web.url(`player/${player}.html`));
    await prepare?.(tab);
    const url = file.includes("://") ? file : this.web.url(`media/${file}`);
    await tab.evaluate((...args) => page.load(...args), url, source, config);
    if (listen) await tab.evaluate("page.watcher.listen()");
    this.versions = [chromium.version, await tab.evaluate("page.name")];
    return new Player(tab, chromium);
  }

  /** Cleans up when the case is over, like a defer. */
  finally(done) {
    this.#end.push(done);
  }

  check(condition, fault) {
    if (!condition) this.faults.push(fault);
    return Boolean(condition);
  }

  say(fact) {
    this.facts.push(fact);
  }

  async close() {
    for (const done of this.#end.reverse()) await done();
  }
}
