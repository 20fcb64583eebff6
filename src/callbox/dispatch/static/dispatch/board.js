// SPDX-License-Identifier: Apache-2.0
// The dispatch board: keys, selection, and what is drawn when.

import { loadCatalogue } from "../incidents/questions.js";
import { keyName, register } from "../web/js/keys.js";
import { offer as offerAction } from "../web/js/palette.js";
import { selectRow } from "../web/js/rows.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { drawAlarms, forget as forgetNext, nextToSend } from "./alarms.js";
import { drawMap, drawStations, onMap, selectOnMap, showRoutes } from "./board_map.js";
import * as detail from "./detail.js";
import { forget as forgetForms, open } from "./drawers.js";
import { setUpForms } from "./forms.js";
import { drawIncidents } from "./incidents_list.js";
import * as look from "./look.js";
import * as offers from "./offers.js";
import { incidentsInOrder } from "./order.js";
import { post, send, undo } from "./send.js";
import { listen, now, start } from "./store.js";
import { drawFoot } from "./unit_foot.js";
import { drawUnits, regroup } from "./units_list.js";

const lists = { incidents: document.getElementById("incidents"), units: document.getElementById("units") };
const SOON_MS = 150;
const REFRESH_MS = 20_000;
const chosen = { incident: new URLSearchParams(location.search).get("incident") ?? "", unit: "" };
let asking = 0;

setUpForms(() => chosen.incident);

function draw() {
  const board = now();
  look.saw(board.incidents[chosen.incident]);
  drawIncidents(board);
  drawUnits(board);
  drawMap(board);
  drawAlarms(board, draw);
  detail.drawDetail(board, chosen.incident);
  drawFoot(board, chosen.unit);
  mark();
}

// The rows were drawn anew: say again which are chosen.
function mark() {
  for (const [name, id] of [["incidents", chosen.incident], ["units", chosen.unit]]) {
    for (const row of lists[name].querySelectorAll("[data-row]")) row.setAttribute("aria-selected", String(row.dataset.row === id));
  }
}

function remember() {
  const url = new URL(location.href);
  if (chosen.incident) url.searchParams.set("incident", chosen.incident);
  else url.searchParams.delete("incident");
  history.replaceState(null, "", url);
}

function chooseIncident(id) {
  if (id === chosen.incident) return;
  chosen.incident = id;
  remember();
  forgetForms();
  offers.forget();
  detail.forget();
  selectOnMap("incident", id);
  draw();
  askAll(0);
}

// The story and the recommendation follow the board; several changes within a moment are asked for once.
function askAll(after = SOON_MS) {
  if (after === 0) clearTimeout(asking);
  else if (asking) return;
  asking = setTimeout(askNow, after);
}

async function askNow() {
  asking = 0;
  const id = chosen.incident;
  if (!id) return;
  const fresh = await Promise.all([detail.ask(id), now().incidents[id]?.type ? offers.ask(id) : offers.forget()]);
  if (!fresh.some(Boolean)) return;
  detail.drawDetail(now(), id);
  drawWays();
}

function concerns(entry) {
  if (entry.matter === chosen.incident || entry.facts.incident === chosen.incident) return true;
  const waited = new Set(offers.numbered().map(({ unit }) => unit));
  return entry.kind === "unit" ? waited.has(entry.matter) : waited.has(entry.facts.unit);
}

function chooseUnit(id) {
  chosen.unit = id;
  selectOnMap("unit", id);
  drawWays();
  drawFoot(now(), id);
}

const OFFERED_WAYS = 3;

// The ways of the first who should go, dotted, and of the chosen unit where it drives.
function drawWays() {
  const held = now().assignments[now().units[chosen.unit]?.assignment];
  const units = new Set([...offers.recommended().map(({ unit }) => unit).slice(0, OFFERED_WAYS), ...(held ? [] : [chosen.unit])]);
  const numbered = new Set(offers.numbered().map(({ unit }) => unit));
  const ways = [...units].filter((unit) => numbered.has(unit)).map((unit) => ({ incident: chosen.incident, unit, kind: "offered" }));
  if (held) ways.push({ incident: held.incident, unit: chosen.unit, kind: "driven" });
  showRoutes(ways);
}

function sendAll() {
  const row = now().incidents[chosen.incident];
  if (!row || !offers.isSteady()) return;
  const all = offers.recommended().map(({ unit, callsign }) => ({ unit, callsign }));
  if (!all.length) say(word(offers.advice(row.id) ? "nothing_to_send" : "asking"));
  else send(row, all).then(() => askAll());
}

