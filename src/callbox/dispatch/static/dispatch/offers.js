// SPDX-License-Identifier: Apache-2.0
// Who should go: the recommendation for the chosen incident. Keys 1 to 9 send what stands under the number.

import { call } from "../web/js/api.js";
import { span } from "../web/js/ages.js";
import { clockTime } from "../web/js/clock.js";
import { h, key } from "../web/js/dom.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";

const MOST = 9;
const PLAIN = new Set(["soonest", "later", "not_asked_for", "at_station", "on_the_road"]); // the list itself says these
const STEADY_MS = 700; // no eye follows faster: a number pressed sooner after a change meant the old order
const current = { incident: "", advice: null, problem: "", order: "", steadyAt: 0, asked: 0 };

export const advice = (incident) => (current.incident === incident ? current.advice : null);

// Ask who should go. Answers that come late, after another incident was chosen, are dropped.
export async function ask(incident) {
  const turn = (current.asked += 1);
  if (current.incident !== incident) Object.assign(current, { incident, advice: null, problem: "", order: "" });
  let found = { advice: null, problem: "" };
  try {
    found.advice = await call("GET", `/api/incidents/${incident}/recommendation`, undefined, { quiet: true });
  } catch (problem) {
    found.problem = problem.message;
  }
  if (turn !== current.asked) return false;
  Object.assign(current, found);
  const order = numbered().map(({ unit }) => unit).join();
  if (current.order && order !== current.order) current.steadyAt = performance.now() + STEADY_MS;
  current.order = order;
  return true;
}

export function forget() {
  current.asked += 1;
  Object.assign(current, { incident: "", advice: null, problem: "", order: "" });
}

// What the number keys mean: the recommended ones, then the next best.
export function numbered() {
  if (!current.advice) return [];
  const offers = current.advice.offers.map((offer) => ({ ...offer, recommended: true }));
  return [...offers, ...current.advice.others].slice(0, MOST);
}

export const recommended = () => current.advice?.offers ?? [];

// A list that has just changed looks like it until its keys act again.
function settles() {
  const rest = current.steadyAt - performance.now();
  if (rest > 0) setTimeout(() => document.querySelector(".offer-list")?.classList.remove("is-settling"), rest);
  return rest > 0;
}

// Whether the list has stood still long enough to be pressed; says so when not.
export function isSteady() {
  if (performance.now() >= current.steadyAt) return true;
  say(word("order_changed"), "wrong");
  return false;
}

export function drawOffers() {
  if (current.problem) return h("p", { class: "notice" }, current.problem);
  if (!current.advice) return h("p", { class: "quiet" }, word("asking"));
  const { plan, missing, offers } = current.advice;
  const names = new Map(plan.map(({ capability, name }) => [capability, name]));
  const rows = numbered().map((offer, at) => drawn(offer, at + 1, names));
  return h(
    "div",
    { class: "offers" },
    plan.length ? h("p", { class: "plan" }, h("span", { class: "quiet" }, word("plan_asks")), " ", counted(plan)) : null,
    missing.length ? h("p", { class: "notice notice--late" }, word("plan_misses"), " ", counted(missing)) : null,
    !offers.length && !missing.length ? h("p", { class: "notice" }, word("plan_filled")) : null,
    h("ol", { class: `offer-list${settles() ? " is-settling" : ""}` }, ...rows),
  );
}

const counted = (needs) => needs.map(({ name, count }) => `${count} × ${name}`).join(" · ");

function drawn(offer, number, names) {
  const fills = offer.recommended ? h("strong", {}, names.get(offer.fills) ?? offer.fills) : h("span", { class: "quiet" }, word(offer.why.includes("not_asked_for") ? "not_in_plan" : "arrives_later"));
  const streets = offer.streets?.length ? word("by_streets", { streets: offer.streets.join(" → ") }) : "";
  const telling = offer.why_text.filter((_text, at) => !PLAIN.has(offer.why[at]));
  const why = [streets, ...telling, position(offer)].filter(Boolean).join(" · ");
  return h(
    "li",
    { class: `offer${offer.recommended ? "" : " offer--other"}`, "data-offer": offer.unit },
    h("button", { class: "offer-button", type: "button", "data-number": number, "aria-keyshortcuts": number }, key(String(number)), h("strong", { class: "offer-name" }, offer.callsign), fills),
    h("span", { class: "offer-arrival" }, h("strong", {}, span(offer.arrival_s)), " ", h("time", { class: "quiet", datetime: offer.arrives_at }, clockTime(offer.arrives_at))),
    h("span", { class: "offer-why", title: offer.why_text.join(" · ") }, why),
  );
}

function position({ position_age_s: ageS, position_source: source }) {
  return source === "station" ? "" : word("position_age", { age: span(ageS ?? 0) });
}
