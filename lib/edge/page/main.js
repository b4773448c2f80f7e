// The page as a whole: the list on one side, the players on the other, what is open in the address.
import { Catalogue } from "./catalogue.js";
import { ServerClock } from "./clock.js";
import { setAttribute, setText } from "./dom.js";
import { List, keyOf } from "./list.js";
import { Panel } from "./panel.js";
import { begin as beginTheme } from "./theme.js";
import { count } from "./words.js";

const at = (id) => document.getElementById(id);

class Page {
  clock = new ServerClock();
  catalogue = new Catalogue(this.clock);
  panels = new Map(); // by keyOf() its way
  list = new List(at("shows"), (show, way) => this.toggle(show, way));
  #wanted = [...new URLSearchParams(location.hash.slice(1))].map(([kind, url]) => keyOf({ kind, url }));

  begin() {
    beginTheme(at("theme"));
    this.catalogue.addEventListener("change", () => this.#show());
    addEventListener("hashchange", () => {
      this.#wanted = [...new URLSearchParams(location.hash.slice(1))].map(([kind, url]) => keyOf({ kind, url }));
      for (const key of [...this.panels.keys()].filter((one) => !this.#wanted.includes(one))) this.#close(key);
      this.#show();
    });
    this.catalogue.begin();
  }

  toggle(show, way) {
    const key = keyOf(way);
    if (this.panels.has(key)) this.#close(key);
    else this.#open(show, way, true);
  }

  #open(show, way, asked) {
    const key = keyOf(way);
    const heard = [...this.panels.values()].some(({ video }) => !video.muted);
    const panel = new Panel(show, way, {
      clock: this.clock,
      timeOf: (url, stamp) => this.catalogue.timeOf(url, stamp),
      say: (text) => setText(at("said"), text),
      close: () => this.#close(key, true),
    }, heard);
    this.panels.set(key, panel);
    at("panels").append(panel.root);
    panel.start();
    this.#changed();
    if (asked && matchMedia("(max-width: 60rem)").matches) panel.root.scrollIntoView({ block: "start" });
  }

  #close(key, byButton = false) {
    this.panels.get(key)?.destroy();
    this.panels.delete(key);
    this.#changed();
    if (byButton) at("stage").focus(); // the button that had the focus is gone
  }

  #changed() {
    at("hint").hidden = this.panels.size > 0;
    const open = [...this.panels.values()].map(({ way }) => [way.kind, way.url]);
    history.replaceState(null, "", open.length > 0 ? `#${new URLSearchParams(open)}` : location.pathname + location.search);
    this.list.show(this.catalogue.shows, new Set(this.panels.keys()));
  }

  #show() {
    const { shows, lost } = this.catalogue;
    for (const show of shows) {
      for (const way of show.ways.filter((one) => this.#wanted.includes(keyOf(one)))) {
        this.#wanted = this.#wanted.filter((key) => key !== keyOf(way));
        if (!this.panels.has(keyOf(way))) this.#open(show, way, false);
      }
    }
    const live = shows.filter((show) => show.live).length;
    const viewers = shows.reduce((sum, show) => sum + show.viewers, 0);
    setText(at("summary"), lost ? "The server does not answer. Trying again …"
      : [[live, `${live} live`], [shows.length - live, `${shows.length - live} on demand`], [viewers, count(viewers, "viewer")]]
        .filter(([some]) => some > 0).map(([, text]) => text).join(" · "));
    setAttribute(at("summary"), "class", lost ? "muted lost" : "muted");
    at("nothing").hidden = shows.length > 0 || lost;
    this.list.show(shows, new Set(this.panels.keys()));
  }
}

const page = new Page();
page.begin();
window.weir = page; // for those who look behind the scenes: weir.panels has the figures
