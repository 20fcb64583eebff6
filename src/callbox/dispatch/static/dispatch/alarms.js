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
const next = new Map(); // assignment id -> the unit that could go instead, or null while nobody can

// The unanswered assignment that the key for the next unit acts on, with who would go instead.
export function firstUnanswered(board) {
  const [first] = unanswered(board);
  return first ? { assignment: first, offer: next.get(first.id) ?? null } : null;
}

export function drawAlarms(board, redraw) {
  const late = unanswered(board);
  const danger = inDanger(board);
  lookUp(late.slice(0, MOST), redraw);
  patch(strips, [...danger.map(dangerStrip), ...late.slice(0, MOST).map((each, at) => lateStrip(each, at === 0)), ...rest(late)]);
  const count = late.length + danger.length;
  document.title = count ? `(${count}!) ${title}` : title;
  refresh(strips);
}

function rest(late) {
  return late.length > MOST ? [h("p", { class: "strip", "data-part": "rest" }, word("more_unanswered", { count: late.length - MOST }))] : [];
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

function lateStrip(each, isFirst) {
  const offer = next.get(each.id);
  const instead = offer ? word("next_could", { unit: offer.callsign, time: span(offer.arrival_s) }) : next.has(each.id) ? word("nobody_else") : word("asking");
  return h(
    "div",
    { class: "strip strip--late", "data-part": `late ${each.id}`, "data-look": JSON.stringify([each.id, instead, isFirst]) },
    sign("waiting"),
    h("strong", {}, word("not_acknowledged", { unit: each.callsign, number: each.incident_number })),
    age(each.assigned_at),
    h("span", {}, instead),
    offer && isFirst && h("button", { class: "button", type: "button", "data-send-next": each.id, "data-key": "f" }, h("span", { class: "button-label" }, word("send_next", { unit: offer.callsign })), " ", key("F")),
    h("button", { class: "button button--quiet", type: "button", "data-go": each.incident }, word("show")),
  );
}

// Who could go instead is asked for once for each unanswered assignment.
function lookUp(late, redraw) {
  for (const id of next.keys()) if (!late.some((each) => each.id === id)) next.delete(id);
  for (const each of late) {
    if (next.has(each.id)) continue;
    next.set(each.id, undefined);
    call("GET", `/api/incidents/${each.incident}/recommendation`, undefined, { quiet: true })
      .then(({ offers }) => next.set(each.id, offers[0] ?? null))
      .catch(() => next.set(each.id, null))
      .finally(redraw);
  }
}
