// SPDX-License-Identifier: Apache-2.0
// What changed since this person last looked. Kept in the browser tab, so that a reload does not forget it.

const STORE = "callbox-board-seen";
let seen = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
const clashed = new Map();
const CLASH_MS = 8000;

function keep() {
  sessionStorage.setItem(STORE, JSON.stringify(seen));
}

// The first board of a shift is all new, and so nothing on it is.
export function begin(board) {
  if (seen === null) seen = Object.fromEntries(Object.values(board.incidents).map((row) => [row.id, row.version]));
  else for (const id of Object.keys(seen)) if (!board.incidents[id]) delete seen[id];
  keep();
}

export function hasChanged(row) {
  return seen !== null && row.version > (seen[row.id] ?? 0);
}

export function saw(row) {
  if (!row || seen === null || seen[row.id] === row.version) return false;
  seen[row.id] = row.version;
  keep();
  return true;
}

// Somebody else was first with this row: it stands out for a while.
export function clash(id, redraw) {
  clearTimeout(clashed.get(id));
  clashed.set(id, setTimeout(() => clashed.delete(id) && redraw(), CLASH_MS));
  redraw();
}

export const hasClashed = (id) => clashed.has(id);
