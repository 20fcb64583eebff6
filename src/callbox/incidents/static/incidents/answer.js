// SPDX-License-Identifier: Apache-2.0
// The answering desk: claim, type, place, send. Everything has its key.

import { get, post } from "../web/js/api.js";
import { choose as setChoice } from "../web/js/combobox.js";
import { newId } from "../web/js/dom.js";
import { selectRow } from "../web/js/rows.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import * as form from "./call_form.js";
import { onMap, setPin } from "./answer_map.js";
import { follow } from "./call_pictures.js";
import { have, listen, now, start, want } from "./queue.js";
import { loadCatalogue } from "./questions.js";
import { drawQueue } from "./queue_list.js";
import { inOrder } from "./queue_state.js";
import { drawLost } from "./ring_back.js";
import * as similar from "./similar.js";

const list = document.getElementById("queue");
const title = document.title;
const chosen = { call: new URLSearchParams(location.search).get("call") ?? "", shown: "", incidentId: "" };
const me = JSON.parse(document.getElementById("me").textContent);

const rowNow = () => now().calls[chosen.call];

function draw(queue = now()) {
  const row = queue.calls[chosen.call];
  if (!row && chosen.call) leave();
  const waiting = drawQueue(queue, chosen.call);
  document.title = waiting ? `(${waiting}) ${title}` : title;
  document.getElementById("answer-next").disabled = !waiting;
  const inHand = row?.mine && row.state === "answered";
  document.getElementById("call").hidden = !inHand;
  document.getElementById("no-call").hidden = Boolean(inHand);
  drawLost(row?.state === "lost" ? row : null);
  if (!inHand) return;
  drawHead(row);
  follow(row);
  if (chosen.shown !== row.id) show(row.id);
}

function drawHead(row) {
  const told = row.incident_number ? word("of_incident", { number: row.incident_number }) : word("no_incident_yet");
  document.getElementById("call-about").textContent = `${word(`channel_${row.channel}`)} · ${told}`;
  document.getElementById("open-incident").hidden = Boolean(row.incident_id);
  document.getElementById("finish").hidden = !row.incident_id;
  for (const each of document.querySelectorAll("#outcomes, [data-step-of]")) each.hidden = Boolean(row.incident_id);
}

async function show(id) {
  chosen.shown = id;
  chosen.incidentId = newId();
  try {
    await form.show(id, await get(`/api/calls/${id}/caller?purpose=answer`));
    form.focusWords();
  } catch {
    chosen.shown = "";
  }
}

function choose(id) {
  chosen.call = id;
  const url = new URL(location.href);
  url.searchParams.set("call", id);
  history.replaceState(null, "", url);
  draw();
}

function leave() {
  chosen.call = chosen.shown = "";
  history.replaceState(null, "", location.pathname);
  setPin(null);
}

async function claim(id) {
  try {
    have(await post(`/api/calls/${id}/claim`));
    choose(id);
  } catch {
    want(id);
  }
}

function answerNext() {
  const next = inOrder(now()).find((row) => row.state === "waiting");
  if (next) claim(next.id);
  else say(word("nobody_waits"));
}

async function newCall() {
  const row = await post("/api/calls", { channel: "phone", lane: "emergency", id: newId() });
  have(row);
  choose(row.id);
}

let line = Promise.resolve();
const inLine = new Set();

// One step at a time. The same one pressed again while it is under way does nothing; another one waits for its end,
// and is dropped when another call has been chosen meanwhile. name: what tells it from other steps.
function once(name, step) {
  const call = chosen.call;
  const pressed = `${name} ${call}`;
  if (inLine.has(pressed)) return;
  inLine.add(pressed);
  line = line
    .then(() => (call === chosen.call ? step() : undefined))
    .catch(() => {}) // The status line says why; what was typed is still there.
    .finally(() => inLine.delete(pressed));
}

