// SPDX-License-Identifier: Apache-2.0
// Where the unit is: asked of the phone and sent only while the unit is on duty. Nothing is kept here.

import { post } from "../web/js/api.js";
import { clockTime } from "../web/js/clock.js";
import { word } from "../web/js/words.js";
import { now } from "./crew-clock.js";
import { put } from "./crew-view.js";

const EVERY_MS = 5000;
const state = { watch: null, unit: null, sent: -EVERY_MS };

// Begin with the unit's duty as the server says it now (a kept copy may be old); end as soon as the end is pressed.
export function watchPosition(unit, fresh) {
  state.unit = unit.id;
  if (unit.state === "off_duty") stop();
  else if (state.watch === null && fresh) start();
}

function start() {
  if (!navigator.geolocation || !isSecureContext) {
    put("position", word("position_none"));
    return;
  }
  put("position", word("position_wait"));
  const wanted = { enableHighAccuracy: true, maximumAge: EVERY_MS };
  state.watch = navigator.geolocation.watchPosition(moved, failed, wanted);
}

function stop() {
  if (state.watch !== null) navigator.geolocation.clearWatch(state.watch);
  state.watch = null;
  put("position", word("position_off"));
}

async function moved({ coords }) {
  if (state.watch === null || performance.now() - state.sent < EVERY_MS) return;
  state.sent = performance.now();
  try {
    await post(`/api/units/${state.unit}/position`, { lon: coords.longitude, lat: coords.latitude }, { quiet: true });
    if (state.watch !== null) put("position", word("position_sent", { time: clockTime(now()) }));
    document.dispatchEvent(new CustomEvent("crew:position"));
  } catch {
    put("position", word("position_unsent"));
  }
}

function failed({ code }) {
  put("position", word(code === 1 ? "position_denied" : "position_wait"));
}
