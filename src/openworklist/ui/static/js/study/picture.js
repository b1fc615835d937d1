// The pixels of one frame in memory, and how they come to be colours on a screen.
import { findTable, makeColourTable, PLAIN, windowOver } from "./window.js";

// Stored values: bits beside BitsStored and HighBit are cut off, signs are spread (PS3.5 8.1.1).
function readValues({ allocated, stored, high, isSigned }, buffer) {
  const Values = allocated === 8 ? (isSigned ? Int8Array : Uint8Array) : isSigned ? Int16Array : Uint16Array;
  const values = new Values(buffer);
  if (stored === allocated) return values;
  const [up, down] = [allocated - 1 - high, allocated - stored];
  for (let place = 0; place < values.length; place += 1) {
    values[place] <<= up;
    values[place] >>= down;
  }
  return values;
}

class Grey {
  isGrey = true;

  constructor(frame, buffer) {
    this.frame = frame;
    this.values = readValues(frame.pixels, buffer);
    this.bytes = buffer.byteLength;
    this.columns = frame.pixels.columns;
    this.rows = frame.pixels.rows;
    this.aspect = frame.aspect;
  }

  // The window over all that is there, without what only fills the frame up.
  get range() {
    const [a, b = a] = this.frame.pixels.padding;
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    let [least, most] = [Infinity, -Infinity];
    for (const value of this.values) {
      if (value >= low && value <= high) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (least > most) [least, most] = [0, 0];
    const ends = [least, most].map((each) => each * this.frame.slope + this.frame.intercept);
    return windowOver(Math.min(...ends), Math.max(...ends));
  }

  paint(colours, window, isInverted) {
    const [table, values] = [findTable(this.frame, window, isInverted), this.values];
    const mask = table.length - 1;
    for (let place = 0; place < colours.length; place += 1) colours[place] = table[values[place] & mask];
  }

  valueAt(column, row) {
    return [this.values[row * this.columns + column] * this.frame.slope + this.frame.intercept];
  }
}

class Colour {
  isGrey = false;

  constructor(frame, pixels, columns, rows) {
    this.frame = frame;
    this.pixels = pixels; // red, green, blue, opaque
    this.bytes = pixels.byteLength;
    this.columns = columns;
    this.rows = rows;
    // What the server drew may have square pixels already.
    this.aspect = (frame.aspect * frame.pixels.rows * columns) / (frame.pixels.columns * rows);
  }

  get range() {
    return PLAIN;
  }

  paint(colours, window, isInverted) {
    const table = makeColourTable(window, isInverted);
    const [out, pixels] = [new Uint8Array(colours.buffer), this.pixels];
    for (let place = 0; place < pixels.length; place += 4) {
      out[place] = table[pixels[place]];
      out[place + 1] = table[pixels[place + 1]];
      out[place + 2] = table[pixels[place + 2]];
      out[place + 3] = 255;
    }
  }

  valueAt(column, row) {
    const start = (row * this.columns + column) * 4;
    return [...this.pixels.subarray(start, start + 3)];
  }
}

// A frame from its bytes as they are stored (PS3.5 8.2); null if they are not as many as they must be.
export function toPicture(frame, buffer) {
  const { rows, columns, samples, allocated, isPlanar, isGrey } = frame.pixels;
  const count = rows * columns;
  const length = (count * samples * allocated) / 8;
  if (buffer.byteLength !== length && buffer.byteLength !== length + (length % 2)) return null;
  if (isGrey) return new Grey(frame, buffer.byteLength === length ? buffer : buffer.slice(0, length));
  const [bytes, pixels] = [new Uint8Array(buffer), new Uint8Array(count * 4)];
  const [step, next] = isPlanar ? [1, count] : [3, 1];
  for (let place = 0; place < count; place += 1) {
    pixels[place * 4] = bytes[place * step];
    pixels[place * 4 + 1] = bytes[place * step + next];
    pixels[place * 4 + 2] = bytes[place * step + 2 * next];
    pixels[place * 4 + 3] = 255;
  }
  return new Colour(frame, pixels, columns, rows);
}

// A frame that the server has drawn.
export async function fromRendered(frame, blob) {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Colour(frame, new Uint8Array(context.getImageData(0, 0, width, height).data.buffer), width, height);
}
