// SPDX-License-Identifier: Apache-2.0
// All units as small plates in groups, by station or by what they do.

import { h, patch, sign } from "../web/js/dom.js";
import { settle } from "../web/js/rows.js";
import { word } from "../web/js/words.js";
import { hasClashed } from "./look.js";
import { doing, isLate, unitGroups } from "./order.js";

const STORE = "callbox-board-units-by";
const body = document.getElementById("units");
const SIGNS = { off_duty: "none", stacked: "waiting" };
let by = localStorage.getItem(STORE) ?? "station";

export function regroup() {
  by = by === "station" ? "state" : "station";
  localStorage.setItem(STORE, by);
}

export function drawUnits(board) {
  const groups = unitGroups(board, by);
  patch(body, groups.map((group) => drawnGroup(board, group)));
  const all = Object.values(board.units);
  const free = all.filter((unit) => unit.state === "available" && !unit.assignment).length;
  document.getElementById("unit-count").textContent = word("units_free", { free, all: all.filter(({ state }) => state !== "off_duty").length });
  settle(body);
}

function drawnGroup(board, { key, name, units }) {
  const title = by === "station" ? name || word("no_station") : word(`unit_${key}`);
  const plates = h("div", { class: "plates" });
  const part = h("div", { class: "unit-group", role: "group", "aria-label": title, "data-part": `${by} ${key}` });
  plates.append(...units.map((unit) => plate(board, unit)));
  const look = JSON.stringify([title, [...plates.children].map((each) => each.dataset.look)]);
  part.dataset.look = look;
  part.append(h("span", { class: "unit-group-name" }, title), plates);
  return keepChoice(part);
}

// The chosen plate stays chosen, and keeps the focus, when its group is drawn anew.
function keepChoice(part) {
  const chosen = body.querySelector('[aria-selected="true"]')?.dataset.row;
  const plateThere = chosen && part.querySelector(`[data-row="${chosen}"]`);
  if (plateThere) plateThere.setAttribute("aria-selected", "true");
  return part;
}

function plate(board, unit) {
  const state = doing(board, unit);
  const held = board.assignments[unit.assignment];
  const late = held && isLate(held);
  const classes = ["plate", `plate--${state}`, late && "is-late", hasClashed(unit.id) && "is-clashed"].filter(Boolean).join(" ");
  const label = `${unit.callsign}, ${word(`unit_${state}`)}`;
  return h(
    "span",
    { class: classes, role: "option", "data-row": unit.id, "data-look": `${classes} ${label}`, "aria-label": label, title: label },
    sign(SIGNS[state] ?? state),
    unit.callsign,
  );
}
