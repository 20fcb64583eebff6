// SPDX-License-Identifier: Apache-2.0
// The supervisor's page: what is late and soon will be, and why; how things stand; the story of any incident.

import { call } from "../web/js/api.js";
import { refresh } from "../web/js/ages.js";
import { age, due, h, patch, priority, sign, state } from "../web/js/dom.js";
import { selectRow, settle } from "../web/js/rows.js";
import { word } from "../web/js/words.js";
import { drawer, forget, open } from "./drawers.js";
import { drawFigures } from "./figures.js";
import { coded, drawHistory } from "./history.js";
import { doing, incidentsInOrder, isLate } from "./order.js";
import { post } from "./send.js";
import { listen, now, start } from "./store.js";

const WITHIN_S = 120;
const LATE_MS = 5000;
const SOON_MS = 200;
const FIGURES_MS = 60_000;
const at = (id) => document.getElementById(id);
const chosen = { incident: new URLSearchParams(location.search).get("incident") ?? "", closed: null, more: null };
let asking = 0;

const quietly = (path) => call("GET", path, undefined, { quiet: true }).catch(() => null);

async function drawLate() {
  const found = await quietly(`/api/late?within=${WITHIN_S}`);
  if (!found) return;
  const rows = (list, title, none) => [
    h("h3", { class: "late-title", "data-part": title, "data-look": `${list.length}` }, word(title), h("span", {}, ` ${list.length || ""}`)),
    ...(list.length ? list.map(lateRow) : [h("p", { class: "late-row", "data-part": none, "data-look": none }, word(none))]),
  ];
  patch(at("late"), [...rows(found.late, "late_now", "nothing_late"), ...rows(found.soon, "soon", "nothing_soon")]);
  at("late-count").textContent = found.late.length || "";
  settle(at("late"));
  refresh(at("late"));
}

function lateRow(row) {
  const id = `${row.matter} ${row.clock}`;
  return h(
    "div",
    { class: "late-row", role: "option", "data-row": id, "data-incident": row.incident ?? "", "data-look": JSON.stringify([row, row.late]) },
    h("span", {}, row.late ? sign("alarm") : null, " ", row.reason_text),
    due(row.started_at, row.due_at),
    h("span", { class: "quiet" }, why(row)),
  );
}

// Why: who has it, and what stands in the way.
function why(row) {
  const incident = now().incidents[row.incident];
  const where = [incident?.type_name, incident?.place?.address].filter(Boolean).join(", ");
  if (row.kind !== "incident") return where;
  const sent = Object.values(now().assignments).filter((each) => each.incident === row.incident);
  const who = sent.map((each) => `${each.callsign} ${word(`unit_${each.state}`)}`).join(", ");
  return [where, who || word("nobody_sent")].filter(Boolean).join(" · ");
}

function drawCounts(board) {
  const count = (rows, of) => rows.reduce((found, row) => found.set(of(row), (found.get(of(row)) ?? 0) + 1), new Map());
  const incidents = count(Object.values(board.incidents), (row) => row.state);
  const units = count(Object.values(board.units), (unit) => doing(board, unit));
  const table = (title, names, found, prefix) =>
    h(
      "table",
      { class: "table" },
      h("caption", {}, title),
      h("tbody", {}, ...names.map((name) => h("tr", {}, h("th", { scope: "row" }, word(`${prefix}${name}`)), h("td", { class: "num" }, String(found.get(name) ?? 0))))),
    );
  const states = ["reported", "assessed", "dispatched", "on_scene"];
  const doings = ["available", "conditional", "assigned", "acknowledged", "en_route", "on_scene", "unavailable", "off_duty"];
  at("counts").replaceChildren(h("div", { class: "counts" }, table(word("open_incidents"), states, incidents, "incident_"), table(word("units"), doings, units, "unit_")));
}