async function openIncident() {
  const row = rowNow();
  if (!row?.mine) return;
  if (!form.type()) return lacks("type_first", "type_text");
  if (!form.placeText()) return lacks("place_first", "place_text");
  await form.keep();
  const opened = await post("/api/incidents", { id: chosen.incidentId, ...form.incident() });
  say(word("opened", { number: opened.number, priority: opened.priority }), "done");
  await want(row.id);
}

function lacks(key, field) {
  say(word(key), "wrong");
  form.focusOn(field);
}

async function join(like) {
  const row = rowNow();
  if (!like || !row?.mine || row.incident_id) return;
  await form.keep();
  have(await post(`/api/calls/${row.id}/link`, { incident: like.incident }));
  say(word("joined", { number: like.number }), "done");
}

// What stood at that number when it was pressed; the list may change before its turn comes.
const joinOnce = (like) => once(`join ${like?.number}`, () => join(like));

async function wrapUp(outcome) {
  const row = rowNow();
  if (!row || !outcome) return;
  if (row.mine) await form.keep();
  have(await post(`/api/calls/${row.id}/wrap-up`, { outcome }));
  say(word("wrapped_up"), "done");
  leave();
  draw();
  goToQueue();
}

// What rooms above this one do with a call that has no incident, such as handing it over; it ends the call.
async function doStep(part, reason) {
  const { stepOf, body, done } = part.dataset;
  const row = rowNow();
  if (!row?.mine) return;
  await form.keep();
  await post(stepOf, { ...JSON.parse(body), id: row.id, reason });
  setChoice(part.querySelector("[data-combobox]"), null);
  await want(row.id);
  say(done, "done");
  leave();
  draw();
  goToQueue();
}

const sendOrFinish = () => once("send", () => (rowNow()?.incident_id ? wrapUp("incident") : openIncident()));

async function release() {
  const row = rowNow();
  if (!row?.mine) return;
  await form.keep();
  have(await post(`/api/calls/${row.id}/release`, { reason: "put_back" }));
  leave();
  draw();
}

function goToQueue() {
  const row = list.querySelector('[aria-selected="true"]') ?? list.querySelector("[data-row]");
  if (row) selectRow(list, row.dataset.row);
}

function enter(id) {
  const row = now().calls[id];
  if (row?.state === "waiting") claim(id);
  else if (row?.mine) choose(id);
}

const ACTIONS = {
  "answer-next": answerNext,
  "new-call": newCall,
  "send-or-finish": sendOrFinish,
  release: () => once("release", release),
  "go-queue": goToQueue,
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action], [data-join], [data-back]");
  if (!button) return;
  const { action, join: number, back } = button.dataset;
  if (number) joinOnce(similar.similarAt(Number(number)));
  else if (back === "reached") claim(chosen.call);
  else if (back === "give_up") once(back, () => wrapUp("not_reached"));
  else if (back) once(back, async () => have(await post(`/api/calls/${chosen.call}/try-back`, { result: back })));
  else ACTIONS[action]?.();
});
document.getElementById("outcomes").addEventListener("combobox:choose", ({ detail }) => once("end", () => wrapUp(detail.value)));
for (const each of document.querySelectorAll("[data-step-of]")) {
  each.addEventListener("combobox:choose", ({ detail }) => once(each.dataset.stepOf, () => doStep(each, detail.value)));
}
document.getElementById("call-form").addEventListener("submit", (event) => event.preventDefault());
list.addEventListener("row:select", ({ detail: id }) => now().calls[id]?.state !== "waiting" && choose(id));
list.addEventListener("row:open", ({ detail: id }) => enter(id));
form.setUp(() => {
  setPin(form.place());
  similar.ask(form.place(), form.type());
});
onMap("map:click", (at) => form.setPlace(at, form.placeText() || word("point_on_map")));
listen(draw);
loadCatalogue().catch(() => {}); // so that the questions are there when a type is chosen
start(me).then(() => document.activeElement === document.body && goToQueue());
