// SPDX-License-Identifier: Apache-2.0
// Ctrl-K finds any action of the page: what has a key, what scripts offer, and where the desks are.

import { matching } from "./combobox.js";
import { keyName, register, shortcuts } from "./keys.js";
import { Options, span } from "./options.js";
import { word } from "./words.js";

const offered = new Map();

// Offer an action that has no key of its own. Returns a function that takes it back.
export function offer(label, run, group = word("do")) {
  offered.set(label, { label, run, group });
  return () => offered.delete(label);
}

function links() {
  return [...document.querySelectorAll("nav a[href], a[data-action]")].map((link) => ({
    label: link.textContent.trim(),
    run: () => link.click(),
    group: word("go_to"),
  }));
}

function actions() {
  const all = [...shortcuts(), ...offered.values(), ...links()];
  const seen = new Set();
  return all.filter(({ label }) => label && !seen.has(label) && seen.add(label));
}

function draw(action, row) {
  row.append(span("option-group", action.group || word("do")), span("", action.label));
  if (!action.key) return;
  const sign = document.createElement("kbd");
  sign.className = "key";
  sign.textContent = keyName(action.key);
  row.append(sign);
}

function setUp(dialog) {
  const input = dialog.querySelector("input");
  const options = new Options(input, dialog.querySelector("ul"), (action) => {
    dialog.close();
    action.run();
  });
  const fill = () => {
    const found = matching(actions(), input.value);
    if (found.length) options.show(found, draw);
    else options.note(word("no_matches"));
  };
  const open = () => {
    input.value = "";
    dialog.showModal();
    fill();
    input.focus();
  };
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => !event.isComposing && options.handle(event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.querySelector("[data-open-palette]")?.addEventListener("click", open);
  register("Ctrl+k", word("palette"), open);
}

const dialog = document.getElementById("palette");
if (dialog) setUp(dialog);
