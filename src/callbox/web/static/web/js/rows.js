// SPDX-License-Identifier: Apache-2.0
// Rows walked by keys: <tbody data-rows> with <tr data-row="ID">. Arrows or j and k move, Enter opens.
// Fires "row:select" and "row:open" with the row's id as detail. One row only is in the tab order.

import { isTyping } from "./keys.js";

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -Infinity, End: Infinity };

const rowsOf = (body) => [...body.querySelectorAll("[data-row]")];

function tell(body, name, row) {
  body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: row.dataset.row }));
}

// Mark a row as the chosen one; focus goes there too unless told otherwise.
export function selectRow(body, id, { focus = true, quiet = false } = {}) {
  for (const row of rowsOf(body)) {
    const chosen = row.dataset.row === String(id);
    row.setAttribute("aria-selected", String(chosen));
    row.tabIndex = chosen ? 0 : -1;
    if (!chosen) continue;
    row.classList.remove("is-changed");
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (!quiet) tell(body, "row:select", row);
  }
}

// Keep one row reachable by Tab; call it after rows were drawn anew.
export function settle(body) {
  const rows = rowsOf(body);
  const home = rows.find((row) => row.getAttribute("aria-selected") === "true") ?? rows[0];
  for (const row of rows) row.tabIndex = row === home ? 0 : -1;
}

function step(body, row, by) {
  const rows = rowsOf(body);
  const at = Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + by));
  if (rows[at]) selectRow(body, rows[at].dataset.row);
}

document.addEventListener("keydown", (event) => {
  const body = event.target.closest?.("[data-rows]");
  const row = event.target.closest?.("[data-row]");
  if (!row || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in STEPS) step(body, row, STEPS[event.key]);
  else if (event.key === "Enter" && event.target === row && !event.repeat) tell(body, "row:open", row);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-rows] [data-row]");
  if (row && !event.target.closest("a, button, input, label")) {
    selectRow(row.closest("[data-rows]"), row.dataset.row);
  }
});
for (const body of document.querySelectorAll("[data-rows]")) settle(body);
