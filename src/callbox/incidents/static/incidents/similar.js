// SPDX-License-Identifier: Apache-2.0
// Open incidents that may be the same event, with the reason. Alt and a digit joins one.

import { get } from "../web/js/api.js";
import { h, key } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const body = document.getElementById("similar");
const MOST = 5;
let found = [];
let turn = 0;

export const similarAt = (number) => found[number - 1];

// Ask what may be the same event at a place (WGS84) and of a type; without a place there is nothing to compare.
export async function ask(place, type) {
  const mine = (turn += 1);
  if (!place) {
    show([]);
    return;
  }
  const asked = new URLSearchParams({ lon: place.lon, lat: place.lat, ...(type ? { type } : {}) });
  try {
    const answer = await get(`/api/similar?${asked}`, { quiet: true });
    if (mine === turn) show(answer.slice(0, MOST));
  } catch {
    if (mine === turn) show([]);
  }
}

function show(rows) {
  found = rows;
  document.getElementById("similar-count").textContent = rows.length || "";
  body.replaceChildren(...(rows.length ? rows.map(drawn) : [h("p", { class: "quiet" }, word("nothing_similar"))]));
}

function drawn({ number, reason_text: why }, at) {
  return h(
    "div",
    { class: "like" },
    h("div", {}, h("strong", {}, word("incident_number", { number })), h("p", { class: "quiet" }, why)),
    h("button", { class: "button", type: "button", "data-join": at + 1, "data-key": `Alt+${at + 1}` }, h("span", { class: "button-label" }, word("join", { number })), key(`Alt ${at + 1}`)),
  );
}
