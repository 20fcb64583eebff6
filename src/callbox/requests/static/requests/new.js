// SPDX-License-Identifier: Apache-2.0
// The form of a new request: the questions follow the category, the place follows the map and the search.

import { openMap } from "../web/js/map.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { pieces } from "./pieces.js";

const form = document.getElementById("new-request");
const questions = document.getElementById("questions");
const panel = document.getElementById("map");
const map = panel ? openMap(panel) : null;
const place = form.elements.place;
let asked = 0;

form.elements.category.addEventListener("change", async ({ target }) => {
  const mine = ++asked;
  const address = `${questions.dataset.url}?questions=1&category=${encodeURIComponent(target.value)}`;
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine === asked) questions.replaceChildren(pieces(html));
  } catch {
    say(word("unreachable"), "wrong");
  }
});

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
