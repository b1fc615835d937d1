// Every page: messages, copying, the list of keys, the menu, and what is live.
import { follow } from "./live.js";
import { listen } from "./keys.js";
import { keepOpened } from "./opened.js";

const body = document.body;
const status = document.getElementById("status");
let clearing = 0;

export function tell(text) {
  status.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => { status.textContent = ""; }, 6000);
}

// navigator.clipboard is missing on plain http from other machines: the old way still works there.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "unseen";
  body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

async function find(button) {
  const { copy: text, copyFrom: selector, copyUrl: url } = button.dataset;
  if (url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  }
  const source = selector ? document.querySelector(selector) : null;
  return source ? (source.value ?? source.textContent) : text;
}

async function copyFrom(button) {
  const text = await find(button).catch(() => null);
  const done = text !== null && await copy(text).catch(() => false);
  tell(done ? body.dataset.copied : body.dataset.notCopied);
  button.focus();
}

document.addEventListener("click", (event) => {
  const copier = event.target.closest("[data-copy], [data-copy-from], [data-copy-url]");
  if (copier) copyFrom(copier);
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A server says what happened in a header; the one line that readers announce shows it.
document.addEventListener("ow:tell", (event) => tell(event.detail.value ?? event.detail));
// What a page asks by itself is no deed of a person: a session is locked in spite of it.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent?.type.startsWith("ow:")) event.detail.headers["X-By-Itself"] = "true";
});
document.addEventListener("htmx:sendError", () => {
  document.getElementById("live")?.dispatchEvent(new CustomEvent("ow:lost"));
});

keepOpened();
listen();
follow(document.getElementById("live"));
