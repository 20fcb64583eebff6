// SPDX-License-Identifier: Apache-2.0
// Remarks, and incidents that a crew comes upon. Both are kept and sent like every press.

import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { newKey, press } from "./crew-queue.js";
import { at } from "./crew-view.js";

const field = (name) => document.getElementById(name);
const state = { unit: null, incident: null, place: null };

export function watchForms(view, active) {
  state.unit = view.unit.id;
  state.incident = active?.incident.id ?? null;
  at("remark-part").hidden = !state.incident;
  at("found-part").hidden = false;
}

at("remark").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = field("remark").value.trim();
  if (!words || !state.incident) return;
  await press("remark", state.incident, { words });
  field("remark").value = "";
  done("remark-part", "remark_kept");
});

at("found-here").addEventListener("click", () => {
  if (!navigator.geolocation) return unplaced();
  return navigator.geolocation.getCurrentPosition(placed, unplaced, { enableHighAccuracy: true, timeout: 15000 });
});

function placed({ coords }) {
  state.place = { lon: coords.longitude, lat: coords.latitude };
  at("found-place").textContent = word("place_added", { metres: Math.round(coords.accuracy) });
}

function unplaced() {
  state.place = null;
  at("found-place").textContent = word("place_failed");
}

function missing() {
  if (!field("found_type").value) return ["found_type", "need_type"];
  if (!field("found_address").value.trim() && !state.place) return ["found_address", "need_place"];
  return null;
}

at("found").addEventListener("submit", async (event) => {
  event.preventDefault();
  const wrong = missing();
  at("found-error").hidden = !wrong;
  at("found-error").textContent = wrong ? word(wrong[1]) : "";
  if (wrong) return field(wrong[0]).focus();
  const type = field("found_type");
  const found = {
    type: type.value,
    type_name: type.selectedOptions[0].text,
    address: field("found_address").value.trim(),
    note: field("found_note").value.trim(),
    stays: field("found_stays").checked,
    assignment: newKey(),
    lon: null,
    lat: null,
    ...state.place,
  };
  await press("open_incident", newKey(), { found });
  event.target.reset();
  state.place = null;
  at("found-place").textContent = "";
  return done("found-part", "found_kept");
});

function done(part, told) {
  at(part).open = false;
  for (const button of at(part).querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  say(word(told), "done");
}
