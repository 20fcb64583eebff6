// SPDX-License-Identifier: Apache-2.0
// The pictures of an incident or a call as a row of previews; one pressed is shown large. Each look is noted.

import { clockTime } from "../web/js/clock.js";
import { h } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const drawn = new Map(); // a desk draws its panes again and again: a preview that is there is not asked for anew
const MOST = 200;
const REPORTER = "system:reporter"; // see intake/pictures.py

function about({ at, by, by_name: name }) {
  const key = name ? "picture_by" : by === REPORTER ? "picture_reported" : "picture_of";
  return word(key, { time: clockTime(at), name });
}

function preview(row) {
  const image = h("img", { src: `/api/pictures/${row.id}/preview`, alt: about(row), decoding: "async", width: row.width, height: row.height });
  image.addEventListener("error", () => {
    drawn.delete(row.id); // the next time it is drawn it is asked for again: the line may be back
    image.closest("button")?.replaceWith(h("span", { class: "quiet" }, word("picture_gone")));
  });
  return h("button", { class: "picture", type: "button", title: about(row), onclick: () => showLarge(row) }, image);
}

// A list of previews, oldest first; the same element for the same picture each time. rows: PictureRow.
export function drawPictures(rows) {
  if (drawn.size > MOST) drawn.clear();
  const items = rows.map((row) => {
    if (!drawn.has(row.id)) drawn.set(row.id, h("li", {}, preview(row)));
    return drawn.get(row.id);
  });
  return h("ul", { class: "pictures" }, ...items);
}

function showLarge(row) {
  const dialog = document.querySelector("dialog.pictures-large") ?? made();
  const image = h("img", { src: `/api/pictures/${row.id}`, alt: about(row), width: row.width, height: row.height });
  dialog.querySelector("figure").replaceChildren(image, h("figcaption", {}, about(row)));
  dialog.showModal();
}

function made() {
  const close = h("button", { class: "button", type: "button", onclick: () => dialog.close() }, word("picture_close"));
  const dialog = h("dialog", { class: "pictures-large", "aria-label": word("pictures") }, h("figure", {}), close);
  dialog.addEventListener("close", () => dialog.querySelector("figure").replaceChildren());
  dialog.addEventListener("click", (event) => event.target.closest("button") || dialog.close());
  document.body.append(dialog);
  return dialog;
}
