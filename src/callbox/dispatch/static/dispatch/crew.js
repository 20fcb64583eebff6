// SPDX-License-Identifier: Apache-2.0
// The crew's page: draws what is so, sends what is pressed, and follows the unit's own stream of changes.

import { Problem, get } from "../web/js/api.js";
import { clockTime } from "../web/js/clock.js";
import { say } from "../web/js/status.js";
import { on } from "../web/js/stream.js";
import { word } from "../web/js/words.js";
import { drawAlarm, newsOf, settled as alarmSettled } from "./crew-alarm.js";
import { hearTime } from "./crew-clock.js";
import { watchForms } from "./crew-forms.js";
import { drawMenu, watchMenu } from "./crew-menu.js";
import { watchPictures } from "./crew-pictures.js";
import { watchPosition } from "./crew-position.js";
import { messages, onChange, press, send } from "./crew-queue.js";
import { drawRoute } from "./crew-route.js";
import { shown } from "./crew-state.js";
import { store } from "./crew-store.js";
import { at, drawActive, drawEmpty, drawLog, drawNext, drawSending, drawStacked, drawUnit, put } from "./crew-view.js";

const HUSH_MS = 1500; // the next step appears under the same thumb: a second tap must not press it too
const GATHER_MS = 150;
const person = document.body.dataset.person;
let snapshot = await store.kept("snapshot");
if (snapshot?.person !== person) snapshot = undefined;
let fresh = false;
let loading = 0;
let settles = 0;

async function draw() {
  const queue = await messages();
  drawSending(queue);
  drawLog(queue);
  at("kept-copy").hidden = fresh || !snapshot;
  if (!snapshot) return;
  put("kept-copy", word("kept_copy", { time: clockTime(snapshot.server_time) }));
  const view = shown(snapshot, queue.waiting);
  const active = view.assignments.find((one) => one.active);
  drawUnit(view);
  drawMenu(view.unit);
  drawEmpty(view, active);
  drawActive(active);
  drawStacked(view.assignments.filter((one) => !one.active));
  drawNext(active);
  drawRoute(active, view.unit);
  drawAlarm(view, active);
  watchPosition(view.unit, fresh);
  watchForms(view, active);
  watchPictures(active);
}

async function load() {
  const before = settles;
  try {
    const answer = await get("/api/crew", { quiet: true });
    if (before !== settles) return reload(); // asked before the last press was taken: it may not know of it
    hearTime(answer.server_time);
    newsOf(snapshot, answer);
    snapshot = answer;
    fresh = true;
    await store.keep("snapshot", snapshot);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    await failed(problem);
  }
  return draw();
}

// What the server has taken stands in our copy at once, so that no step is offered twice until the next answer.
async function settle(settled) {
  const done = settled.filter(({ state }) => state === "done");
  if (!snapshot || !done.length) return;
  settles += 1;
  snapshot = shown(snapshot, done);
  await store.keep("snapshot", snapshot);
}

// Whoever may not see it any more does not go on seeing the copy on this phone.
async function failed(problem) {
  fresh = false;
  if (problem.status !== 401 && problem.status !== 403 && problem.status !== 404) return;
  snapshot = undefined;
  await store.forget();
  for (const name of ["active", "place-part", "stacked-part", "picture-part", "next"]) at(name).hidden = true;
  at("empty").hidden = false;
  put("empty-title", problem.message);
  put("empty-hint", "");
}

function reload() {
  clearTimeout(loading);
  loading = setTimeout(load, GATHER_MS);
}

async function pressed(button) {
  const { step, target } = button.dataset;
  if (!step || button.getAttribute("aria-disabled") === "true") return;
  hush();
  await press(step, target);
}

function hush() {
  const button = at("next");
  button.setAttribute("aria-disabled", "true");
  setTimeout(() => button.removeAttribute("aria-disabled"), HUSH_MS);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) pressed(button);
});
at("begin-duty").addEventListener("click", () => press("begin_duty", snapshot.unit.id));
onChange(async (settled) => {
  await settle(settled);
  alarmSettled(settled);
  const refused = settled.find(({ state }) => state === "refused");
  if (refused) say(word("not_taken", { why: `${word(refused.what)}: ${refused.text}` }), "wrong");
  await draw();
  if (settled.length) reload();
});
on("entry", reload);
on("live", () => {
  reload();
  send();
});
on("stale", () => {
  fresh = false;
  draw();
});
window.addEventListener("offline", () => {
  fresh = false;
  draw();
});
watchMenu(() => snapshot);
await draw();
load();
send();
setInterval(draw, 15000);
