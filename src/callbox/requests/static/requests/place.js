// SPDX-License-Identifier: Apache-2.0
// The place of a report: where I am now, or a point pressed on the map. Without this script it is said in words.

import { word } from "../web/js/words.js";

const form = document.querySelector("form[enctype]");
const at = (name) => document.querySelector(`[data-${name}]`);
const map = document.querySelector("[data-place-map]");
const located = "geolocation" in navigator && isSecureContext;

function place(lon, lat, said) {
  form.elements.lon.value = lon;
  form.elements.lat.value = lat;
  at("here-drop").hidden = lon === "";
  at("here-add").hidden = !located || lon !== "";
  at("here-said").textContent = said;
}

function locate() {
  at("here-said").textContent = word("place_looking");
  const found = ({ coords }) => place(coords.longitude.toFixed(6), coords.latitude.toFixed(6), word("place_added", { metres: Math.round(coords.accuracy) }));
  navigator.geolocation.getCurrentPosition(found, () => place("", "", word("place_failed")), { enableHighAccuracy: true, timeout: 15000 });
}

// The map is large: it comes when somebody opens it.
async function openPlaceMap() {
  const { openMap } = await import("../web/js/map.js");
  const panel = document.getElementById("place-map");
  const city = openMap(panel);
  panel.addEventListener("map:click", ({ detail: { lon, lat } }) => {
    city.setPin(lon, lat);
    place(lon.toFixed(6), lat.toFixed(6), word("place_chosen"));
  });
}

at("here").hidden = false;
at("here-add").addEventListener("click", locate);
at("here-drop").addEventListener("click", () => place("", "", ""));
if (map) {
  map.hidden = false;
  map.addEventListener("toggle", () => map.open && openPlaceMap(), { once: true });
}
place(form.elements.lon.value, form.elements.lat.value, form.elements.lon.value && word("place_chosen"));
