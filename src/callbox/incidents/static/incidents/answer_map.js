// SPDX-License-Identifier: Apache-2.0
// The map of the answering desk: where the call is. Press a place to choose it.

import { openMap } from "../web/js/map.js";

const panel = document.getElementById("map");
const map = panel ? openMap(panel) : null;
const CLOSE = 15;

// place: {lon, lat}, or null for none.
export function setPin(place) {
  map?.setPin(place?.lon ?? null, place?.lat ?? null);
  if (place) map?.show(place.lon, place.lat, { zoom: CLOSE });
}

export function onMap(name, hear) {
  panel?.addEventListener(name, (event) => hear(event.detail));
}
