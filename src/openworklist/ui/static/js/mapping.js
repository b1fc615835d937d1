// The mapping page: what has the focus at the left is lit up at the right, and the other way round.
import { lightUp } from "./hl7.js";

let lit = -1;

function findPlaces(row) {
  const found = row.querySelector("[data-places]");
  return found ? found.dataset.places.split(" ").filter(Boolean) : [];
}

function show(row) {
  const sample = document.getElementById("sample");
  if (sample) lightUp(sample, findPlaces(row));
  for (const other of document.querySelectorAll(".rule.lit")) other.classList.toggle("lit", other === row);
  row.classList.add("lit");
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(".rule");
  if (!row) return;
  lit = row.dataset.row;
  show(row);
});

// Who clicks or types in a row is at work on it; who only passes it by with Tab is not.
for (const name of ["click", "input"]) {
  document.addEventListener(name, (event) => {
    const row = event.target.closest?.(".rule");
    const focused = document.querySelector("input[name='focused']");
    if (row && focused) focused.value = row.dataset.attribute;
  });
}

// Rows look the same after an answer of the server: what was lit up is so again.
document.addEventListener("htmx:afterSettle", () => {
  const wanted = document.querySelector("#work [data-focus]");
  wanted?.focus();
  wanted?.removeAttribute("data-focus");
  const row = document.getElementById(`row-${lit}`);
  if (row && row.contains(document.activeElement)) show(row);
});

document.addEventListener("mouseover", (event) => {
  const part = event.target.closest?.("#sample .hl7-part");
  if (!part) return;
  for (const row of document.querySelectorAll(".rule")) {
    const isFed = findPlaces(row).some((place) => part.dataset.place === place || part.dataset.place.startsWith(`${place}.`) || part.dataset.place.startsWith(`${place}(`));
    row.classList.toggle("fed", isFed);
  }
});

// A file that was chosen or dropped is opened at once.
document.addEventListener("change", (event) => {
  const place = event.target.closest?.("[data-press]");
  if (place && event.target.files?.length) document.getElementById(place.dataset.press).click();
});
