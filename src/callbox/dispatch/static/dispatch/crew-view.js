// SPDX-License-Identifier: Apache-2.0
// Drawing: the assignment in hand, what waits behind it, what was pressed.

import { drawPictures } from "../pictures/show.js";
import { clockTime } from "../web/js/clock.js";
import { word } from "../web/js/words.js";
import { now } from "./crew-clock.js";
import { NEXT, others } from "./crew-state.js";

export const at = (name) => document.body.querySelector(`[data-${name}]`);

// An element with attributes and children; texts are texts, never markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function put(name, text) {
  const element = at(name);
  if (element.textContent !== text) element.textContent = text;
}

const SHAPES = { 1: "M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z", 2: "M12 1l11 11-11 11L1 12z", 3: "M3 3h18v18H3z" };
const RING = "M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0z";
const SVG = "http://www.w3.org/2000/svg";

// The mark of a priority, as c/priority.html draws it.
function priorityMark(level) {
  if (!level) return make("span", { class: "quiet" }, word("no_priority"));
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const text = document.createElementNS(SVG, "text");
  svg.setAttribute("class", `priority priority--${level}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", word("priority", { level }));
  path.setAttribute("class", "shape");
  path.setAttribute("d", SHAPES[level] ?? RING);
  text.setAttribute("x", "12");
  text.setAttribute("y", "16.3");
  text.textContent = String(level);
  svg.append(path, text);
  return svg;
}

const typeName = (incident) => incident.type_name || word("no_type");
const numberOf = (incident) => (incident.number ? ` · ${incident.number}` : "");

export function titleOf({ incident }) {
  return `${typeName(incident)}${numberOf(incident)}, ${incident.address || word("no_address")}`;
}

function times(assignment) {
  const rows = ["assigned_at", "acknowledged_at", "en_route_at", "on_scene_at"].filter((name) => assignment[name]);
  return rows.map((name) => {
    const unsent = assignment.unsent?.includes(name);
    const label = word(`at_${name.replace(/_at$/, "")}`);
    return make("li", { class: unsent ? "is-waiting" : null }, `${label} `, make("time", { datetime: assignment[name] }, clockTime(assignment[name])));
  });
}

function isLate(assignment) {
  return assignment.state === "assigned" && assignment.clocks.some(({ due_at }) => Date.parse(due_at) < now());
}

function remarks(incident) {
  const rows = incident.remarks.map((one) => make("li", { class: one.unsent ? "is-waiting" : null }, make("time", { datetime: one.at }, clockTime(one.at)), ` ${one.text}`));
  return rows.length ? make("ul", { class: "crew-remarks", "aria-label": word("remark") }, ...rows) : null;
}

// Steps out of turn are one press further away: nobody should clear an incident by a slip of the thumb.
function otherSteps(steps) {
  const open = document.querySelector(".crew-steps")?.open;
  return make("details", { class: "crew-steps", open }, make("summary", {}, word("other_steps")), make("div", { class: "crew-row" }, ...steps));
}

export function drawActive(assignment) {
  const part = at("active");
  part.hidden = !assignment;
  if (!assignment) return part.replaceChildren();
  const { incident } = assignment;
  const steps = others(assignment.state).map((step) => make("button", { class: "button", type: "button", "data-step": step, "data-target": assignment.id }, word(step)));
  part.replaceChildren(
    make("div", { class: "crew-card" },
      make("h2", { class: "crew-kind" }, priorityMark(incident.priority), make("span", {}, `${typeName(incident)}${numberOf(incident)}`)),
      make("p", { class: "crew-address" }, incident.address || word("no_address")),
      incident.note ? make("p", { class: "notice" }, incident.note) : null,
      make("p", { class: `crew-step${isLate(assignment) ? " is-late" : ""}`, "data-state": assignment.state }, word(assignment.state)),
      make("ul", { class: "crew-times" }, ...times(assignment)),
      remarks(incident),
      incident.pictures?.length ? drawPictures(incident.pictures) : null,
      incident.others.length ? make("p", { class: "crew-others" }, word("others", { units: incident.others.join(", ") })) : null,
      steps.length ? otherSteps(steps) : null,
    ),
  );
}

export function drawStacked(stacked) {
  at("stacked-part").hidden = !stacked.length;
  at("stacked").replaceChildren(...stacked.map((one) => make("li", {},
    priorityMark(one.incident.priority),
    make("span", {}, make("strong", {}, typeName(one.incident)), make("br"), one.incident.address),
    make("button", { class: "button", type: "button", "data-step": "activate", "data-target": one.id }, word("activate")),
  )));
}

export function drawNext(assignment) {
  const button = at("next");
  const step = assignment ? NEXT[assignment.state] : null;
  button.hidden = !step;
  if (!step) return;
  button.textContent = word(step);
  Object.assign(button.dataset, { step, target: assignment.id });
}

export function drawEmpty(view, assignment) {
  const off = view.unit.state === "off_duty";
  at("empty").hidden = Boolean(assignment);
  put("empty-title", word(off ? "off_duty" : "free"));
  put("empty-hint", word(off ? "off_hint" : "free_hint"));
  at("begin-duty").hidden = !off;
}

export function drawUnit({ unit }) {
  put("callsign", unit.callsign);
  put("unit-state", [word(unit.state), unit.reason_text].filter(Boolean).join(": "));
}

const TONES = { waiting: "is-waiting", refused: "is-refused", done: "" };

export function drawLog({ waiting, done }) {
  const rows = [...done, ...waiting].slice(-12).reverse();
  at("log-none").hidden = rows.length > 0;
  at("log").replaceChildren(...rows.map((one) => make("li", { class: TONES[one.state], "data-key": one.key, "data-what": one.what },
    make("time", { datetime: one.shown_at }, clockTime(one.shown_at)),
    make("span", {}, word(one.what)),
    make("span", { class: "quiet" }, one.state === "waiting" ? word("waiting") : one.state === "done" ? word("sent") : ""),
    one.state === "refused" ? make("span", { class: "wide" }, word("not_taken", { why: one.text })) : null,
  )));
}

export function drawSending({ waiting, others: strangers, problem }) {
  const count = waiting.length;
  const parts = [];
  if (count) parts.push(count === 1 ? word("waiting_one") : word("waiting_many", { count }));
  if (count && problem?.kind === "network") parts.push(word("no_network"));
  if (problem?.kind === "sign_in") parts.push(word("sign_in_again"));
  if (problem?.kind === "unit") parts.push(problem.message);
  if (strangers.length) parts.push(word("other_person", { count: strangers.length }));
  at("sending").hidden = !parts.length;
  at("sign-in").hidden = problem?.kind !== "sign_in";
  put("sending-text", parts.join(". ").replaceAll("。. ", "。").replaceAll(".. ", ". "));
}
