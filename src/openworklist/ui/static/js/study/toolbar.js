// The buttons and lists above the views: what they do, and how things stand.
import { ACTS, choosePreset } from "./acts.js";
import { usualRate } from "./cine.js";
import { listPresets } from "./presets.js";

const ENDS = { 1: "pan", 2: "zoom" }; // the middle and the right button of a mouse

export class Toolbar {
  tool = matchMedia("(pointer: coarse)").matches ? "scroll" : "window";
  #rates = new WeakMap(); // by stack, what somebody chose

  constructor(element, desk, more) {
    [this.element, this.desk] = [element, desk];
    this.preset = element.querySelector("[name=preset]");
    this.rate = element.querySelector("[name=rate]");
    const acts = { ...ACTS, ...more };
    element.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act], [data-tool]");
      if (button?.dataset.tool) this.tool = button.dataset.tool;
      else if (button) acts[button.dataset.act](desk);
      this.update();
    });
    this.preset.addEventListener("change", () => choosePreset(desk, Number(this.preset.value)));
    this.rate.addEventListener("change", () => this.#rates.set(desk.active.stack, Number(this.rate.value)));
    desk.addEventListener("change", () => this.update());
    this.update();
  }

  choose(event) {
    return event.pointerType === "mouse" ? (ENDS[event.button] ?? this.tool) : this.tool;
  }

  rateOf(stack) {
    return this.#rates.get(stack) ?? usualRate(stack);
  }

  update() {
    const { desk, desk: { active } } = this;
    const count = active.stack?.frames.length ?? 0;
    this.#press("tool", (name) => name === this.tool);
    const states = { invert: active.isInverted, play: active.isPlaying, split: desk.isDouble, sync: desk.isSynced };
    this.#press("act", (name) => states[name]);
    for (const button of this.element.querySelectorAll("[data-act]")) {
      const { act } = button.dataset;
      button.disabled = act === "sync" ? !desk.isDouble : act === "play" ? count < 2 : count < 1 && !["split", "help"].includes(act);
    }
    this.preset.disabled = count < 1;
    this.rate.disabled = count < 2;
    listPresets(this.preset, active);
    this.#offerRate(this.rateOf(active.stack));
  }

  #press(kind, isPressed) {
    for (const button of this.element.querySelectorAll(`[data-${kind}][aria-pressed]`)) {
      button.setAttribute("aria-pressed", String(Boolean(isPressed(button.dataset[kind]))));
    }
  }

  // The rate of an instance may be none of those in the list.
  #offerRate(rate) {
    const values = [...this.rate.options].map(({ value }) => Number(value));
    if (!values.includes(rate)) {
      const next = values.findIndex((each) => each > rate);
      this.rate.add(new Option(String(rate), String(rate)), next < 0 ? null : next);
    }
    this.rate.value = String(rate);
  }
}
