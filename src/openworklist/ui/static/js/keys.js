// Keys for every page: `/` searches, `?` lists. What a page adds is an element with data-key.
function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.body.dataset.shortcuts !== "on" || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      document.getElementById("keys").showModal();
    } else if (event.key === "/") {
      document.getElementById("quick")?.focus();
    } else {
      const owner = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
      if (!owner || owner.matches(":disabled, [aria-disabled='true']")) return;
      owner.click();
    }
    event.preventDefault();
  });
}
