// The form of a record: the name as scanners get it, letters counted, what would be lost asked about.
const form = document.querySelector(".record-form");

function count(box) {
  const counter = box.closest(".field")?.querySelector(".count");
  if (!counter) return;
  const length = [...box.value].length;
  const limit = Number(counter.dataset.limit);
  counter.textContent = length ? `${length} / ${limit}` : "";
  counter.classList.toggle("over", length > limit);
}

function join(field) {
  const groups = ["alphabetic", "ideographic", "phonetic"].map((script) => [...field.querySelectorAll("input")]
    .filter((box) => box.name.split(".")[1] === script)
    .map((box) => box.value.trim().replace(/[\^=]/g, " "))
    .join("^").replace(/\^+$/, ""));
  field.querySelector("[data-name-output]").textContent = groups.join("=").replace(/=+$/, "");
}

let isTouched = false;
form.addEventListener("input", (event) => {
  isTouched = true;
  count(event.target);
  const name = event.target.closest("[data-name-field]");
  if (name) join(name);
});

form.addEventListener("click", (event) => {
  const taker = event.target.closest("[data-take]");
  if (!taker) return;
  const box = document.getElementById(taker.dataset.take);
  const field = box.closest("[data-name-field]");
  if (field) {
    const texts = taker.dataset.text.split("=").flatMap((group) => [...group.split("^"), "", "", "", ""].slice(0, 5));
    [...field.querySelectorAll("input:not([type=hidden])")].forEach((each, place) => { each.value = texts[place] ?? ""; });
    join(field);
  } else {
    box.value = taker.dataset.text;
  }
  box.focus();
});

form.addEventListener("submit", () => { isTouched = false; });
window.addEventListener("beforeunload", (event) => { if (isTouched) event.preventDefault(); });

for (const box of form.querySelectorAll("input, textarea")) count(box);
document.getElementById("summary")?.focus();
