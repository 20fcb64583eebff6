// SPDX-License-Identifier: Apache-2.0
// What a dispatcher does: each is one request. A refusal is said in the status line; a collision is shown on the rows.

import { call } from "../web/js/api.js";
import { newId } from "../web/js/dom.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { clash } from "./look.js";
import { have, redraw, want } from "./store.js";

const UNDO_MS = 10_000;
let undoable = [];
let sending = false;

// Do one thing. about: the rows it touches, {incident, unit, assignment}. Returns the answer, or null when refused.
export async function act(method, path, body, { about = {}, done = "" } = {}) {
  try {
    const answer = await call(method, path, body);
    fresh(about);
    if (done) say(done, "done");
    return answer ?? true;
  } catch (problem) {
    fresh(about);
    if (problem.status === 409) for (const id of Object.values(about)) if (id) clash(id, redraw);
    return null;
  }
}

function fresh(about) {
  for (const [kind, id] of Object.entries(about)) if (id) want(kind, id);
}

export const post = (path, body, options) => act("POST", path, body, options);

// Send units to an incident: [{unit, callsign, reason, stack}]. What was sent can be taken back for ten seconds.
export async function send(incident, units) {
  if (sending) return []; // a key pressed twice sends once
  sending = true;
  try {
    return await sendEach(incident, units);
  } finally {
    sending = false;
  }
}

async function sendEach(incident, units) {
  const sent = [];
  for (const { unit, callsign, reason = "", stack = false } of units) {
    const answer = await post("/api/assignments", { id: newId(), incident: incident.id, unit, reason, stack }, { about: { incident: incident.id, unit } });
    if (!answer) continue;
    have("assignment", answer);
    sent.push({ id: answer.id, callsign, incident: incident.id, unit });
  }
  if (sent.length) undoable = [{ sent, until: performance.now() + UNDO_MS }];
  const names = sent.map(({ callsign }) => callsign).join(", ");
  const told = { units: names, number: incident.number };
  if (sent.length === units.length) say(word("sent", told), "done");
  else if (sent.length) say(word("sent_some", { ...told, missed: units.length - sent.length }), "wrong");
  return sent;
}

// Take the last sending back, while the crews can hardly have set off.
export async function undo() {
  const last = undoable.pop();
  if (!last || performance.now() > last.until) {
    say(word("nothing_to_undo"));
    return;
  }
  const taken = [];
  for (const { id, callsign, incident, unit } of last.sent) {
    const about = { incident, unit, assignment: id };
    const answer = await post(`/api/assignments/${id}/cancel`, { reason: "sent_by_mistake" }, { about });
    if (answer) taken.push(callsign);
  }
  if (taken.length) say(word("undone", { units: taken.join(", ") }), "done");
}
