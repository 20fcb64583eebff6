// SPDX-License-Identifier: Apache-2.0
// What may answer a request at once follows the words and the category, a moment after the last key.

import { csrfToken } from "../web/js/api.js";
import { choose } from "../web/js/combobox.js";
import { pieces } from "./pieces.js";

const WAIT_MS = 500;
const panel = document.getElementById("hints");
const form = document.getElementById(panel.dataset.form);
let timer = 0;
let asking = null;

async function look() {
  asking?.abort();
  asking = new AbortController();
  const said = new FormData();
  for (const name of panel.dataset.send.split(" ")) said.set(name, form.elements[name]?.value ?? "");
  if ("part" in panel.dataset) said.set("part", "1");
  const headers = { "X-CSRFToken": csrfToken() || form.elements.csrfmiddlewaretoken.value };
  try {
    const answer = await fetch(panel.dataset.url, { method: "POST", body: said, headers, credentials: "same-origin", signal: asking.signal });
    // Without an answer what was found before stays: a person is typing, and needs none of this.
    if (answer.ok) panel.replaceChildren(pieces(await answer.text()));
  } catch {
    // The same.
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
}

// A suggestion fills the field where the category would be typed; without this script the page is sent for it.
panel.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=take]");
  if (!button) return;
  event.preventDefault();
  const field = form.elements.category;
  choose(field.closest("[data-combobox]"), { value: button.value, label: button.dataset.name });
  field.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.category_text.focus();
});

form.elements.words.addEventListener("input", soon);
form.elements.category?.addEventListener("change", soon);
