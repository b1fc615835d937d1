// What dragging does. Each begins at a point of a view, and gives what follows the pointer.
const ACROSS = 300; // pixels over which a window doubles
const LEAST_STEP = 4; // pixels for an image, where there are many

function scroll(view, [, from]) {
  view.stop();
  const { length } = view.stack?.frames ?? [];
  const step = Math.max(LEAST_STEP, Math.min(24, (0.8 * view.stage.size[1]) / Math.max(1, length)));
  const start = view.index;
  return ([, y]) => view.go(start + Math.round((y - from) / step));
}

function window(view, [fromX, fromY]) {
  const { center, width, curve } = view.window;
  const speed = Math.max(0.02, width / ACROSS);
  return ([x, y]) => view.choose({ center: center + (y - fromY) * speed, width: width + (x - fromX) * speed, curve });
}

function zoom(view, from) {
  let last = from[1];
  return ([, y]) => {
    const factor = Math.exp((last - y) * 0.01);
    view.arrange((place, picture) => place.magnify(factor, picture, view.stage.size, from));
    last = y;
  };
}

function pan(view, from) {
  let [lastX, lastY] = from;
  return ([x, y]) => {
    view.arrange((place) => place.move(x - lastX, y - lastY));
    [lastX, lastY] = [x, y];
  };
}

function ruler(view, from) {
  const begin = view.pixelAt(from);
  return (now) => begin && view.measure([begin, view.pixelAt(now)]);
}

export const TOOLS = { scroll, window, zoom, pan, ruler };
