// The windows that a view offers: those of the image, those that people know by name, and one over everything.
import { say } from "./words.js";
import { PRESETS, windowOver } from "./window.js";

const isSame = (a, b) => a && b && a.center === b.center && a.width === b.width && a.curve === b.curve;

// Each with the words for it; `window` is null for the first of the image itself.
export function presetsOf(view) {
  const { picture, stack } = view;
  const own = { name: say("asSent"), window: null };
  if (!picture?.isGrey) return [own];
  const more = picture.frame.windows.slice(1).map((each, place) => ({
    name: each.name || say("asSentToo", { n: place + 2 }), window: each,
  }));
  const known = (PRESETS[stack.modality] ?? []).map(({ name, center, width }) => ({
    name: say(name), window: { center, width, curve: "LINEAR" },
  }));
  return [own, ...more, ...known, { name: say("wholeRange"), get window() { return rangeOf(picture); } }];
}

const ranges = new WeakMap();

function rangeOf(picture) {
  if (!ranges.has(picture)) ranges.set(picture, picture.range ?? windowOver(0, 255));
  return ranges.get(picture);
}

// The list of a view's windows in a <select>, and which of them it has; what somebody dragged has a word too.
export function listPresets(select, view) {
  const presets = presetsOf(view);
  const names = presets.map(({ name }) => name).concat(say("otherWindow"));
  if (names.join() !== [...select.options].map(({ text }) => text).join()) {
    select.replaceChildren(...names.map((name, place) => new Option(name, String(place))));
    select.options[names.length - 1].disabled = true;
  }
  const place = presets.findIndex(({ window }) => (view.chosen ? isSame(window, view.chosen) : !window));
  select.value = String(place < 0 ? presets.length : place);
}
