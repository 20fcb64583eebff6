// SPDX-License-Identifier: Apache-2.0
// The form of a new request: the questions follow the category, the place follows the map and the search.

import { openMap } from "../web/js/map.js";
import { followCategory } from "./category.js";

const form = document.getElementById("new-request");
const panel = document.getElementById("map");
const map = panel ? openMap(panel) : null;
const place = form.elements.place;
followCategory(form);

function pin() {
  const [lon, lat] = place.value.split(",").map(Number);
  const known = place.value !== "" && Number.isFinite(lon) && Number.isFinite(lat);
  map?.setPin(known ? lon : null, known ? lat : null);
  if (known) map?.show(lon, lat, { zoom: 15 });
}

place.addEventListener("change", pin);
panel?.addEventListener("map:click", ({ detail }) => {
  place.value = `${detail.lon.toFixed(6)},${detail.lat.toFixed(6)}`;
  pin();
});
if (place.value) pin();
