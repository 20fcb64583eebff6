// SPDX-License-Identifier: Apache-2.0
// What must not be overlooked, over the whole board: a crew in danger, and a crew that has not answered its call.

import { call } from "../web/js/api.js";
import { refresh, span } from "../web/js/ages.js";
import { age, h, key, patch, sign } from "../web/js/dom.js";
import { word } from "../web/js/words.js";
import { inDanger, unanswered } from "./order.js";

const strips = document.getElementById("strips");
const title = document.title;
const MOST = 3;
const next = new Map(); // incident id -> the unit that could go instead, or null while nobody can

// Incidents with crews that have not answered, the longest waiting first: [{incident, number, late: [assignment]}].
function waiting(board) {
  const found = new Map();
  for (const each of unanswered(board)) {
    const known = found.get(each.incident) ?? { incident: each.incident, number: each.incident_number, late: [] };
    found.set(each.incident, { ...known, late: [...known.late, each] });
  }
  return [...found.values()];
}

// What the key for the next unit does: the incident, and who would go there instead.
export function nextToSend(board) {
  const [first] = waiting(board);
  return first ? { incident: first.incident, offer: next.get(first.incident) ?? null } : null;
}

export function drawAlarms(board, redraw) {
  const late = waiting(board);
  const danger = inDanger(board);
  lookUp(late, redraw);
  patch(strips, [...danger.map(dangerStrip), ...late.slice(0, MOST).map((each, at) => lateStrip(each, at === 0)), ...rest(late)]);
  const count = late.length + danger.length;
  document.title = count ? `(${count}!) ${title}` : title;
  refresh(strips);
}

function rest(late) {
  const count = late.length - MOST;
  return count > 0 ? [h("p", { class: "strip", "data-part": "rest", "data-look": count }, word("more_unanswered", { count }))] : [];
}

function dangerStrip(row) {
  const words = h("strong", {}, word("danger_at", { number: row.number }));
  const where = h("span", {}, row.place?.address ?? "");
  return h(
    "div",
    { class: "strip strip--wrong", "data-part": `danger ${row.id}`, "data-look": `${row.id} ${row.place?.address}` },
    sign("alarm"),
    words,
    where,
    h("button", { class: "button", type: "button", "data-go": row.id }, word("show")),
  );
}

function lateStrip({ incident, number, late }, isFirst) {
  const offer = next.get(incident);
  const instead = offer ? word("next_could", { unit: offer.callsign, time: span(offer.arrival_s) }) : offer === null ? word("nobody_else") : word("asking");
  const units = late.map(({ callsign }) => callsign).join(", ");
  return h(
    "div",
    { class: "strip strip--late", "data-part": `late ${incident}`, "data-look": JSON.stringify([units, instead, isFirst]) },
    sign("waiting"),
    h("strong", {}, word("not_acknowledged", { unit: units, number })),
    age(late[0].assigned_at),
    h("span", {}, instead),
    offer && isFirst && h("button", { class: "button", type: "button", "data-send-next": incident, "data-key": "f" }, h("span", { class: "button-label" }, word("send_next", { unit: offer.callsign })), " ", key("F")),
    h("button", { class: "button button--quiet", type: "button", "data-go": incident }, word("show")),
  );
}

// Who could go instead is asked for again when another crew does not answer, or the offered one has gone.
const asked = new Map();

function lookUp(late, redraw) {
  for (const id of next.keys()) if (!late.some(({ incident }) => incident === id)) forget(id);
  for (const { incident, late: crews } of late.slice(0, MOST)) {
    const about = crews.map(({ id }) => id).join();
    if (asked.get(incident) === about) continue;
    asked.set(incident, about);
    call("GET", `/api/incidents/${incident}/recommendation`, undefined, { quiet: true })
      .then(({ offers }) => next.set(incident, offers[0] ?? null))
      .catch(() => next.set(incident, null))
      .finally(redraw);
  }
}

// The next unit was sent, or nobody is waited for any more.
export function forget(incident) {
  next.delete(incident);
  asked.delete(incident);
}
