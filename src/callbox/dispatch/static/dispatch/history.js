// SPDX-License-Identifier: Apache-2.0
// The story of an incident as the journal has it: what was done, when it was so, when it was recorded, by whom.

import { clockTime } from "../web/js/clock.js";
import { h } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const LATER_MS = 2000; // recorded this much after it was so: both times are shown
const codes = JSON.parse(document.getElementById("codes")?.textContent ?? "{}");
const types = JSON.parse(document.getElementById("type-names")?.textContent ?? "{}");

export const coded = (text) => codes[text] ?? text;

// One entry in words. Unknown moves are shown as they are: nothing is left out.
export function told({ kind = "incident", move, facts = {} }) {
  const known = { ...facts, unit: facts.callsign ?? "", type: types[facts.type] ?? facts.type ?? "" };
  const key = `did_${kind}_${move}`;
  const text = word(key, { ...known, clock: facts.clock ? word(`clock_${facts.clock}`) : "", disposition: coded(facts.disposition ?? "") });
  const main = text === key ? move : text;
  const reason = facts.reason ?? facts.by_hand;
  return [main, reason ? coded(reason) : "", facts.radio ? word("by_radio") : ""].filter(Boolean).join(" · ");
}

// Milestones of the units, as entries beside those of the incident itself.
function milestones(assignments) {
  const steps = { acknowledged_at: "acknowledge", en_route_at: "go", on_scene_at: "arrive", clear_at: "clear" };
  return assignments.flatMap((each) =>
    Object.entries(steps)
      .filter(([name]) => each[name] && !(name === "clear_at" && each.state === "withdrawn"))
      .map(([name, move]) => ({ kind: "assignment", move, at: each[name], recorded_at: each[name], facts: { callsign: each.callsign } })),
  );
}

// The whole story, newest first. remarks: [{at, by_name, text}].
export function drawHistory({ history = [], assignments = [], remarks = [] }) {
  const spoken = new Map(remarks.map((remark) => [remark.id, remark]));
  const entries = [...history, ...milestones(assignments)].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || (b.number ?? 0) - (a.number ?? 0));
  return h("ol", { class: "story" }, ...entries.map((entry) => line(entry, spoken)));
}

function line(entry, spoken) {
  const remark = entry.move === "remark" ? spoken.get(entry.facts?.remark) : null;
  const later = Math.abs(Date.parse(entry.recorded_at) - Date.parse(entry.at)) > LATER_MS;
  const by = entry.actor_name ? h("span", { class: "quiet" }, ` ${entry.actor_name}`) : null;
  const recorded = later ? h("span", { class: "quiet" }, ` · ${word("recorded_at", { time: clockTime(entry.recorded_at) })}`) : null;
  const text = remark ? h("q", {}, remark.text) : told(entry);
  const tone = entry.move === "late" || entry.move === "safety_alarm" ? "is-late" : null;
  return h("li", { class: tone }, h("time", { datetime: entry.at }, clockTime(entry.at)), h("span", {}, text, by, recorded));
}
