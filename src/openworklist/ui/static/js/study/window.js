// From values to greys: PS3.3 C.11.1 and C.11.2.
const WHITE = 255;

// What a window makes of a value, between 0 and 255.
export function makeCurve({ center, width, curve }) {
  if (curve === "SIGMOID") return (x) => WHITE / (1 + Math.exp((-4 * (x - center)) / width)); // C.11.2.1.3.1
  const isExact = curve === "LINEAR_EXACT"; // C.11.2.1.3.2, else C.11.2.1.2.1
  const middle = isExact ? center : center - 0.5;
  const span = isExact ? width : Math.max(width, 1) - 1;
  const [low, high] = [middle - span / 2, middle + span / 2];
  return (x) => {
    if (x <= low) return 0;
    return x > high ? WHITE : ((x - middle) / span + 0.5) * WHITE;
  };
}

const opaque = (red, green, blue) => (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;

// The last few tables: the frames of a series share theirs.
const KEPT = 6;
const tables = new Map();

// A colour for each bit pattern of a stored value.
export function findTable(frame, window, isInverted) {
  const { allocated, stored, isSigned, isInverse } = frame.pixels;
  const key = [frame.slope, frame.intercept, allocated, stored, isSigned, isInverse !== isInverted,
    window.center, window.width, window.curve].join();
  if (!tables.has(key)) {
    if (tables.size >= KEPT) tables.delete(tables.keys().next().value);
    tables.set(key, makeTable(frame, window, isInverted));
  }
  return tables.get(key);
}

function makeTable(frame, window, isInverted) {
  const { allocated, stored, isSigned, isInverse } = frame.pixels;
  const table = new Uint32Array(1 << allocated);
  const curve = makeCurve(window);
  const flips = isInverted !== isInverse;
  const [from, to] = isSigned ? [-(2 ** (stored - 1)), 2 ** (stored - 1)] : [0, 2 ** stored];
  for (let value = from; value < to; value += 1) {
    const grey = Math.round(curve(value * frame.slope + frame.intercept));
    const shade = flips ? WHITE - grey : grey;
    table[value & (table.length - 1)] = opaque(shade, shade, shade);
  }
  return table;
}

// The same for one of three colours: brighter or darker, with more contrast or less.
export function makeColourTable(window, isInverted) {
  const curve = makeCurve(window);
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const shade = Math.round(curve(value));
    return isInverted ? WHITE - shade : shade;
  });
}

// The window in which every value between two has a grey of its own.
export function windowOver(least, most) {
  return { center: (least + most + 1) / 2, width: Math.max(1, most - least + 1), curve: "LINEAR" };
}

export const PLAIN = { center: 128, width: 256, curve: "LINEAR" }; // leaves colours as they are

// Windows that people know by name, for CT in Hounsfield units.
export const PRESETS = {
  CT: [
    { name: "softTissue", center: 40, width: 400 },
    { name: "lung", center: -600, width: 1500 },
    { name: "bone", center: 480, width: 2500 },
    { name: "brain", center: 40, width: 80 },
    { name: "mediastinum", center: 50, width: 350 },
    { name: "liver", center: 90, width: 150 },
  ],
};
