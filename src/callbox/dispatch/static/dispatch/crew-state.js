// SPDX-License-Identifier: Apache-2.0
// What the crew sees: what the server last said, with what was pressed since laid over it. Pure.

export const NEXT = { assigned: "acknowledge", acknowledged: "go", en_route: "arrive", on_scene: "clear" };
const BECOMES = {
  acknowledge: ["acknowledged", "acknowledged_at", ["assigned"]],
  go: ["en_route", "en_route_at", ["assigned", "acknowledged"]],
  arrive: ["on_scene", "on_scene_at", ["assigned", "acknowledged", "en_route"]],
  clear: ["clear", "clear_at", ["stacked", "assigned", "acknowledged", "en_route", "on_scene"]],
};
const UNIT = {
  begin_duty: "available",
  end_duty: "off_duty",
  set_available: "available",
  set_conditional: "conditional",
  set_unavailable: "unavailable",
};

// The steps that may be made from a state, beside the next one.
export function others(state) {
  return Object.keys(BECOMES).filter((step) => BECOMES[step][2].includes(state) && NEXT[state] !== step && step !== "acknowledge");
}

// snapshot: the answer of /api/crew. pressed: messages that it does not know of yet, in order.
export function shown(snapshot, pressed) {
  const view = structuredClone(snapshot);
  for (const message of pressed) lay(view, message);
  view.assignments.sort((a, b) => Number(b.active) - Number(a.active) || a.assigned_at.localeCompare(b.assigned_at));
  return view;
}

function lay(view, message) {
  const { what, target } = message;
  if (what in BECOMES) step(view, message);
  else if (what === "activate") activate(view, target);
  else if (what in UNIT) Object.assign(view.unit, { state: UNIT[what], reason_text: message.reason_text ?? "" });
  else if (what === "remark") remark(view, message);
  else if (what === "open_incident" && message.found?.stays) found(view, message);
}

function step(view, message) {
  const assignment = view.assignments.find(({ id }) => id === message.target);
  const [state, time, from] = BECOMES[message.what];
  if (!assignment || !from.includes(assignment.state)) return;
  Object.assign(assignment, { state, [time]: message.shown_at, clocks: [] });
  if (message.state === "waiting") assignment.unsent = [...(assignment.unsent ?? []), time];
  if (state !== "clear") return;
  view.assignments = view.assignments.filter((one) => one !== assignment);
  const following = view.assignments.filter((one) => one.state === "stacked")[0];
  if (following && !view.assignments.some(({ active }) => active)) activate(view, following.id);
}

function activate(view, id) {
  for (const assignment of view.assignments) {
    if (assignment.id === id && !assignment.active) Object.assign(assignment, { active: true, state: "assigned" });
    else if (assignment.id !== id && assignment.active) Object.assign(assignment, { active: false, state: "stacked" });
  }
}

function remark(view, { key, target, words, shown_at, state }) {
  for (const { incident } of view.assignments) {
    if (incident.id === target) incident.remarks.push({ id: key, at: shown_at, text: words, unsent: state === "waiting" });
  }
}

function found(view, { target, found: said, shown_at, state }) {
  const incident = {
    id: target, number: "", type: said.type, type_name: said.type_name, priority: null, address: said.address,
    note: said.note, lon: said.lon, lat: said.lat, remarks: [], others: [],
  };
  const times = { assigned_at: shown_at, acknowledged_at: null, en_route_at: null, on_scene_at: shown_at, clear_at: null };
  for (const assignment of view.assignments) {
    if (assignment.active) Object.assign(assignment, { active: false, state: "stacked" });
  }
  view.assignments.push({ id: said.assignment, state: "on_scene", active: true, clocks: [], unsent: state === "waiting" ? ["on_scene_at"] : [], incident, ...times });
}
