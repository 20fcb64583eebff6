// SPDX-License-Identifier: Apache-2.0
// The chosen unit in one line, with what can be done with it.

import { refresh } from "../web/js/ages.js";
import { age, h, key, sign } from "../web/js/dom.js";
import { word } from "../web/js/words.js";
import { coded } from "./history.js";
import { doing } from "./order.js";

const capabilities = JSON.parse(document.getElementById("capabilities").textContent);
const foot = document.getElementById("unit-foot");

export function drawFoot(board, id) {
  const unit = board.units[id];
  foot.hidden = !unit;
  if (!unit) {
    foot.replaceChildren();
    return;
  }
  const state = doing(board, unit);
  const held = board.assignments[unit.assignment];
  const words = [word(`unit_${state}`), held ? word("on_incident", { number: held.incident_number }) : "", unit.reason ? coded(unit.reason) : ""];
  foot.replaceChildren(
    sign(state === "off_duty" ? "none" : state),
    h("strong", {}, unit.callsign),
    h("span", {}, words.filter(Boolean).join(" · ")),
    h("span", { class: "quiet" }, unit.capabilities.map((code) => capabilities[code] ?? code).join(", ")),
    h("span", { class: "quiet" }, unit.position?.at ? `${word("seen")} ` : word("no_position"), unit.position?.at ? age(unit.position.at) : null),
    h("button", { class: "button", type: "button", "data-unit-state": unit.id, "data-key": "g" }, h("span", { class: "button-label" }, word("availability")), key("G")),
  );
  refresh(foot);
}
