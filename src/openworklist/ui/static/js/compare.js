// From difference to difference, by buttons and by the keys n and p; the form of the view sends itself.
const steps = document.getElementById("steps");
const text = document.getElementById("step-text");
const all = [...document.querySelectorAll("[data-difference]")];
let current = -1;

function go(by) {
  current = (current + by + all.length) % all.length;
  if (current < 0) current = 0;
  const target = all[current];
  target.scrollIntoView({ block: "center", inline: "nearest" });
  target.focus({ preventScroll: true });
  text.textContent = steps.dataset.text.replace("{number}", current + 1).replace("{count}", all.length);
}

if (all.length) steps.hidden = false;
steps.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) go(current < 0 && button.dataset.step === "-1" ? 0 : Number(button.dataset.step));
});

for (const form of document.querySelectorAll("[data-submits-itself]")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