function sendNumber(number) {
  const row = now().incidents[chosen.incident];
  const offer = offers.numbered()[number - 1];
  if (!row || !offer || !offers.isSteady()) return;
  if (offer.recommended) send(row, [offer]).then(() => askAll());
  else open("other", { given: { unit: offer.unit } });
}

function sendNext() {
  const found = nextToSend(now());
  if (!found?.offer) return;
  send(now().incidents[found.incident], [found.offer]).then(() => {
    forgetNext(found.incident);
    draw();
  });
}

const FORMS = new Set(["recall", "cancel", "divert", "correct"]);

function step(name) {
  if (name === "next-unit") {
    detail.stepAssignment(now());
    detail.drawDetail(now(), chosen.incident);
    return;
  }
  const each = detail.chosenAssignment(now());
  if (!detail.isSteady()) {
    say(word("unit_changed", { unit: each.callsign }), "wrong");
    return;
  }
  const times = Object.fromEntries(["acknowledged_at", "en_route_at", "on_scene_at", "clear_at"].map((at) => [at, each[at]]));
  const about = { assignment: each.id, unit: each.unit, incident: each.incident };
  if (FORMS.has(name)) open(name, { about: each.callsign, given: { id: each.id, unit: each.unit, times } });
  else post(`/api/assignments/${each.id}/${name}`, { radio: true }, { about, done: word("step_done", { unit: each.callsign, step: word(`step_${name}`) }) });
}

function actOn(button) {
  const { action, number, step: named, go, sendNext: next, unitState, assignment } = button.dataset;
  if (action === "send-all") sendAll();
  else if (action) open(action);
  else if (number) sendNumber(Number(number));
  else if (named) step(named);
  else if (next) sendNext();
  else if (go) selectAnywhere(go);
  else if (unitState) openUnit(unitState);
  else if (assignment) {
    detail.chooseAssignment(assignment);
    detail.drawDetail(now(), chosen.incident);
  }
}

function openUnit(id) {
  const { callsign, state, version } = now().units[id];
  open("unit", { about: callsign, given: { id, state, version } });
}

function selectAnywhere(id) {
  chooseIncident(id);
  selectRow(lists.incidents, id, { quiet: true });
}

function goTo(list) {
  const target = list.querySelector('[aria-selected="true"]') ?? list.querySelector("[data-row]");
  if (target) selectRow(list, target.dataset.row);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action], [data-number], [data-step], [data-go], [data-send-next], [data-unit-state], [data-assignment]");
  if (button) actOn(button);
});
lists.incidents.addEventListener("row:select", ({ detail: id }) => chooseIncident(id));
lists.incidents.addEventListener("row:open", () => sendAll());
lists.units.addEventListener("row:select", ({ detail: id }) => chooseUnit(id));
lists.units.addEventListener("row:open", ({ detail: id }) => openUnit(id));
lists.units.addEventListener("keydown", (event) => {
  const by = { ArrowRight: "ArrowDown", ArrowLeft: "ArrowUp" }[event.key];
  if (by) event.target.dispatchEvent(new KeyboardEvent("keydown", { key: by, bubbles: true, cancelable: true }));
});
onMap("map:select", ({ kind, id }) => {
  if (kind === "incident") selectAnywhere(id);
  else if (kind === "unit") {
    selectRow(lists.units, id, { focus: false, quiet: true });
    chooseUnit(id);
  }
});
document.getElementById("go-incidents").addEventListener("click", () => goTo(lists.incidents));
document.getElementById("go-units").addEventListener("click", () => goTo(lists.units));
document.getElementById("group-units").addEventListener("click", () => {
  regroup();
  drawUnits(now());
  mark();
});
for (let number = 1; number <= 9; number += 1) register(String(number), word("send_number", { number }), () => sendNumber(number), word("who_should_go"));
register("u", word("undo"), undo);
offerAction(`${word("send_all")} (${keyName("Enter")})`, sendAll, word("who_should_go"));

listen("load", (board) => {
  look.begin(board);
  if (!chosen.incident) chooseIncident(incidentsInOrder(board)[0]?.id ?? "");
  drawStations(board);
  askAll(0);
});
listen("entry", (entry) => concerns(entry) && askAll());
listen("change", (board) => {
  if (!chosen.incident) chooseIncident(incidentsInOrder(board)[0]?.id ?? "");
  draw();
});
setInterval(() => !document.hidden && askAll(0), REFRESH_MS);
loadCatalogue().catch(() => {}); // so that the questions are there when a form asks for them
start().then(() => document.activeElement === document.body && goTo(lists.incidents));
