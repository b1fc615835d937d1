// One view: which image of which stack it shows, in which window, and where it lies.
import { listAhead } from "./ahead.js";
import { Corners } from "./corners.js";
import { Look } from "./look.js";
import { Stage } from "./stage.js";
import { PLAIN } from "./window.js";

// Tells by "change" that an image, a window or a place was chosen, by "stack" that another stack is shown, by "seen" that
// its first image is, and by "play" that a cine begins or ends.
export class View extends Look {
  stack = null;
  index = 0;
  isPlaying = false;
  #direction = 1;
  #drawn = null; // the frame that is seen
  #scheduled = 0;

  constructor(element, loader) {
    super();
    [this.element, this.loader] = [element, loader];
    this.canvas = element.querySelector("canvas");
    this.stage = new Stage(this.canvas);
    this.corners = new Corners(element, { retry: () => this.retry(), slide: (index) => this.go(index) });
    loader.addEventListener("come", ({ detail }) => this.stack?.frames.includes(detail) && this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  get frame() {
    return this.stack?.frames[this.index];
  }

  // What is seen, while a newer one may be on its way.
  get picture() {
    return this.#drawn ? this.loader.peek(this.#drawn) : undefined;
  }

  get window() {
    const { picture } = this;
    if (!picture?.isGrey) return this.chosen ?? PLAIN;
    return this.chosen ?? picture.frame.windows[0] ?? (this.stack.range ??= picture.range);
  }

  pixelAt(point) {
    return this.picture ? this.place.toPixel(this.picture, ...this.stage.size, point) : null;
  }

  // Show a stack: a clip from its beginning, others from their middle.
  async show(stack) {
    this.stop();
    [this.stack, this.index, this.#drawn] = [stack, 0, null];
    this.reset();
    this.stage.clear();
    this.loader.release(this);
    const coming = stack.load();
    this.corners.begin(stack);
    this.dispatchEvent(new Event("stack"));
    await coming;
    if (this.stack !== stack) return;
    this.index = stack.isClip ? 0 : Math.floor(Math.max(0, stack.frames.length - 1) / 2);
    this.corners.begin(stack);
    this.#fetch();
    this.dispatchEvent(new Event("stack"));
  }

  go(index) {
    const next = Math.max(0, Math.min((this.stack?.frames.length ?? 0) - 1, index));
    if (next === this.index) return;
    this.#direction = Math.sign(next - this.index);
    this.#turnTo(next);
  }

  step(by) {
    this.go(this.index + by);
  }

  // The next image of a cine; false while it is on its way.
  advance() {
    const next = (this.index + 1) % this.stack.frames.length;
    const frame = this.stack.frames[next];
    if (!this.loader.peek(frame) && !this.loader.problemOf(frame)) return false;
    this.#turnTo(next);
    return true;
  }

  play(isPlaying) {
    this.isPlaying = isPlaying && (this.stack?.frames.length ?? 0) > 1;
    this.#fetch();
    this.dispatchEvent(new Event("play"));
  }

  stop() {
    if (this.isPlaying) this.play(false);
  }

  retry() {
    if (this.stack.error) return this.show(this.stack);
    this.loader.forgive(this.frame);
    return this.#fetch();
  }

  redraw() {
    this.#scheduled ||= requestAnimationFrame(() => this.#draw());
  }

  #turnTo(index) {
    this.index = index;
    this.#fetch();
    this.dispatchEvent(new Event("change"));
  }

  #fetch() {
    const { frames } = this.stack;
    if (frames.length) {
      const how = { direction: this.#direction, isPlaying: this.isPlaying, loader: this.loader };
      this.loader.want(this, listAhead(frames, this.index, how));
    }
    this.redraw();
  }

  #draw() {
    this.#scheduled = 0;
    const isFirst = !this.#drawn;
    if (this.frame && this.loader.peek(this.frame)) this.#drawn = this.frame;
    const { picture } = this;
    const line = picture && this.lines.get(this.#drawn);
    if (picture) this.stage.draw(picture, this.window, this.isInverted, this.place);
    const end = line && this.stage.line(picture, this.place, line);
    if (this.stack) this.corners.write(this, picture, line && { line, end });
    if (isFirst && picture) this.dispatchEvent(new Event("seen"));
  }
}
