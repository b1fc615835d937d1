// What is written over a view: texts in its corners, the letters of its sides, and what is in the way.
import { oppositeOf, sidesOf, normalOf, dot } from "./geometry.js";
import { lengthOf } from "./ruler.js";
import { Trouble } from "./trouble.js";
import { say, write } from "./words.js";

// Where a slice lies along its normal, in mm.
function locationOf(frame) {
  if (frame.position && frame.orientation) return dot(frame.position, normalOf(frame.orientation));
  return frame.location;
}

export class Corners {
  #trouble;

  constructor(element, { retry, slide }) {
    this.element = element;
    this.part = (name) => element.querySelector(`[data-part="${name}"]`);
    this.slider = element.querySelector("input[type=range]");
    this.slider.addEventListener("input", () => slide(Number(this.slider.value) - 1));
    this.#trouble = new Trouble(this.part("trouble"), retry);
  }

  begin(stack) {
    this.part("series").replaceChildren(...stack.label());
    this.slider.max = Math.max(1, stack.frames.length);
    this.slider.hidden = stack.frames.length < 2;
    this.element.classList.toggle("is-paper", Boolean(stack.paper));
    this.part("paper").replaceChildren(...(stack.paper ? [stack.paper()] : []));
    for (const name of ["image", "window", "zoom", "value", "ruler", "top", "right", "bottom", "left"]) this.put(name, "");
  }

  put(name, text) {
    const part = this.part(name);
    if (part.textContent !== text) part.textContent = text;
  }

  write(view, picture, measured) {
    const { stack, index } = view;
    this.slider.value = String(index + 1);
    const text = say("imageOf", { n: index + 1, all: stack.frames.length });
    this.slider.setAttribute("aria-valuetext", text);
    this.#trouble.show(stack, view.frame, view.loader);
    this.#progress(view);
    if (!picture) return;
    this.#image(stack, picture.frame);
    this.put("window", this.#windowText(view, picture));
    this.put("zoom", `${write(view.place.scaleFor(picture, ...view.stage.size) * devicePixelRatio * 100)} %`);
    this.#sides(view, picture.frame);
    this.#ruler(measured, picture);
  }

  // The image that is seen, not the one that is on its way.
  #image(stack, frame) {
    const away = locationOf(frame);
    const place = away === null ? "" : ` · ${write(away, 1)} mm`;
    this.put("image", `${stack.frames.indexOf(frame) + 1} / ${stack.frames.length}${place}`);
  }

  #windowText(view, picture) {
    const { center, width } = view.window;
    const isPlain = !picture.isGrey && !view.chosen;
    const digits = width < 10 ? 2 : 0;
    return isPlain ? "" : `${say("width")} ${write(width, digits)}  ${say("level")} ${write(center, digits)}`;
  }

  #sides(view, frame) {
    const known = sidesOf(frame);
    const [right, bottom] = known ? view.place.sides(known, oppositeOf) : ["", ""];
    this.put("right", right);
    this.put("left", oppositeOf(right));
    this.put("bottom", bottom);
    this.put("top", oppositeOf(bottom));
  }

  #ruler(measured, picture) {
    const label = this.part("ruler");
    this.put("ruler", measured ? lengthOf(measured.line, picture) : "");
    if (measured) [label.style.left, label.style.top] = measured.end.map((each) => `${Math.round(each) + 8}px`);
  }

  #progress({ stack, loader, frame }) {
    const count = stack.frames.filter((each) => loader.peek(each)).length;
    const bar = this.part("loaded");
    bar.hidden = !stack.frames.length || count === stack.frames.length;
    bar.style.transform = `scaleX(${stack.frames.length ? count / stack.frames.length : 0})`;
    const isWaiting = Boolean(frame) && !loader.peek(frame) && !loader.problemOf(frame);
    this.element.classList.toggle("is-waiting", isWaiting || stack.isComing);
  }

  // The value below the pointer; of what the server has drawn, its colours.
  probe(picture, point) {
    const [column, row] = point?.map(Math.floor) ?? [-1, -1];
    const isInside = picture && column >= 0 && row >= 0 && column < picture.columns && row < picture.rows;
    const values = isInside ? picture.valueAt(column, row).map((each) => write(each, 1)).join(" ") : "";
    this.put("value", isInside ? `${values} ${picture.isGrey ? picture.frame.unit : ""}`.trim() : "");
  }
}
