// Server-sent events: names of what changed. Regions that have `ow:NAME` in hx-trigger are asked for anew.
const NAMES = ["records", "messages", "settings", "nodes", "outbound", "steps", "questions"];
const PAUSE = 700; // milliseconds; what changes many times a second is told once in a while as `ow:soon-NAME`
const QUIET = 40_000; // milliseconds without a heartbeat, after which a stream counts as lost

const waiting = new Set();

function tell(name) {
  document.body.dispatchEvent(new CustomEvent(`ow:${name}`, { bubbles: true }));
}

// A name at once, and for whom that is too often the first of several after a pause.
function announce(name) {
  tell(name);
  if (waiting.has(name)) return;
  waiting.add(name);
  setTimeout(() => {
    waiting.delete(name);
    tell(`soon-${name}`);
  }, PAUSE);
}

export function follow(pill) {
  if (!pill) return;
  let source = null;
  let watch = 0;
  let isPaused = false;

  function show(state) {
    pill.dataset.state = state;
    pill.title = isPaused ? pill.dataset.goOn : pill.dataset.pause;
    pill.querySelector(".word").textContent = pill.dataset[state];
  }

  function hear(name) {
    show("live");
    const now = new Date();
    const time = pill.querySelector("time");
    time.dateTime = now.toISOString();
    time.textContent = now.toLocaleTimeString(document.documentElement.lang, { hour12: false });
    clearTimeout(watch);
    watch = setTimeout(reopen, QUIET);
    if (name !== "heartbeat") announce(name);
  }

  function open() {
    source = new EventSource(pill.dataset.stream);
    source.onopen = () => hear("heartbeat");
    source.onerror = () => show("lost");
    source.addEventListener("trouble", () => show("lost")); // the database cannot be read
    for (const name of ["heartbeat", ...NAMES]) source.addEventListener(name, () => hear(name));
  }

  function reopen() {
    source?.close();
    show("lost");
    open();
    // What happened meanwhile nobody told us: everything is asked for anew.
    NAMES.forEach(announce);
  }

  // Who reads a list that moves under the eyes stops it, and sees the time it is of.
  function pause() {
    source?.close();
    clearTimeout(watch);
    isPaused = true;
    show("paused");
  }

  function goOn() {
    isPaused = false;
    reopen();
  }

  pill.addEventListener("click", () => (isPaused ? goOn() : pause()));
  pill.addEventListener("ow:lost", () => { if (!isPaused) show("lost"); });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || isPaused) return;
    if (!source || source.readyState === EventSource.CLOSED) reopen();
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted && !isPaused) reopen(); });
  pill.hidden = false;
  open();
}
