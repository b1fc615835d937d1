// How somebody looks at the images of a view: window, place, distances. What is drawn is the view's own affair.
import { Place } from "./place.js";

export class Look extends EventTarget {
  place = new Place();
  chosen = null; // a window that somebody chose
  isInverted = false;
  lines = new Map(); // distances, by frame

  // A window; null for that of the image.
  choose(window) {
    this.chosen = window && { curve: "LINEAR", ...window, width: Math.max(1, window.width) };
    this.#changed();
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.#changed();
  }

  // Have something done with the place: view.arrange((place) => place.turn()).
  arrange(act) {
    if (this.picture) act(this.place, this.picture);
    this.#changed();
  }

  measure(line) {
    if (this.picture) this.lines.set(this.picture.frame, line);
    this.redraw();
  }

  reset() {
    [this.place, this.chosen, this.isInverted] = [new Place(), null, false];
    this.lines.clear();
    this.#changed();
  }

  #changed() {
    this.redraw();
    this.dispatchEvent(new Event("change"));
  }
}
