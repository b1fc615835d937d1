// Pictures on their way and in memory: what is wanted first comes first, and memory is bounded.
const AT_ONCE = 5; // browsers open six connections to a server
const MEGABYTE = 1024 * 1024;
const SHARE = 0.8; // of the room for what is wanted, the rest for what was seen before
const ROOM = ((navigator.deviceMemory ?? 4) > 4 ? 512 : 192) * MEGABYTE;

export class Loader extends EventTarget {
  #study;
  #kept = new Map(); // by frame, who was looked at last stands at the end
  #bytes = 0;
  #wanted = new Map(); // lists of frames by who wants them
  #coming = new Map(); // by frame, what stops it
  #failed = new Map();

  constructor(study) {
    super();
    this.#study = study;
  }

  // How many such pictures may be kept for one who wants them.
  capacity(bytes) {
    return Math.max(3, Math.floor((ROOM * SHARE) / Math.max(1, bytes) / Math.max(1, this.#wanted.size)));
  }

  peek(frame) {
    return this.#kept.get(frame);
  }

  problemOf(frame) {
    return this.#failed.get(frame);
  }

  forgive(frame) {
    this.#failed.delete(frame);
  }

  // Have these come, in this order, and nothing else for `owner`.
  want(owner, frames) {
    this.#wanted.set(owner, frames);
    for (const frame of [...frames].reverse()) this.#touch(frame);
    const all = new Set([...this.#wanted.values()].flat());
    for (const [frame, stop] of this.#coming) if (!all.has(frame)) stop.abort();
    this.#pump();
  }

  release(owner) {
    this.want(owner, []);
    this.#wanted.delete(owner);
  }

  get isIdle() {
    return this.#coming.size === 0;
  }

  #touch(frame) {
    const picture = this.#kept.get(frame);
    if (!picture) return;
    this.#kept.delete(frame);
    this.#kept.set(frame, picture);
  }

  // What has no room is left for later: pictures that are wanted must not drive each other out.
  #isFull(wanted) {
    let bytes = 0;
    for (const [frame, picture] of this.#kept) if (wanted.has(frame)) bytes += picture.bytes;
    return bytes >= ROOM * SHARE;
  }

  #pump() {
    const lists = [...this.#wanted.values()];
    const longest = Math.max(0, ...lists.map((each) => each.length));
    const isFull = this.#isFull(new Set(lists.flat()));
    for (let place = 0; place < (isFull ? 1 : longest); place += 1) {
      for (const frames of lists) {
        if (this.#coming.size >= AT_ONCE) return;
        const frame = frames[place];
        if (frame && !this.#kept.has(frame) && !this.#coming.has(frame) && !this.#failed.has(frame)) this.#fetch(frame);
      }
    }
  }

  async #fetch(frame) {
    const stop = new AbortController();
    this.#coming.set(frame, stop);
    try {
      this.#keep(frame, await this.#study.picture(frame, stop.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.#failed.set(frame, error);
    }
    this.#coming.delete(frame);
    this.dispatchEvent(new CustomEvent("come", { detail: frame }));
    this.#pump();
  }

  // Room is made by who was not looked at for long, those that nobody wants first; those that are seen stay.
  #keep(frame, picture) {
    this.#kept.set(frame, picture);
    this.#bytes += picture.bytes;
    const lists = [...this.#wanted.values()];
    const [wanted, seen] = [new Set(lists.flat()), new Set([frame, ...lists.map(([first]) => first)])];
    const kept = [...this.#kept.keys()];
    for (const old of [...kept.filter((each) => !wanted.has(each)), ...kept]) {
      if (this.#bytes <= ROOM) break;
      if (seen.has(old) || !this.#kept.has(old)) continue;
      this.#bytes -= this.#kept.get(old).bytes;
      this.#kept.delete(old);
    }
  }
}
