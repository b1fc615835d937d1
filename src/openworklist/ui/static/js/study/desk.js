// One or two views side by side: which one the tools and keys are for, and whether they scroll together.
import { nearestTo } from "./geometry.js";

// Tells by "change" that something about the view that is active is another thing now.
export class Desk extends EventTarget {
  isSynced = false;
  #following = false;

  constructor(element, views) {
    super();
    [this.element, this.views, this.active] = [element, views, views[0]];
    for (const view of views) {
      view.element.addEventListener("focusin", () => this.activate(view));
      for (const name of ["change", "stack", "seen", "play"]) view.addEventListener(name, () => this.#hear(view, name));
    }
  }

  get isDouble() {
    return !this.views[1].element.hidden;
  }

  get other() {
    return this.views[this.active === this.views[0] ? 1 : 0];
  }

  activate(view) {
    this.active = view;
    for (const each of this.views) each.element.classList.toggle("is-active", each === view && this.isDouble);
    this.dispatchEvent(new Event("change"));
  }

  // Two views or one; `stack` is what the second begins with.
  split(isDouble, stack) {
    const second = this.views[1];
    second.element.hidden = !isDouble;
    this.element.classList.toggle("is-double", isDouble);
    if (isDouble && stack && !second.stack) second.show(stack);
    if (!isDouble) second.stop();
    this.activate(isDouble ? this.active : this.views[0]);
  }

  sync(isSynced) {
    this.isSynced = isSynced;
    if (isSynced) this.#lead(this.active, 0);
    this.dispatchEvent(new Event("change"));
  }

  #hear(view, name) {
    if (name === "stack") view.last = view.index;
    const by = view.index - (view.last ?? view.index);
    view.last = view.index;
    if (this.isSynced && this.isDouble && by && !this.#following) this.#lead(view, by);
    if (view === this.active) this.dispatchEvent(new Event("change"));
  }

  // Slices of the same space go to the same place; all others as many images on.
  #lead(view, by) {
    const follower = this.views.find((each) => each !== view);
    if (!this.isDouble || !view.frame || !follower.stack) return;
    const place = nearestTo(view.frame, follower.stack.frames);
    this.#following = true;
    follower.go(place >= 0 ? place : follower.index + by);
    this.#following = false;
  }
}
