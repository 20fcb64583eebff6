// SPDX-License-Identifier: Apache-2.0
// What each form of the board does.

import { answersIn, ask as askQuestions } from "../incidents/questions.js";
import { onDayOf } from "../web/js/clock.js";
import { choose } from "../web/js/combobox.js";
import { word } from "../web/js/words.js";
import { onMap, showPin } from "./board_map.js";
import { incidentNow, more } from "./detail.js";
import { box, drawer, fill, openDrawer } from "./drawers.js";
import { numbered } from "./offers.js";
import { doing, incidentsInOrder, unitsInOrder } from "./order.js";
import { act, post, send } from "./send.js";
import { now } from "./store.js";

let incidentId = () => "";

// which(): the id of the incident that is chosen now.
export function setUpForms(which) {
  incidentId = which;
}

const incident = () => incidentNow(now(), incidentId());
const about = () => ({ incident: incidentId() });
const onIncident = (step, body, done) => post(`/api/incidents/${incidentId()}/${step}`, body, { about: about(), done });

function unitOptions() {
  const shown = new Map(numbered().map((offer) => [offer.unit, offer]));
  return unitsInOrder(now())
    .filter(({ state }) => !["off_duty", "unavailable"].includes(state))
    .map((unit) => ({ value: unit.id, label: unit.callsign, hint: hintOf(unit, shown.get(unit.id)) }))
    .sort((a, b) => Number(shown.has(b.value)) - Number(shown.has(a.value)));
}

function hintOf(unit, offer) {
  const state = word(`unit_${doing(now(), unit)}`);
  return offer ? `${state} · ${word("in_minutes", { minutes: Math.ceil(offer.arrival_s / 60) })}` : state;
}

function incidentOptions() {
  const others = incidentsInOrder(now()).filter(({ id }) => id !== incidentId());
  return others.map((row) => ({ value: row.id, label: `${row.number} ${row.type_name ?? ""}`, hint: row.place?.address ?? "" }));
}

drawer(
  "other",
  async (values) => {
    const unit = now().units[values.unit];
    const sent = await send(incident(), [{ unit: unit.id, callsign: unit.callsign, reason: values.reason, stack: values.stack === "on" }]);
    return sent.length > 0;
  },
  (form) => {
    const chosen = now().units[form.given.unit];
    fill(form, "unit", unitOptions(), chosen ? { value: chosen.id, label: chosen.callsign } : null);
    form.elements.reason[0].required = true;
    if (chosen) setTimeout(() => form.elements.reason[0].focus());
  },
);
drawer("alarm", (values) => onIncident("raise-alarm", { level: Number(values.level) }, word("alarm_raised")), (form) => {
  const [second, third] = form.elements.level;
  second.disabled = incident().alarm_level >= 2;
  (second.disabled ? third : second).checked = true;
});
drawer(
  "classify",
  (values, form) => {
    const priority = values.priority ? Number(values.priority) : null;
    const body = { type: values.type, answers: answersIn(form.querySelector("[data-questions]")), priority, reason: values.by_hand, seen: form.given.seen };
    return onIncident("classify", body, word("changed_type"));
  },
  (form) => {
    const row = incident();
    const questions = form.querySelector("[data-questions]");
    form.given.seen = row.version;
    choose(box(form, "type"), row.type ? { value: row.type, label: row.type_name } : null);
    box(form, "type").onchange = (event) => askQuestions(questions, event.target.value, null);
    askQuestions(questions, row.type, null);
  },
);
drawer(
  "place",
  (values) => {
    const [lon, lat] = values.place ? values.place.split(",").map(Number) : [null, null];
    showPin(null);
    return onIncident("relocate", { lon, lat, address: values.place_text, note: values.note }, word("changed_place"));
  },
  (form) => {
    const where = more()?.details ?? incident().place;
    const known = Number.isFinite(where?.lon) ? { value: `${where.lon},${where.lat}`, label: where.address } : null;
    choose(box(form, "place"), known);
    form.elements.note.value = where?.note ?? "";
  },
);
onMap("map:click", ({ lon, lat }) => {
  if (openDrawer() !== "place") return;
  const form = document.querySelector('[data-drawer="place"]');
  const label = form.elements.place_text.value || word("point_on_map");
  choose(box(form, "place"), { value: `${lon.toFixed(6)},${lat.toFixed(6)}`, label });
  showPin(lon, lat);
});
document.addEventListener("drawer:close", () => showPin(null));
drawer("remark", (values) => onIncident("remark", { text: values.text }, word("remarked")));
drawer("merge", (values) => onIncident("merge", { into: values.into }, word("merged")), (form) => fill(form, "into", incidentOptions()));
drawer(
  "safety",
  (values) => onIncident("safety-alarm", { unit: values.endangered }, ""),
  (form) => {
    const here = Object.values(now().assignments).filter((each) => each.incident === incidentId());
    const options = here.map((each) => ({ value: each.unit, label: each.callsign }));
    fill(form, "endangered", options, options.length === 1 ? options[0] : null);
  },
);
drawer("safety-clear", (values) => onIncident("safety-clear", { reason: values.reason_clear }, word("danger_over")), firstChecked);
drawer("close", (values, form) => onIncident("close", { disposition: values.disposition, seen: form.given.seen }, word("closed")), (form) => {
  form.given.seen = incident().version;
});
drawer("reopen", (values) => onIncident("reopen", { reason: values.reason_reopen }, word("reopened")), firstChecked);

