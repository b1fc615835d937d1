// The keyboard: the view that is active is steered from anywhere on the page, but for where keys mean something else.
import { ACTS, choosePreset } from "./acts.js";

const PLAIN = {
  ArrowDown: "next", ArrowUp: "before", PageDown: "nextTen", PageUp: "beforeTen", Home: "first", End: "last",
  ArrowRight: "nextSeries", ArrowLeft: "seriesBefore", "+": "enlarge", "=": "enlarge", "-": "reduce",
  b: "brighter", d: "darker", c: "moreContrast", l: "lessContrast", i: "invert", f: "fit", o: "original",
  r: "turn", h: "mirror", v: "flip", 0: "reset", " ": "play", t: "split", s: "sync", "?": "help",
};
const SHIFTED = { ArrowLeft: "moveLeft", ArrowRight: "moveRight", ArrowUp: "moveUp", ArrowDown: "moveDown" };

// A list takes letters and arrows, a slider arrows, a button the blank.
function isTaken(target, key) {
  if (target.closest("select, input:not([type=range])")) return true;
  if (target.closest("input[type=range]")) return key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);
  return key === " " && target.closest("button") !== null;
}

// `more` are acts that are the page's own.
export function listen(desk, more) {
  const acts = { ...ACTS, ...more };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || isTaken(event.target, event.key)) return;
    if (/^[1-9]$/.test(event.key)) {
      choosePreset(desk, Number(event.key) - 1);
    } else {
      const name = (event.shiftKey && SHIFTED[event.key]) || PLAIN[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!name) return;
      acts[name](desk);
    }
    event.preventDefault();
  });
}
