// SPDX-License-Identifier: Apache-2.0
// A button with data-confirm acts on its second press only: a slip costs nothing, and no dialog stands in the way.

import { say } from "./status.js";

const PATIENCE_MS = 4000;
const SLIP_MS = 250; // a double click is one press
const armed = new WeakMap();

function disarm(button) {
  const state = armed.get(button);
  if (!state) return;
  clearTimeout(state.timer);
  armed.delete(button);
  button.classList.remove("is-armed");
  button.querySelector(".button-label").textContent = state.label;
}

function arm(button) {
  const label = button.querySelector(".button-label");
  armed.set(button, { label: label.textContent, at: performance.now(), timer: setTimeout(() => disarm(button), PATIENCE_MS) });
  label.textContent = button.dataset.confirm;
  button.classList.add("is-armed");
  say(button.dataset.confirm);
}

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest("button[data-confirm]");
    if (!button) return;
    const state = armed.get(button);
    if (state && performance.now() - state.at >= SLIP_MS) {
      disarm(button);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!state) arm(button);
  },
  true,
);
// A key that is held down clicks again and again: that is one press too.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.target.closest?.("button[data-confirm]")) event.preventDefault();
});
document.addEventListener("focusout", (event) => event.target instanceof HTMLElement && disarm(event.target));
