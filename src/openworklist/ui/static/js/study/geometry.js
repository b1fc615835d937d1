// Where slices lie in the patient, and which side is which. Directions are those of PS3.3 C.7.6.2.1.1:
// x to the left, y to the back, z to the head.
const SIDES = [["L", "R"], ["P", "A"], ["H", "F"]];
const OPPOSITES = { L: "R", R: "L", P: "A", A: "P", H: "F", F: "H" };
const SLIGHT = 0.26; // a tilt of less than 15 degrees is not said
const SAME = 0.01; // of directions, and of mm between slices

export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a, b) => [
  a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
];

export function normalOf(orientation) {
  return cross(orientation.slice(0, 3), orientation.slice(3));
}

// The letters of a direction, what counts most first.
export function lettersOf(direction) {
  const parts = direction.map((value, axis) => ({ size: Math.abs(value), letter: SIDES[axis][value > 0 ? 0 : 1] }));
  const sorted = parts.sort((a, b) => b.size - a.size);
  return sorted.filter(({ size }, place) => size > (place ? SLIGHT : SAME)).map(({ letter }) => letter).join("");
}

export const oppositeOf = (letters) => [...letters].map((each) => OPPOSITES[each] ?? "").join("");

// The letters of what lies to the right of a picture and below it, as it is stored; null if nobody knows.
export function sidesOf(frame) {
  if (frame.orientation) {
    return [lettersOf(frame.orientation.slice(0, 3)), lettersOf(frame.orientation.slice(3))];
  }
  const named = frame.sides.map((each) => String(each ?? "").toUpperCase());
  return named.length === 2 && named.every((each) => /^[APLRHF]+$/.test(each)) ? named : null;
}

const isAlike = (a, b) => a.length === b.length && a.every((value, place) => Math.abs(value - b[place]) < SAME);

// How far along their normal slices lie, in mm; null unless all are parallel and each has a place of its own.
function placesOf(frames) {
  const way = frames[0]?.orientation;
  if (!way || !frames.every((each) => each.position && each.orientation && isAlike(each.orientation, way))) return null;
  const normal = normalOf(way);
  const places = new Map(frames.map((each) => [each, dot(each.position, normal)]));
  const sorted = [...places.values()].sort((a, b) => a - b);
  return sorted.some((value, place) => place && value - sorted[place - 1] < SAME) ? null : places;
}

// Sorts frames along their normal, in the direction in which they are numbered; else by their numbers.
export function sortFrames(frames) {
  const counted = (a, b) => a.order - b.order || a.number - b.number;
  const places = frames.length > 1 ? placesOf(frames) : null;
  if (!places) return [...frames].sort(counted);
  const sorted = [...frames].sort((a, b) => places.get(a) - places.get(b));
  return counted(sorted[0], sorted.at(-1)) > 0 ? sorted.reverse() : sorted;
}

// The frame of a stack that lies nearest to another one; -1 where they do not lie in parallel in the same space.
export function nearestTo(frame, frames) {
  if (!frame.position || !frame.orientation || !frame.space) return -1;
  const normal = normalOf(frame.orientation);
  let [nearest, least] = [-1, Infinity];
  frames.forEach((each, place) => {
    if (!each.position || !each.orientation || each.space !== frame.space) return;
    if (Math.abs(dot(normalOf(each.orientation), normal)) < 1 - SAME) return;
    const away = Math.abs(dot(each.position, normal) - dot(frame.position, normal));
    if (away < least) [nearest, least] = [place, away];
  });
  return nearest;
}
