// The list: rows by key and click, ticks, what stays as it was when a new list comes, panes on small screens.
const list = document.getElementById("list");
const main = document.getElementById("main");
let known = new Set(numbers());
let kept = null;

function rows() { return [...list.querySelectorAll("tbody tr")]; }
function numbers() { return rows().map((row) => row.dataset.number); }
function ticks() { return [...list.querySelectorAll("tbody .tick input")]; }

function select(row) {
  if (!row) return;
  for (const each of rows()) each.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.querySelector(".row-link").click();
  row.scrollIntoView({ block: "nearest" });
}

function showTicks() {
  const bar = list.querySelector(".chosen-bar");
  if (!bar) return;
  const count = ticks().filter((each) => each.checked).length;
  bar.hidden = count === 0;
  const text = count === 1 ? bar.dataset.one : bar.dataset.many.replace("{count}", count);
  bar.querySelector(".chosen-count").textContent = text;
  const all = document.getElementById("tick-all");
  all.checked = count > 0 && count === ticks().length;
  all.indeterminate = count > 0 && !all.checked;
}

function show(name) {
  for (const pane of document.querySelectorAll(".pane")) pane.classList.toggle("is-open", pane.dataset.name === name);
  for (const tab of document.querySelectorAll(".pane-tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.pane === name));
  }
}

main.addEventListener("click", (event) => {
  const tab = event.target.closest(".pane-tabs button");
  if (tab) show(tab.dataset.pane);
  if (event.target.closest("[data-untick]")) {
    for (const each of ticks()) each.checked = false;
    showTicks();
  }
  const row = event.target.closest("tbody tr");
  if (!row || !list.contains(row)) return;
  const own = event.target.closest("a, input, label, button");
  if (!own) select(row);
  if (own?.matches(".row-link")) {
    for (const each of rows()) each.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    show("record");
  }
});

main.addEventListener("change", (event) => {
  if (event.target.id === "tick-all") for (const each of ticks()) each.checked = event.target.checked;
  if (event.target.closest(".tick")) showTicks();
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

main.addEventListener("input", (event) => {
  if (event.target.matches("[data-chooses-span]")) document.querySelector("[name=date][value=span]").checked = true;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts !== "on") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  const current = rows().findIndex((row) => row.hasAttribute("aria-current"));
  if (event.key === "j") select(rows()[Math.min(current + 1, rows().length - 1)]);
  else if (event.key === "k") select(rows()[Math.max(current - 1, 0)]);
  else if (event.key === "x" && current >= 0) {
    const tick = rows()[current].querySelector(".tick input");
    tick.checked = !tick.checked;
    showTicks();
  } else if (event.key === "Enter" && current >= 0 && event.target === document.body) {
    document.querySelector("#record .commands a")?.click();
  } else return;
  event.preventDefault();
});

// A list that comes by itself leaves in peace whoever works in it.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-keeps-place]") && list.querySelector("details[open]")) event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== list) return;
  kept = {
    ticked: new Set(ticks().filter((each) => each.checked).map((each) => each.value)),
    current: list.querySelector("tr[aria-current]")?.dataset.number,
    top: list.querySelector(".rows")?.scrollTop ?? 0,
    left: list.querySelector(".rows")?.scrollLeft ?? 0,
  };
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== list || !kept) return;
  for (const each of ticks()) each.checked = kept.ticked.has(each.value);
  for (const row of rows()) {
    if (row.dataset.number === kept.current) row.setAttribute("aria-current", "true");
    row.classList.toggle("fresh", !known.has(row.dataset.number));
  }
  known = new Set(numbers());
  list.querySelector(".rows")?.scrollTo(kept.left, kept.top);
  showTicks();
});

showTicks();
