// Light, dark, or as the system has it.
import { setText } from "./dom.js";

const NAMES = { system: "auto", light: "light", dark: "dark" };
const ORDER = Object.keys(NAMES);

function stored() {
  try {
    const theme = localStorage.getItem("theme");
    return ORDER.includes(theme) ? theme : "system";
  } catch {
    return "system"; // storage is switched off
  }
}

function keep(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // it lasts as long as the page then
  }
}

export function begin(button) {
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    setText(button, `Theme: ${NAMES[theme]}`);
  };
  let theme = stored();
  show(theme);
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    keep(theme);
    show(theme);
  });
}
