// The help: a button beside each block of code that copies it, and back leads to where one was.
const main = document.getElementById("main");
const article = document.querySelector("[data-copy-word]");

for (const block of article?.querySelectorAll("pre") ?? []) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "code-box";
  button.type = "button";
  button.className = "button small";
  button.textContent = article.dataset.copyWord;
  button.lang = document.documentElement.lang;
  button.dataset.copy = block.textContent.trimEnd();
  block.replaceWith(box);
  box.append(block, button);
}

// Browsers remember the place in a window, and what is moved here is a part of it.
function restore() {
  if (history.state?.place !== undefined) main.scrollTop = history.state.place;
}

main.addEventListener("scrollend", () => history.replaceState({ ...history.state, place: main.scrollTop }, ""));
addEventListener("popstate", restore);
restore();
