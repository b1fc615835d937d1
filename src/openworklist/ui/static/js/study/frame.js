// Frames of the metadata of instances: what a browser must know to draw each of them.
import { exactly, groupOf, number, numbers, text, valuesOf } from "./dataset.js";
import { sortFrames } from "./geometry.js";

// What C.7.6.3 says of the pixels. `isOurs` tells whether they can be drawn from their bytes; else the server draws.
function readPixels(set) {
  const pixels = {
    rows: number(set, "00280010", 0),
    columns: number(set, "00280011", 0),
    samples: number(set, "00280002", 1),
    photometric: text(set, "00280004"),
    isPlanar: number(set, "00280006", 0) === 1,
    allocated: number(set, "00280100", 8),
    stored: number(set, "00280101", number(set, "00280100", 8)),
    isSigned: number(set, "00280103", 0) === 1,
    padding: numbers(set, "00280120").concat(numbers(set, "00280121")),
  };
  pixels.high = number(set, "00280102", pixels.stored - 1);
  pixels.isGrey = pixels.samples === 1 && /^MONOCHROME[12]$/.test(pixels.photometric);
  // PS3.3 C.7.6.3.1.2 and C.11.6: the lowest value is white in one, or in the other.
  pixels.isInverse = pixels.photometric === "MONOCHROME1" || text(set, "20500020") === "INVERSE";
  const isSound = pixels.stored > 0 && pixels.stored <= pixels.high + 1 && pixels.high < pixels.allocated;
  const isGreyOfOurs = pixels.isGrey && (pixels.allocated === 8 || pixels.allocated === 16) && isSound;
  const isColourOfOurs = pixels.samples === 3 && pixels.photometric === "RGB" && pixels.allocated === 8;
  const isMore = Boolean(set["00283000"]) || Object.keys(set).some((tag) => /^60[0-9A-F]{2}3000$/i.test(tag));
  pixels.isOurs = (isGreyOfOurs || isColourOfOurs) && !isMore;
  return pixels;
}

function readWindows(set, frame) {
  const group = groupOf(set, frame, "00289132");
  const [centers, widths, names] = [numbers(group, "00281050"), numbers(group, "00281051"), valuesOf(group, "00281055")];
  const curve = text(group, "00281056") || "LINEAR";
  return centers.slice(0, widths.length)
    .map((center, place) => ({ center, width: widths[place], curve, name: String(names[place] ?? "").trim() }))
    .filter(({ width }) => width > 0);
}

// Millimetres between rows and between columns, whether they are those in the patient, and how high a pixel is.
function readSpacing(set, frame) {
  const inPatient = exactly(2, groupOf(set, frame, "00289110"), "00280030");
  const onDetector = exactly(2, set, "00181164");
  const spacing = inPatient ?? onDetector;
  if (spacing && spacing[0] > 0 && spacing[1] > 0) {
    return { spacing, isOnDetector: !inPatient, aspect: spacing[0] / spacing[1] };
  }
  const ratio = exactly(2, set, "00280034");
  return { spacing: null, isOnDetector: false, aspect: ratio && ratio[0] > 0 && ratio[1] > 0 ? ratio[0] / ratio[1] : 1 };
}

function readFrame(set, frame, pixels) {
  const change = groupOf(set, frame, "00289145");
  return {
    series: text(set, "0020000E"),
    instance: text(set, "00080018"),
    number: frame,
    order: number(set, "00200013", Infinity),
    pixels,
    slope: number(change, "00281053", 1),
    intercept: number(change, "00281052", 0),
    unit: text(change, "00281054") === "HU" || text(set, "00080060") === "CT" ? "HU" : "",
    windows: readWindows(set, frame),
    position: exactly(3, groupOf(set, frame, "00209113"), "00200032"),
    orientation: exactly(6, groupOf(set, frame, "00209116"), "00200037"),
    sides: valuesOf(groupOf(set, frame, "00209111"), "00200020"),
    location: number(set, "00201041", null),
    space: text(set, "00200052"),
    ...readSpacing(set, frame),
  };
}

// Frames a second, as the instance asks for (PS3.3 C.7.6.5): null if it does not.
function readRate(set) {
  const time = number(set, "00181063", 0);
  const rate = number(set, "00082144", 0) || number(set, "00180040", 0) || (time > 0 ? 1000 / time : 0);
  return rate > 0 ? Math.min(60, Math.max(1, Math.round(rate))) : null;
}

// All frames of some instances in the order in which they are looked through, and at what rate.
export function readFrames(sets) {
  const frames = sets.flatMap((set) => {
    const pixels = readPixels(set);
    const count = Math.max(1, Math.floor(number(set, "00280008", 1)));
    return pixels.rows && pixels.columns ? Array.from({ length: count }, (_, place) => readFrame(set, place + 1, pixels)) : [];
  });
  return { frames: sortFrames(frames), rate: readRate(sets[0] ?? {}) };
}
