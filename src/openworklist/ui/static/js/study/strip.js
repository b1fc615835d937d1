// The strip of series: which tile is shown where, and what opens another one.
import { Stack } from "./stack.js";

export class Strip {
  constructor(element, desk, study) {
    [this.element, this.desk] = [element, desk];
    this.stacks = [...element.querySelectorAll("a.tile")].map((tile) => new Stack(tile, study));
    for (const stack of this.stacks) {
      stack.tile.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window
        event.preventDefault();
        desk.active.show(stack);
      });
      // A picture that does not come leaves its place to the word below it.
      stack.tile.querySelector("img")?.addEventListener("error", ({ target }) => target.remove());
    }
    desk.addEventListener("change", () => this.update());
  }

  // What a page begins with: the first that has images, else the first.
  get start() {
    return this.stacks.find((each) => !each.paper) ?? this.stacks[0];
  }

  // The next of a stack with images, for a second view.
  after(stack) {
    const place = this.stacks.indexOf(stack);
    return this.stacks.slice(place + 1).find((each) => !each.paper) ?? stack;
  }

  step(by) {
    const place = this.stacks.indexOf(this.desk.active.stack);
    const next = this.stacks[Math.max(0, Math.min(this.stacks.length - 1, place + by))];
    if (next && next !== this.desk.active.stack) this.desk.active.show(next);
  }

  update() {
    const shown = this.desk.views.filter(({ element }) => !element.hidden).map(({ stack }) => stack);
    for (const stack of this.stacks) {
      const isActive = stack === this.desk.active.stack;
      if (isActive && !stack.tile.hasAttribute("aria-current")) stack.tile.scrollIntoView({ block: "nearest", inline: "nearest" });
      stack.tile.toggleAttribute("aria-current", isActive);
      if (isActive) stack.tile.setAttribute("aria-current", "true");
      stack.tile.classList.toggle("is-shown", shown.includes(stack));
    }
  }
}
