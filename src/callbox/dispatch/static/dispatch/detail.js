// SPDX-License-Identifier: Apache-2.0
// The chosen incident: what and where, who is on it, who should go, what was said and done.

import { drawPictures } from "../pictures/show.js";
import { call } from "../web/js/api.js";
import { refresh } from "../web/js/ages.js";
import { clockTime } from "../web/js/clock.js";
import { age, due, h, key, priority, state } from "../web/js/dom.js";
import { word } from "../web/js/words.js";
import { coded, drawHistory } from "./history.js";
import { drawOffers, recommended } from "./offers.js";
import { assignmentsOf, isLate } from "./order.js";

const head = document.getElementById("detail-head");
const body = document.getElementById("detail");
const current = { id: "", more: null, asked: 0, chosen: "", steadyAt: 0 };
const STEADY_MS = 700; // a key pressed sooner after the chosen unit changed by itself was meant for the one before
const NOTHING = "00000000-0000-0000-0000-000000000000"; // stands in an address for the incident's id
const STEPS = [
  ["q", "acknowledge", ["assigned"]],
  ["w", "go", ["assigned", "acknowledged"]],
  ["e", "arrive", ["assigned", "acknowledged", "en_route"]],
  ["r", "clear", ["stacked", "assigned", "acknowledged", "en_route", "on_scene"]],
  ["t", "recall", ["stacked", "assigned", "acknowledged", "en_route"]],
  ["d", "divert", ["stacked", "assigned", "acknowledged", "en_route"]],
  ["x", "cancel", ["stacked", "assigned"]],
  ["k", "activate", ["stacked"]],
  ["y", "correct", ["assigned", "acknowledged", "en_route", "on_scene"]],
];

export const more = () => current.more;

// The incident as this page knows it best: the live row, or what was read when it is over.
export function incidentNow(board, id) {
  return board.incidents[id] ?? (current.more?.id === id ? current.more : null);
}

// Read what stands beside the row: remarks, calls, the story. That it was read is noted.
export async function ask(id) {
  const turn = (current.asked += 1);
  if (current.id !== id) Object.assign(current, { id, more: null, chosen: "" });
  try {
    const found = await call("GET", `/api/incidents/${id}`, undefined, { quiet: true });
    if (turn === current.asked) current.more = found;
  } catch (problem) {
    if (turn === current.asked && problem.status === 404) current.more = null;
  }
  return turn === current.asked;
}

export function forget() {
  current.asked += 1;
  Object.assign(current, { id: "", more: null, chosen: "" });
}

// The assignment that the milestone keys act on. It stays the same until it is over or another is chosen: what a crew
// tells must never land on the next one because a clock ran out meanwhile.
export function chosenAssignment(board) {
  const all = assignmentsOf(board, current.id);
  const known = all.find(({ id }) => id === current.chosen);
  if (known) return known;
  const next = all.find(isLate) ?? all[0] ?? null;
  if (current.chosen && next) current.steadyAt = performance.now() + STEADY_MS;
  current.chosen = next?.id ?? "";
  return next;
}

export const isSteady = () => performance.now() >= current.steadyAt;

export function chooseAssignment(id) {
  current.chosen = id;
  current.steadyAt = 0;
}

export function stepAssignment(board) {
  const all = assignmentsOf(board, current.id);
  if (all.length) current.chosen = all[(all.findIndex(({ id }) => id === chosenAssignment(board).id) + 1) % all.length].id;
}

export function drawDetail(board, id) {
  const row = id ? incidentNow(board, id) : null;
  document.getElementById("no-detail").hidden = Boolean(row);
  document.getElementById("detail-keys").hidden = !row;
  if (!row) {
    head.replaceChildren();
    body.replaceChildren();
    return;
  }
  const isOpen = Boolean(board.incidents[id]);
  const scrolled = body.scrollTop;
  head.replaceChildren(...drawnHead(row, isOpen));
  body.replaceChildren(
    ...place(row),
    ...pictures(),
    ...(isOpen ? [units(board), offersPart()] : [ending(row)]),
    story(row),
  );
  body.scrollTop = scrolled;
  showKeys(row, isOpen);
  refresh(head);
  refresh(body);
}

// Only what can be done now has its key.
function showKeys(row, isOpen) {
  const shown = {
    reopen: !isOpen && row.state === "closed",
    safety: isOpen && !row.safety_alarm,
    "safety-clear": isOpen && row.safety_alarm,
    remark: row.state !== "merged",
  };
  for (const button of document.querySelectorAll("#detail-keys [data-action]")) {
    button.hidden = !(shown[button.dataset.action] ?? isOpen);
  }
  for (const page of document.querySelectorAll("#detail-keys [data-page-of]")) {
    page.href = page.dataset.pageOf.replace(NOTHING, row.id);
  }
}

