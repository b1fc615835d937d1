// Places where files can be dropped: they land in the file box inside, and its form shows what it has.
// A box that takes one gives a second file to the next place of the page.
function places() { return [...document.querySelectorAll("[data-drop]")]; }

function find(event) {
  return event.dataTransfer?.types.includes("Files") ? event.target.closest("[data-drop]") : null;
}

function give(place, files) {
  const box = place.querySelector("input[type=file]");
  const transfer = new DataTransfer();
  for (const file of box.multiple ? files : files.slice(0, 1)) transfer.items.add(file);
  box.files = transfer.files;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  const next = places().find((each) => each !== place);
  if (!box.multiple && files.length > 1 && next) give(next, files.slice(1, 2));
}

function light(place) {
  for (const each of places()) each.classList.toggle("over", each === place);
}

document.addEventListener("dragover", (event) => {
  const place = find(event);
  light(place);
  if (place) event.preventDefault();
});

document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) light(null); });

document.addEventListener("drop", (event) => {
  const place = find(event);
  light(null);
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!place || !files.length) return;
  event.preventDefault();
  give(place, files);
});
