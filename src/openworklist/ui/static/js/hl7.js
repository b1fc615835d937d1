// The view of a message: one stop for Tab, arrow keys inside, number and name of what is pointed at,
// and values lit up from elsewhere in the page.

function isPart(target, place) {
  const value = target.dataset.place;
  return value === place || value.startsWith(`${place}.`) || value.startsWith(`${place}(`) || place.startsWith(`${value}.`);
}

// Light up the values at these places in every view below `root`; the first one comes into sight.
export function lightUp(root, places) {
  let first = null;
  for (const part of root.querySelectorAll(".hl7-part")) {
    const isLit = places.some((place) => isPart(part, place));
    part.classList.toggle("lit", isLit);
    if (isLit && !first && part.checkVisibility()) first = part;
  }
  const pane = first?.closest(".hl7-pane");
  if (!pane) return;
  const box = pane.getBoundingClientRect();
  const own = first.getBoundingClientRect();
  if (own.top < box.top || own.bottom > box.bottom) pane.scrollTop += own.top - box.top - box.height / 3;
}

function ready(pane) {
  const parts = pane.querySelectorAll(".hl7-part");
  parts.forEach((part, number) => { part.tabIndex = number ? -1 : 0; });
  // Its first value is the stop for Tab.
  if (parts.length) pane.removeAttribute("tabindex");
}

export function readyAll(root) {
  for (const pane of root.querySelectorAll("[data-hl7] .hl7-pane")) ready(pane);
  for (const tip of root.querySelectorAll(".hl7-tip")) tip.textContent = tip.dataset.tip;
}

function tellOf(part) {
  const view = part.closest("[data-hl7]");
  const tip = view.querySelector(".hl7-tip");
  if (tip) {
    const place = document.createElement("strong");
    place.textContent = part.dataset.place;
    tip.replaceChildren(place, part.title.slice(part.dataset.place.length));
  }
  const field = part.dataset.place.match(/^[^-]+-\d+/)[0];
  for (const other of view.querySelectorAll(".hl7-part")) other.classList.toggle("near", other !== part && isPart(other, field));
}

function findNext(part, key) {
  const parts = [...part.closest(".hl7-pane").querySelectorAll(".hl7-part")];
  const here = parts.indexOf(part);
  if (key === "ArrowRight") return parts[here + 1];
  if (key === "ArrowLeft") return parts[here - 1];
  if (key === "Home") return parts[0];
  if (key === "End") return parts.at(-1);
  const row = part.closest("li, tr");
  const inOtherRow = (each) => each.closest("li, tr") !== row;
  return key === "ArrowDown"
    ? parts.slice(here).find(inOtherRow)
    : parts.slice(0, here).findLast(inOtherRow);
}

document.addEventListener("keydown", (event) => {
  const part = event.target.closest?.("[data-hl7] .hl7-part");
  if (!part || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const next = findNext(part, event.key);
  if (!next) return;
  part.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

for (const name of ["mouseover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const part = event.target.closest?.("[data-hl7] .hl7-part");
    if (part) tellOf(part);
  });
}

document.addEventListener("htmx:load", (event) => readyAll(event.detail.elt));
readyAll(document);