function drawnHead(row, isOpen) {
  const name = h("h2", {}, h("span", { class: "detail-number" }, String(row.number)), " ", row.type_name || word("type_unknown"));
  const clocks = isOpen ? row.clocks.map((clock) => due(clock.started_at, clock.due_at, word(`clock_${clock.name}`))) : [];
  const marks = h(
    "div",
    { class: "row" },
    state(word(`incident_${row.state}`), row.state === "on_scene" ? "on_scene" : "", "strong"),
    row.alarm_level > 1 && state(word("alarm_level", { level: row.alarm_level })),
    row.round > 1 && state(word("round", { round: row.round })),
    row.safety_alarm && state(word("safety_alarm"), "alarm", "wrong"),
    h("span", { class: "quiet" }, word("open_for")),
    age(row.opened_at),
    ...clocks,
  );
  return [h("div", { class: "detail-title" }, row.priority ? priority(row.priority) : null, name), marks];
}

function section(title, ...children) {
  return h("section", { class: "part" }, h("div", { class: "part-head" }, h("h3", {}, title)), ...children);
}

function offersPart() {
  const part = section(word("who_should_go"), drawOffers());
  const count = recommended().length;
  if (count) part.firstChild.append(h("button", { class: "button button--primary", type: "button", "data-action": "send-all" }, word("send_all_count", { count }), " ", key("Enter")));
  return part;
}

function place(row) {
  const where = current.more?.details ?? row.place;
  const note = current.more?.details.note;
  const calls = row.call_count ? word("calls", { count: row.call_count }) : "";
  return [
    h("p", { class: "detail-place" }, h("strong", {}, where?.address || word("place_unknown")), calls ? h("span", { class: "quiet" }, ` ${calls}`) : null),
    note ? h("p", { class: "notice" }, note) : null,
  ].filter(Boolean);
}

function pictures() {
  const rows = current.more?.pictures ?? [];
  return rows.length ? [section(word("pictures"), drawPictures(rows))] : [];
}

function ending(row) {
  return h("p", { class: "notice" }, row.disposition ? word("ended_as", { how: coded(row.disposition) }) : word(`incident_${row.state}`));
}

function units(board) {
  const all = assignmentsOf(board, current.id);
  if (!all.length) return section(word("units_on_it"), h("p", { class: "quiet" }, word("nobody_sent")));
  const chosen = chosenAssignment(board);
  const titles = ["unit", "state", "assigned_at", "acknowledged_at", "en_route_at", "on_scene_at"].map((name) => h("th", { scope: "col" }, word(`col_${name}`)));
  const table = h("table", { class: "table table--tight" }, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...all.map((each) => unitRow(each, each.id === chosen.id))));
  return section(word("units_on_it"), h("div", { class: "scroll-x" }, table), radio(chosen, all.length > 1));
}

function unitRow(each, isChosen) {
  const times = ["assigned_at", "acknowledged_at", "en_route_at", "on_scene_at"].map((name) => h("td", {}, clockTime(each[name])));
  const late = isLate(each) && each.state === "assigned";
  const signName = each.state === "stacked" ? "waiting" : each.state;
  const shown = late ? state(word("no_answer"), "waiting", "late") : state(word(`unit_${each.state}`), signName);
  return h("tr", { class: isChosen ? "is-selected" : null, "data-assignment": each.id }, h("th", { scope: "row" }, isChosen ? "▸ " : "", each.callsign), h("td", {}, shown), ...times);
}

// What a crew tells by radio, for the chosen unit: the next step stands out.
function radio(chosen, several) {
  const possible = STEPS.filter(([, , states]) => states.includes(chosen.state));
  const next = { stacked: "activate", assigned: "acknowledge", acknowledged: "go", en_route: "arrive", on_scene: "clear" }[chosen.state];
  const buttons = possible.map(([name, step]) =>
    h(
      "button",
      { class: `button${step === next ? " button--primary" : ""}`, type: "button", "data-step": step, "data-key": name, "data-group": chosen.callsign, "aria-keyshortcuts": name },
      h("span", { class: "button-label" }, word(`step_${step}`)),
      key(name.toUpperCase()),
    ),
  );
  const other = several && h("button", { class: "button button--quiet", type: "button", "data-step": "next-unit", "data-key": "b" }, h("span", { class: "button-label" }, word("next_unit")), key("B"));
  const settling = !isSteady();
  if (settling) setTimeout(() => document.querySelector(".radio")?.classList.toggle("is-settling", !isSteady()), STEADY_MS);
  return h("div", { class: `toolbar radio${settling ? " is-settling" : ""}` }, h("strong", {}, chosen.callsign), ...buttons, other);
}

function story(row) {
  if (!current.more) return section(word("story"), h("p", { class: "quiet" }, word("asking")));
  return section(word("story"), drawHistory({ ...current.more, number: row.number }));
}
