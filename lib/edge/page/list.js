// The list of shows; each way to watch one is a button that stays pressed while its player is open.
import { element, setAttribute, setText } from "./dom.js";
import { KINDS, count } from "./words.js";

export const keyOf = ({ kind, url }) => `${kind}=${url}`;

export class List {
  #root;
  #toggle;
  #items = new Map(); // by id of the show

  /** `toggle(show, way)` opens or closes a player. */
  constructor(root, toggle) {
    this.#root = root;
    this.#toggle = toggle;
  }

  /** `open` has the keys of the ways that are being watched. */
  show(shows, open) {
    for (const [id, { item }] of this.#items) {
      if (shows.some((show) => show.id === id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    shows.forEach((show, place) => {
      const known = this.#items.get(show.id) ?? this.#make(show);
      known.show = show;
      this.#update(known, open);
      if (this.#root.children[place] !== known.item) this.#root.insertBefore(known.item, this.#root.children[place] ?? null);
    });
  }

  #make(show) {
    const name = element("h3", {}, show.title);
    const state = element("span", { class: "badge" });
    const where = element("p", { class: "muted where" });
    const ways = element("div", { class: "ways", role: "group", "aria-label": `Ways to watch ${show.title}` });
    const item = element("li", { class: "show" }, element("div", { class: "show-head" }, name, state), where, ways);
    const made = { item, state, where, ways, buttons: new Map() };
    this.#items.set(show.id, made);
    return made;
  }

  #update(known, open) {
    const { show, state, where, ways, buttons } = known;
    setText(state, show.live ? "Live" : "On demand");
    state.classList.toggle("live", show.live);
    setText(where, show.names.join(" · ") + (show.viewers > 0 ? ` · ${count(show.viewers, "viewer")}` : ""));
    for (const [key, button] of buttons) {
      if (show.ways.some((way) => keyOf(way) === key)) continue;
      button.remove();
      buttons.delete(key);
    }
    for (const way of show.ways) {
      const key = keyOf(way);
      if (!buttons.has(key)) {
        const button = element("button", { type: "button", class: "way", onclick: () => this.#toggle(known.show, way) }, KINDS[way.kind].name);
        buttons.set(key, button);
        ways.append(button);
      }
      setAttribute(buttons.get(key), "aria-pressed", open.has(key));
    }
  }
}
