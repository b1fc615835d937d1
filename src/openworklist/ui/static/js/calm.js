// A region that is asked for anew by itself waits while somebody is at work in it, and comes when they leave.
const waiting = new WeakSet();

function isBusy(region) {
  return region.contains(document.activeElement) && document.activeElement !== region;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.detail.target;
  if (!region.matches?.("[data-calm]") || !isBusy(region)) return;
  event.detail.shouldSwap = false;
  if (waiting.has(region)) return;
  waiting.add(region);
  region.addEventListener("focusout", function leave() {
    // Where the focus goes is known a moment later.
    queueMicrotask(() => {
      if (isBusy(region)) return;
      region.removeEventListener("focusout", leave);
      waiting.delete(region);
      document.body.dispatchEvent(new CustomEvent("ow:settings", { bubbles: true }));
    });
  });
});