function drawIncidents(board) {
  const rows = chosen.closed ?? incidentsInOrder(board);
  patch(at("incidents"), rows.map(incidentRow));
  at("no-incidents").hidden = rows.length > 0;
  at("incident-count").textContent = rows.length || "";
  for (const row of at("incidents").querySelectorAll("[data-row]")) row.setAttribute("aria-selected", String(row.dataset.row === chosen.incident));
  settle(at("incidents"));
  refresh(at("incidents"));
}

function incidentRow(row) {
  const late = !chosen.closed && isLate(row);
  const ended = row.disposition ? coded(row.disposition) : word(`incident_${row.state}`);
  return h(
    "div",
    { class: "incident", role: "option", "data-row": row.id, "data-look": JSON.stringify(row) },
    h("span", { class: "incident-mark" }, row.priority ? priority(row.priority) : "?"),
    h(
      "div",
      { class: "incident-text" },
      h("div", { class: "incident-line" }, h("strong", {}, String(row.number)), h("strong", { class: "incident-name" }, row.type_name || word("type_unknown")), state(chosen.closed ? ended : word(`incident_${row.state}`), late ? "waiting" : "", late ? "late" : ""), age(row.opened_at)),
      h("div", { class: "incident-line incident-line--2" }, h("span", { class: "incident-place" }, row.place?.address || word("place_unknown"))),
    ),
  );
}

async function drawStory() {
  const id = chosen.incident;
  if (!id) return;
  const found = await quietly(`/api/incidents/${id}`);
  if (!found || id !== chosen.incident) return;
  chosen.more = found;
  at("story-title").textContent = `${found.number} ${found.type_name}`;
  at("reopen").hidden = found.state !== "closed";
  at("story").replaceChildren(h("p", { class: "detail-place" }, h("strong", {}, found.details.address || word("place_unknown"))), drawHistory(found));
}

function choose(id) {
  if (!id || id === chosen.incident) return;
  chosen.incident = id;
  forget();
  const url = new URL(location.href);
  url.searchParams.set("incident", id);
  history.replaceState(null, "", url);
  drawIncidents(now());
  drawStory();
}

async function showClosed(closed) {
  chosen.closed = closed ? ((await quietly("/api/incidents?state=closed")) ?? []) : null;
  at("show-open").setAttribute("aria-pressed", String(!closed));
  at("show-closed").setAttribute("aria-pressed", String(closed));
  drawIncidents(now());
}

function goTo(list) {
  const row = list.querySelector('[aria-selected="true"]') ?? list.querySelector("[data-row]");
  if (row) selectRow(list, row.dataset.row);
}

drawer(
  "reopen",
  async (values) => {
    const done = await post(`/api/incidents/${chosen.incident}/reopen`, { reason: values.reason_reopen }, { about: { incident: chosen.incident }, done: word("reopened") });
    if (done) showClosed(false).then(drawStory);
    return done;
  },
  (form) => {
    form.querySelector('input[type="radio"]').checked = true;
  },
);
at("reopen").addEventListener("click", () => open("reopen"));
at("show-open").addEventListener("click", () => showClosed(false));
at("show-closed").addEventListener("click", () => showClosed(true));
at("go-late").addEventListener("click", () => goTo(at("late")));
at("go-incidents").addEventListener("click", () => goTo(at("incidents")));
at("incidents").addEventListener("row:select", ({ detail: id }) => choose(id));
at("late").addEventListener("row:select", ({ target }) => choose(target.querySelector('[aria-selected="true"]')?.dataset.incident));

// The story and the lists follow the journal; several changes within a moment are asked for once.
listen("entry", () => {
  clearTimeout(asking);
  asking = setTimeout(() => {
    drawLate();
    drawStory();
  }, SOON_MS);
});
listen("change", (board) => {
  drawCounts(board);
  drawIncidents(board);
});
setInterval(drawLate, LATE_MS);
setInterval(() => drawFigures(at("figures")), FIGURES_MS);
drawFigures(at("figures"));
start().then(() => {
  drawLate();
  drawStory();
  goTo(at("incidents"));
});
