// Which images are fetched before somebody wants them: the one that is shown, then its neighbours.
const REACH = 60; // in each direction
const SPARING = 1; // where the browser is told to save data

// What one image takes in memory.
function bytesOf({ pixels: { rows, columns, samples, allocated } }) {
  return rows * columns * (samples > 1 ? 4 : Math.ceil(allocated / 8));
}

// In the order in which they are likely to be wanted, no more than have room.
export function listAhead(frames, index, { direction, isPlaying, loader }) {
  const room = loader.capacity(bytesOf(frames[index]));
  const reach = navigator.connection?.saveData ? SPARING : isPlaying ? frames.length : REACH;
  const ways = isPlaying ? [1] : [direction, -direction];
  const wanted = new Set([frames[index]]);
  for (let away = 1; away <= reach && wanted.size < room; away += 1) {
    for (const way of ways) {
      const place = index + away * way;
      const frame = frames[isPlaying ? place % frames.length : place];
      if (frame) wanted.add(frame);
    }
  }
  return [...wanted];
}
