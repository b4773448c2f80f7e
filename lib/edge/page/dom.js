// Making elements without a framework.

const SVG = "http://www.w3.org/2000/svg";

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** element("button", { type: "button", onclick: f }, "Play") */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

const ICONS = {
  play: "M7 4.5v15l13-7.5z",
  pause: "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z",
  loud: "M3 9v6h4l5 4.5v-15L7 9zM15 8.2v7.6a4.4 4.4 0 0 0 0-7.6zM15 3.6v2.2a6.6 6.6 0 0 1 0 12.4v2.2a8.7 8.7 0 0 0 0-16.8z",
  mute: "M3 9v6h4l5 4.5v-15L7 9zM21.5 9.4 20.1 8l-2.4 2.4L15.300 8l-1.400 1.400L16.300 12l-2.400 2.600 1.400 1.400 2.400-2.600 2.400 2.600 1.400-1.400L19.100 12z",
  full: "M4 4h6v2.200H6.200V10H4zM14 4h6v6h-2.200V6.200H14zM4 14h2.200v3.800H10V20H4zM17.800 14H20v6h-6v-2.200h3.800z",
  close: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12l5.600 5.600-1.400 1.400L12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** Changes the text only when it is another one, so that nothing is read out or drawn again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}
