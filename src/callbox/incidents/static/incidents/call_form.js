// SPDX-License-Identifier: Apache-2.0
// The call in hand: what the caller says, what it is, where it is. Notes are kept as they are written.

import { get, post } from "../web/js/api.js";
import { choose } from "../web/js/combobox.js";
import { h, priority as mark } from "../web/js/dom.js";
import { word } from "../web/js/words.js";
import { answersIn, ask as askQuestions, focusFirst } from "./questions.js";
import { have } from "./queue.js";

const form = document.getElementById("call-form");
const questions = document.getElementById("questions");
const shown = document.getElementById("priority");
const NOTED = ["number", "name", "words"];
const current = { id: "", noted: {}, turn: 0 };
let heard = () => {};

const field = (name) => form.elements[name];
const box = (name) => field(name).closest("[data-combobox]");

// changed(): called when place or type changed.
export function setUp(changed) {
  heard = changed;
  field("type").addEventListener("change", () => setType(field("type").value));
  field("place").addEventListener("change", () => heard());
  for (const name of [...NOTED, "place_text"]) field(name).addEventListener("change", () => keep().catch(() => {}));
  questions.addEventListener("questions:done", () => field("place_text").focus());
  form.addEventListener("change", (event) => event.target.name === "by_hand" && showByHand());
}

async function setType(type) {
  await askQuestions(questions, type, showPriority);
  showPriority();
  heard();
  if (type && document.activeElement === field("type_text")) focusFirst(questions);
}

function showByHand() {
  document.getElementById("why-by-hand").hidden = !byHand();
}

const byHand = () => (field("by_hand").value ? Number(field("by_hand").value) : null);

// The priority as the table has it now; what is shown is what will be stored.
async function showPriority() {
  const turn = (current.turn += 1);
  const type = field("type").value;
  if (!type) {
    shown.replaceChildren(h("span", { class: "quiet" }, word("priority_unknown")));
    return;
  }
  const asked = new URLSearchParams({ type });
  for (const [question, answer] of Object.entries(answersIn(questions))) asked.append("answers", `${question}:${answer}`);
  const { priority, because } = await get(`/api/priority?${asked}`, { quiet: true });
  if (turn !== current.turn) return;
  shown.replaceChildren(mark(priority), h("strong", {}, word("priority_is", { priority })), h("span", { class: "quiet" }, because));
}

// Show a call that I have in hand. caller: who called and what they said.
export async function show(id, caller) {
  current.id = id;
  form.reset();
  for (const name of NOTED) field(name).value = caller[name] ?? "";
  current.noted = Object.fromEntries(NOTED.map((name) => [name, field(name).value]));
  choose(box("type"), null);
  setPlace(placed(caller.lon, caller.lat), caller.place ?? "", false);
  current.noted.place = caller.place ?? "";
  showByHand();
  await setType("");
}

const placed = (lon, lat) => (Number.isFinite(lon) && Number.isFinite(lat) && lon !== null ? { lon, lat } : null);

export function place() {
  const [lon, lat] = field("place").value.split(",").map(Number);
  return field("place").value ? { lon, lat } : null;
}

export const type = () => field("type").value;

// Set the place, as from the map; what was typed for it stays.
export function setPlace(at, label, tell = true) {
  choose(box("place"), { value: at ? `${at.lon.toFixed(6)},${at.lat.toFixed(6)}` : "", label });
  if (tell) keep().catch(() => {});
  heard();
}

export const placeText = () => field("place_text").value.trim();

function notes() {
  const said = Object.fromEntries(NOTED.map((name) => [name, field(name).value.trim()]));
  return { ...said, place: placeText() };
}

// Write down what has changed since it was last written down.
export async function keep() {
  const said = notes();
  const changed = Object.entries(said).filter(([name, text]) => text && text !== current.noted[name]);
  if (!current.id || !changed.length) return;
  current.noted = { ...current.noted, ...said };
  have(await post(`/api/calls/${current.id}/note`, { ...Object.fromEntries(changed), ...(place() ?? {}) }));
}

// What an incident is opened with.
export function incident() {
  return {
    ...(place() ?? {}),
    address: placeText(),
    note: field("note").value.trim(),
    call: current.id,
    type: type() || null,
    answers: answersIn(questions),
    priority: byHand(),
    reason: field("why").value.trim(),
  };
}

export function focusWords() {
  field("words").focus();
  field("words").setSelectionRange(field("words").value.length, field("words").value.length);
}

export function focusOn(name) {
  field(name).focus();
}
