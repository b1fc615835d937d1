// Rows by keys in any table with data-rows: j and k go on and back, x ticks; Enter opens the link that has the focus.
// A list that comes anew by itself keeps the ticks, also those that were set while it was on its way.
let ticked = [];
function links() { return [...document.querySelectorAll("[data-rows] .row-link")]; }

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts !== "on") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const all = links();
  const row = document.activeElement.closest("[data-rows] tbody tr");
  const current = all.findIndex((each) => row?.contains(each));
  if (event.key === "j") all[Math.min(current + 1, all.length - 1)]?.focus();
  else if (event.key === "k") all[Math.max(current - 1, 0)]?.focus();
  else if (event.key === "x" && row) {
    const tick = row.querySelector("input[type=checkbox]");
    if (tick) tick.checked = !tick.checked;
  } else return;
  event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const isOwn = event.detail.requestConfig.verb !== "get";
  ticked = isOwn ? [] : [...document.querySelectorAll("[data-rows] input:checked")].map((each) => each.id);
});

document.body.addEventListener("htmx:afterSwap", () => {
  for (const id of ticked) {
    const box = document.getElementById(id);
    if (box) box.checked = true;
  }
});
