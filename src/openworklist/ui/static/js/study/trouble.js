// What stands in a view in place of an image that cannot be shown: why, and what to do.
import { say } from "./words.js";

const REASONS = {
  0: "unreachable", 429: "tooMuch", 503: "tooMuch",
  "study-token.unknown": "gone", "instance.not-found": "gone", "series.not-found": "gone",
};

export class Trouble {
  constructor(element, retry) {
    this.element = element;
    this.link = element.querySelector("a");
    element.querySelector("button").addEventListener("click", retry);
  }

  show(stack, frame, loader) {
    const error = stack.error ?? (frame && loader.problemOf(frame));
    const isEmpty = !stack.paper && !stack.isComing && !stack.frames.length;
    this.element.hidden = !error && !isEmpty;
    if (this.element.hidden) return;
    const text = say(REASONS[error?.code] ?? REASONS[error?.status] ?? "unshown");
    const words = this.element.querySelector("p");
    if (words.textContent !== text) words.textContent = text;
    this.link.hidden = !frame;
    if (frame) [this.link.href, this.link.download] = [stack.downloadOf(frame), `${frame.instance}.dcm`];
  }
}
