// SPDX-License-Identifier: Apache-2.0
// The pictures that came with the call in hand. They are asked for again when the call has changed.

import { drawPictures } from "../pictures/show.js";
import { call } from "../web/js/api.js";

const part = document.getElementById("call-pictures");
const shown = { id: "", version: 0 };

export async function follow(row) {
  if (shown.id === row.id && shown.version >= row.version) return;
  if (shown.id !== row.id) part.hidden = true;
  Object.assign(shown, { id: row.id, version: row.version });
  try {
    const { id, pictures } = await call("GET", `/api/calls/${row.id}`, undefined, { quiet: true });
    if (shown.id === id) draw(pictures);
  } catch {
    shown.version = 0; // asked again with the next change
  }
}

function draw(rows) {
  part.hidden = !rows.length;
  part.querySelector("[data-pictures]").replaceChildren(drawPictures(rows));
}
