// The page of a study: everything is put together here.
import { run } from "./cine.js";
import { Desk } from "./desk.js";
import { Study } from "./dicomweb.js";
import { listen as listenToPointers } from "./gestures.js";
import { listen as listenToKeys } from "./keys.js";
import { Loader } from "./loader.js";
import { Strip } from "./strip.js";
import { Toolbar } from "./toolbar.js";
import { View } from "./view.js";

const place = document.getElementById("views");
const study = new Study(location.pathname.replace(/\/+$/, ""), place.dataset.study);
const loader = new Loader(study);
const views = [...place.querySelectorAll(".view")].map((element) => new View(element, loader));
const desk = new Desk(place, views);
const strip = new Strip(document.getElementById("strip"), desk, study);
const acts = {
  split: () => desk.split(!desk.isDouble, strip.after(desk.active.stack)),
  nextSeries: () => strip.step(1),
  seriesBefore: () => strip.step(-1),
};
const toolbar = new Toolbar(document.getElementById("tools"), desk, acts);

for (const view of views) {
  listenToPointers(view, (event) => toolbar.choose(event));
  run(view, () => toolbar.rateOf(view.stack));
}
listenToKeys(desk, acts);
if (strip.start) views[0].show(strip.start);
