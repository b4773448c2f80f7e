// A headless Chromium, driven through the DevTools protocol over a pair of pipes.
// Source: https://chromedevtools.github.io/devtools-protocol/ ("flat" sessions).
import { spawn } from "node:child_process";
import fs from "node:fs";

const FLAGS = [
  "--headless=new", "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--mute-audio",
  "--disable-extensions", "--disable-background-networking", "--disable-component-update",
  "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
  "--autoplay-policy=no-user-gesture-required", "--remote-debugging-pipe", "--window-size=800,600",
];

// Messages are JSON with a zero byte behind each; every command has an answer with its number.
class Connection {
  #last = 0;
  #waiting = new Map();
  #listeners = [];
  #rest = "";

  constructor(child) {
    this.out = child.stdio[3];
    this.out.on("error", () => this.#fail("chromium is gone"));
    child.stdio[4].setEncoding("utf8");
    child.stdio[4].on("data", (text) => this.#take(text));
    child.on("exit", () => this.#fail("chromium is gone"));
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      this.out.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
  }

  on(listener) {
    this.#listeners.push(listener);
  }

  #take(text) {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop();
    for (const message of messages.map((one) => JSON.parse(one))) {
      if (message.id === undefined) {
        for (const listener of this.#listeners) listener(message);
        continue;
      }
      const { resolve, reject, method } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) reject(new Error(`${method}: ${message.error.message}`));
      else resolve(message.result);
    }
  }

  #fail(why) {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}

/** One page. What its console and its exceptions say is kept in `said`. */
class Tab {
  said = [];

  constructor(connection, session) {
    this.connection = connection;
    this.session = session;
    connection.on((message) => message.sessionId === session && this.#hear(message));
  }

  send(method, params) {
    return this.connection.send(method, params, this.session);
  }

  /** What `source`, or a function called with `values`, gives there; promises are waited for. */
  async evaluate(source, ...values) {
    const expression = typeof source === "function" ? `(${source})(...${JSON.stringify(values)})` : source;
    const answer = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) {
      const { exception, text } = answer.exceptionDetails;
      throw new Error(`in the page: ${exception?.description ?? text}`);
    }
    return answer.result.value;
  }

  async open(url) {
    await this.send("Page.navigate", { url });
    while (await this.evaluate(() => document.readyState) !== "complete") await pause(20);
  }

  /** Bytes of JavaScript objects that are still held. */
  async heap() {
    await this.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "JSHeapUsedSize").value;
  }

  #hear({ method, params }) {
    if (method === "Runtime.exceptionThrown") {
      this.said.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    }
    if (method === "Runtime.consoleAPICalled" && ["error", "assert"].includes(params.type)) {
      this.said.push(params.args.map((arg) => arg.value ?? arg.description).join(" "));
    }
  }
}

export class Chromium {
  /** `folder` is for its profile and what it says. */
  static async start(folder) {
    fs.mkdirSync(folder, { recursive: true });
    const flags = [...FLAGS, `--user-data-dir=${folder}/profile`];
    if (process.getuid() === 0) flags.push("--no-sandbox");
    const log = fs.openSync(`${folder}/chromium.log`, "w");
    const child = spawn("chromium", [...flags, "about:blank"], { stdio: ["ignore", log, log, "pipe", "pipe"] });
    fs.closeSync(log);
    const chromium = new Chromium();
    chromium.child = child;
    chromium.ended = new Promise((resolve) => child.on("exit", resolve).on("error", resolve));
    chromium.connection = new Connection(child);
    const { product } = await chromium.connection.send("Browser.getVersion");
    chromium.version = product.replace(/^\w+\//, "Chromium ");
    return chromium;
  }

  async tab(url) {
    const { targetId } = await this.connection.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.connection.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this.connection, sessionId);
    for (const domain of ["Page", "Runtime", "Performance"]) await tab.send(`${domain}.enable`);
    await tab.open(url);
    return tab;
  }

  /** Bytes of the largest renderer that no file stands behind: those of the page under test. */
  async memory() {
    const { processInfo } = await this.connection.send("SystemInfo.getProcessInfo");
    const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => {
      try {
        const line = /RssAnon:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${id}/status`, "utf8"));
        return Number(line[1]) * 1024;
      } catch {
        return 0; // gone in the meantime
      }
    });
    return Math.max(0, ...sizes);
  }

  async close() {
    await Promise.race([this.connection.send("Browser.close").catch(() => {}), pause(3000)]);
    const killer = setTimeout(() => this.child.kill("SIGKILL"), 3000);
    await this.ended;
    clearTimeout(killer);
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