function firstChecked(form) {
  form.querySelector('input[type="radio"]').checked = true;
}

// What rooms above this one do with an incident, such as handing it over.
for (const form of document.querySelectorAll("form[data-step-of]")) {
  const { drawer: name, stepOf, body, done } = form.dataset;
  drawer(name, (values) => post(stepOf, { ...JSON.parse(body), id: incidentId(), reason: values[name] }, { about: about(), done }), firstChecked);
}

function onAssignment(form, step, body, done) {
  const { id, unit } = form.given;
  return post(`/api/assignments/${id}/${step}`, body, { about: { assignment: id, unit, incident: incidentId() }, done });
}

drawer("recall", (values, form) => onAssignment(form, "recall", { reason: values.reason_recall }, word("recalled")), firstChecked);
drawer("cancel", (values, form) => onAssignment(form, "cancel", { reason: values.reason_cancel }, word("cancelled")), firstChecked);
drawer("divert", (values, form) => onAssignment(form, "divert", { to: values.to }, word("diverted")), (form) => fill(form, "to", incidentOptions()));
drawer(
  "correct",
  (values, form) => {
    const [hours, minutes, seconds = "0"] = values.time.split(":");
    const at = onDayOf(form.given.times[values.milestone] ?? Date.now(), Number(hours), Number(minutes), Number(seconds));
    return onAssignment(form, "correct", { milestone: values.milestone, now: at, reason: values.reason_correct }, word("corrected"));
  },
  (form) => {
    for (const choice of form.elements.milestone) choice.disabled = !form.given.times[choice.value];
    const known = [...form.elements.milestone].filter(({ disabled }) => !disabled);
    if (known.length) known.at(-1).checked = true;
    firstCheckedOf(form.elements.reason_correct);
  },
);

function firstCheckedOf(choices) {
  choices[0].checked = true;
}

const NEED_REASON = new Set(["set_conditional", "set_unavailable"]);

drawer(
  "unit",
  (values, form) => {
    const { id, version } = form.given;
    const reason = NEED_REASON.has(values.move) ? values.reason_unit : "";
    return act("POST", `/api/units/${id}/availability`, { move: values.move, reason, seen: version }, { about: { unit: id }, done: word("availability_set") });
  },
  (form) => {
    const { state } = form.given;
    const possible = {
      off_duty: ["begin_duty"],
      available: ["set_conditional", "set_unavailable", "end_duty"],
      conditional: ["set_available", "set_unavailable", "end_duty"],
      unavailable: ["set_available", "set_conditional", "end_duty"],
    }[state];
    for (const choice of form.elements.move) choice.disabled = !possible.includes(choice.value);
    [...form.elements.move].find(({ value }) => value === possible.at(possible.includes("set_unavailable") && state === "available" ? 1 : 0)).checked = true;
    firstCheckedOf(form.elements.reason_unit);
    form.onchange = () => {
      form.elements.reason_unit[0].closest("fieldset").hidden = !NEED_REASON.has(form.elements.move.value);
    };
    form.onchange();
  },
);
