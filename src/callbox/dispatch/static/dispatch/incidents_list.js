// SPDX-License-Identifier: Apache-2.0
// The list of open incidents: two lines each, what is wrong or late first.

import { refresh } from "../web/js/ages.js";
import { age, due, h, patch, priority, sign, state } from "../web/js/dom.js";
import { settle } from "../web/js/rows.js";
import { word } from "../web/js/words.js";
import { hasChanged, hasClashed } from "./look.js";
import { assignmentsByIncident, incidentsInOrder, isLate } from "./order.js";

const body = document.getElementById("incidents");
const SHOWN_UNITS = 6;

export function drawIncidents(board) {
  const sent = assignmentsByIncident(board);
  const rows = incidentsInOrder(board);
  patch(body, rows.map((row) => drawn(row, sent.get(row.id) ?? [])));
  document.getElementById("no-incidents").hidden = rows.length > 0;
  document.getElementById("incident-count").textContent = rows.length || "";
  settle(body);
  refresh(body);
}

function drawn(row, sent) {
  const changed = hasChanged(row);
  const clashed = hasClashed(row.id);
  const look = JSON.stringify([row, sent.map((each) => [each.callsign, each.state, isLate(each)]), changed, clashed]);
  const classes = ["incident", changed && "is-changed", clashed && "is-clashed", row.safety_alarm && "is-alarm"];
  const properties = { class: classes.filter(Boolean).join(" "), role: "option", "data-row": row.id, "data-look": look };
  return h("div", properties, mark(row), h("div", { class: "incident-text" }, head(row, changed, clashed), foot(row, sent)));
}

function mark(row) {
  return h("span", { class: "incident-mark" }, row.priority ? priority(row.priority) : h("span", { class: "quiet" }, "?"));
}

function head(row, changed, clashed) {
  const name = row.type_name || word("type_unknown");
  return h(
    "div",
    { class: "incident-line" },
    h("strong", { class: "incident-number" }, String(row.number)),
    h("strong", { class: "incident-name" }, name),
    changed && h("span", { class: "visually-hidden" }, word("changed")),
    clashed && state(word("somebody_first"), "", "strong"),
    row.safety_alarm && state(word("safety_alarm"), "alarm", "wrong"),
    row.alarm_level > 1 && state(word("alarm_level", { level: row.alarm_level })),
    clockOf(row),
    age(row.opened_at),
  );
}

function clockOf(row) {
  const late = row.clocks.find((clock) => clock.fired_at);
  if (late) return state(word(`clock_${late.name}_late`), "waiting", "late");
  const [next] = row.clocks;
  return next ? due(next.started_at, next.due_at) : null;
}

function foot(row, sent) {
  const where = row.place?.address || (row.sensitive ? word("place_hidden") : word("place_unknown"));
  const units = sent.slice(0, SHOWN_UNITS).map((each) => h("span", { class: `sent${isLate(each) ? " is-late" : ""}` }, sign(each.state === "stacked" ? "waiting" : each.state), each.callsign));
  const more = sent.length > SHOWN_UNITS ? h("span", { class: "quiet" }, `+${sent.length - SHOWN_UNITS}`) : null;
  const none = sent.length ? null : state(word("nobody_sent"), "", "strong");
  return h("div", { class: "incident-line incident-line--2" }, h("span", { class: "incident-place" }, where), ...units, more, none);
}
