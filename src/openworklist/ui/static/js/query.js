// The question to another worklist: what does not count is disabled, and entries are ticked all at once.
const saved = document.querySelector("[data-saved]");
const address = document.getElementById("address");
const note = document.getElementById("address-note");
const range = document.getElementById("range");
const ticks = document.querySelector("[data-ticks]");

function followNode() {
  const isSaved = saved.value !== "";
  address.disabled = isSaved;
  note.textContent = isSaved ? note.dataset.savedNote : note.dataset.free;
  const draft = document.querySelector("[data-draft]");
  if (draft) draft.disabled = isSaved;
}

function followDays() {
  range.hidden = document.querySelector("[name=when]:checked")?.value !== "range";
}

saved.addEventListener("change", followNode);
for (const each of document.querySelectorAll("[name=when]")) each.addEventListener("change", followDays);
followNode();
followDays();

if (ticks) {
  const all = ticks.querySelector("[data-all]");
  const rows = [...ticks.querySelectorAll("[name=row]")];
  const chosen = ticks.querySelector("[data-chosen]");
  const count = () => {
    const ticked = rows.filter((each) => each.checked).length;
    all.checked = ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
    chosen.disabled = ticked === 0;
  };
  all.addEventListener("change", () => {
    for (const each of rows) each.checked = all.checked;
    count();
  });
  for (const each of rows) each.addEventListener("change", count);
  count();
}
