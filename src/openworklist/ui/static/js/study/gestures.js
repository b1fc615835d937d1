// Mouse, pen and fingers over a view.
import { TOOLS } from "./tools.js";

const NOTCH = 40; // pixels of a wheel or a track pad for one image
const FAST = 120; // as many as one quick notch

function pointOf(view, event) {
  const box = view.canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// `choose` gives the name of the tool for a button that is pressed.
export function listen(view, choose) {
  const pointers = new Map();
  let drag = null;
  let rolled = 0;

  view.canvas.addEventListener("pointerdown", (event) => {
    view.element.focus({ preventScroll: true });
    view.canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pointOf(view, event));
    if (event.button === 1) event.preventDefault(); // no scrolling by itself
    drag = pointers.size === 1 ? TOOLS[choose(event)](view, pointOf(view, event)) : null;
  });

  view.canvas.addEventListener("pointermove", (event) => {
    const [before, now] = [pointers.get(event.pointerId), pointOf(view, event)];
    view.corners.probe(view.picture, view.pixelAt(now));
    if (!before) return;
    if (pointers.size === 2) pinch(view, pointers, event.pointerId, now);
    else drag?.(now);
    pointers.set(event.pointerId, now);
  });

  for (const name of ["pointerup", "pointercancel"]) {
    view.canvas.addEventListener(name, (event) => {
      pointers.delete(event.pointerId);
      drag = null;
    });
  }

  view.canvas.addEventListener("pointerleave", () => view.corners.probe(null));
  view.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  view.canvas.addEventListener("dblclick", (event) => {
    if (view.place.zoom) view.arrange((place) => place.fit());
    else view.arrange((place, picture) => place.magnify(2, picture, view.stage.size, pointOf(view, event)));
  });

  view.element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? NOTCH : 1);
    if (event.ctrlKey || view.stack?.frames.length === 1) {
      const factor = Math.exp(-pixels * (event.ctrlKey && Math.abs(pixels) < NOTCH ? 0.01 : 0.002));
      view.arrange((place, picture) => place.magnify(factor, picture, view.stage.size, pointOf(view, event)));
      return;
    }
    rolled += pixels;
    if (Math.abs(rolled) < NOTCH) return;
    view.stop();
    view.step(Math.sign(rolled) * Math.max(1, Math.floor(Math.abs(rolled) / FAST)));
    rolled = 0;
  }, { passive: false });
}

// Two fingers enlarge and move at once.
function pinch(view, pointers, moved, now) {
  const other = [...pointers].find(([id]) => id !== moved)[1];
  const before = pointers.get(moved);
  const gap = (point) => Math.max(10, Math.hypot(point[0] - other[0], point[1] - other[1]));
  view.arrange((place, picture) => {
    place.magnify(gap(now) / gap(before), picture, view.stage.size, other);
    place.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
  });
}
