// What the page has to say, in the language that the server wrote it in.
const words = document.getElementById("words").dataset;

// A text by its name, with values where it has {names}.
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

const language = document.documentElement.lang;
const formats = new Map();

export function write(value, digits = 0) {
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat(language, { maximumFractionDigits: digits, useGrouping: false }));
  }
  return formats.get(digits).format(value);
}
