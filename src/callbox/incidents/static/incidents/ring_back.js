// SPDX-License-Identifier: Apache-2.0
// A lost call: the number to ring, and what came of ringing it.

import { get } from "../web/js/api.js";
import { word } from "../web/js/words.js";

const panel = document.getElementById("lost");
let shown = "";

// row: the lost call that is chosen, or null. Reading the number is noted, so it is read once for each choice.
export async function drawLost(row) {
  panel.hidden = !row;
  if (!row) shown = "";
  if (!row || shown === row.id) return;
  shown = row.id;
  const place = document.getElementById("lost-number");
  place.textContent = word("one_moment");
  try {
    const { number, name } = await get(`/api/calls/${row.id}/caller?purpose=ring_back`);
    if (shown === row.id) place.textContent = [number || word("no_number"), name].filter(Boolean).join(" · ");
  } catch {
    shown = "";
  }
}
