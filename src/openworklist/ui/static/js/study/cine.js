// A cine: the images of a view one after the other, at a rate that the instance asks for or somebody chooses.
const USUAL = 10; // images a second

// The rate, or another one while it runs: `rateOf` is asked for each image.
export function run(view, rateOf) {
  let last = performance.now();
  let frame = 0;

  function tick(now) {
    const pause = 1000 / rateOf();
    // A tenth early is early enough for a screen's own rhythm.
    if (now - last >= pause * 0.9 && view.advance()) last = Math.max(last + pause, now - pause);
    frame = requestAnimationFrame(tick);
  }

  view.addEventListener("play", () => {
    cancelAnimationFrame(frame);
    if (!view.isPlaying) return;
    last = performance.now();
    frame = requestAnimationFrame(tick);
  });
}

export const usualRate = (stack) => stack?.rate ?? USUAL;
