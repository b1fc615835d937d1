// The clipboard into the text; what needs no button once scripts run is hidden.
import { tell } from "./page.js";

async function paste(button) {
  const box = document.getElementById(button.dataset.paste);
  try {
    box.value = await navigator.clipboard.readText();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    tell(button.dataset.cannot);
  }
  box.focus();
}

function hideButtons() {
  for (const each of document.querySelectorAll(".without-script")) each.hidden = true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-paste]");
  if (button) paste(button);
});
document.body.addEventListener("htmx:afterSwap", hideButtons);
hideButtons();
