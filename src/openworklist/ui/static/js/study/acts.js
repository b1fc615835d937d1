// What buttons and keys do, by name, to the view that is active.
import { presetsOf } from "./presets.js";

const STEP = 1.25; // of zoom and window
const WAY = 40; // pixels of moving

const zoomBy = (factor) => ({ active }) => active.arrange((place, picture) => place.magnify(factor, picture, active.stage.size));
const moveBy = (x, y) => ({ active }) => active.arrange((place) => place.move(x, y));
const stepBy = (by) => ({ active }) => { active.stop(); active.step(by); };

// Brighter: a lower level; more contrast: a narrower window.
const changeWindow = (up, factor) => ({ active }) => {
  const { center, width, curve } = active.window;
  active.choose({ center: center + up * width * 0.1, width: width * factor, curve });
};

export const ACTS = {
  next: stepBy(1),
  before: stepBy(-1),
  nextTen: stepBy(10),
  beforeTen: stepBy(-10),
  first: stepBy(-Infinity),
  last: stepBy(Infinity),
  enlarge: zoomBy(STEP),
  reduce: zoomBy(1 / STEP),
  moveLeft: moveBy(-WAY, 0),
  moveRight: moveBy(WAY, 0),
  moveUp: moveBy(0, -WAY),
  moveDown: moveBy(0, WAY),
  brighter: changeWindow(-1, 1),
  darker: changeWindow(1, 1),
  moreContrast: changeWindow(0, 1 / STEP),
  lessContrast: changeWindow(0, STEP),
  fit: ({ active }) => active.arrange((place) => place.fit()),
  original: ({ active }) => active.arrange((place) => place.original()),
  turn: ({ active }) => active.arrange((place) => place.turn()),
  mirror: ({ active }) => active.arrange((place) => place.flip(false)),
  flip: ({ active }) => active.arrange((place) => place.flip(true)),
  invert: ({ active }) => active.invert(),
  reset: ({ active }) => active.reset(),
  play: ({ active }) => active.play(!active.isPlaying),
  sync: (desk) => desk.sync(!desk.isSynced),
  help: () => document.getElementById("keys").showModal(),
};

export function choosePreset({ active }, place) {
  const preset = presetsOf(active)[place];
  if (preset) active.choose(preset.window);
}
