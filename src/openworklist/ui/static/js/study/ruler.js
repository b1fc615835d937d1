// Distances, of lines between two points of a picture.
import { say, write } from "./words.js";

// In mm where the picture says how large its pixels are; on the detector where it says no more.
export function lengthOf([from, to], { frame, columns, rows }) {
  const across = ((to[0] - from[0]) * frame.pixels.columns) / columns;
  const down = ((to[1] - from[1]) * frame.pixels.rows) / rows;
  if (!frame.spacing) return `${write(Math.hypot(across, down * frame.aspect), 0)} px`;
  const length = write(Math.hypot(across * frame.spacing[1], down * frame.spacing[0]), 1);
  return frame.isOnDetector ? say("onDetector", { length }) : `${length} mm`;
}
