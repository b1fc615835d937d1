// What somebody opened in a region stays open, and what they closed closed, when the region comes anew by itself.
let known = new Map();

function find(region) {
  return region.querySelectorAll("details > summary[id]");
}

export function keepOpened() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const isByItself = event.detail.requestConfig?.triggeringEvent?.type.startsWith("ow:");
    known = new Map();
    if (!isByItself) return;
    for (const summary of find(event.detail.target)) known.set(summary.id, summary.parentElement.open);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const summary of find(document)) {
      const was = known.get(summary.id);
      if (was !== undefined) summary.parentElement.open = was;
    }
    known = new Map();
  });
}
