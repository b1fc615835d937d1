// A stack: what a tile of the strip stands for. Images of a series, one clip, or papers that are no images.
import { readFrames } from "./frame.js";
import { text } from "./dataset.js";

export class Stack {
  frames = [];
  rate = null;
  range = null; // the window over all values of its first picture
  error = null;
  isComing = false;
  #study;
  #loading = null;

  constructor(tile, study) {
    this.tile = tile;
    this.#study = study;
    ({ series: this.series, instance: this.instance = "", modality: this.modality = "" } = tile.dataset);
    this.isClip = Boolean(this.instance);
    const paper = tile.parentElement.querySelector("template");
    this.paper = paper ? () => paper.content.cloneNode(true) : null;
  }

  // The words of the tile; the server has made sure that what was sent keeps to its place.
  label() {
    return [...this.tile.querySelector(".label > span").childNodes].map((each) => each.cloneNode(true));
  }

  // Know the frames; once, unless it failed.
  async load() {
    if (this.paper) return;
    this.#loading ??= this.#load().finally(() => { if (this.error) this.#loading = null; });
    await this.#loading;
  }

  async #load() {
    [this.isComing, this.error] = [true, null];
    try {
      const sets = await this.#study.metadata(this.series, this.instance);
      const left = this.tile.dataset.without?.split(" ") ?? [];
      const own = sets.filter((each) => !left.includes(text(each, "00080018")));
      ({ frames: this.frames, rate: this.rate } = readFrames(own));
    } catch (error) {
      this.error = error;
    }
    this.isComing = false;
  }

  downloadOf(frame) {
    return `${this.#study.addressOf(frame.series, frame.instance)}?accept=application/dicom`;
  }
}
