// SPDX-License-Identifier: Apache-2.0
// What all boards that follow the journal have in common: pure pieces of "old rows + entries = new rows".

export const time = (iso) => (iso ? new Date(iso).toISOString() : null);

// A row as boards keep it: times written in one way, whoever wrote them, clocks in one order.
export function normal(row) {
  const fresh = { ...row };
  for (const name of Object.keys(fresh)) if (name.endsWith("_at")) fresh[name] = time(fresh[name]);
  if (fresh.clocks) fresh.clocks = fresh.clocks.map(normal).sort((a, b) => a.name.localeCompare(b.name));
  if (fresh.position) fresh.position = { ...fresh.position, at: time(fresh.position.at) };
  return fresh;
}

// The clocks of a row but the one that has stopped.
export function without(row, name) {
  return row.clocks.filter((clock) => clock.name !== name);
}

// A clock of the row has run out (the move `late`).
export function fired(row, facts, entry) {
  const at = time(entry.at);
  return { clocks: row.clocks.map((clock) => (clock.name === facts.clock ? { ...clock, fired_at: at } : clock)) };
}
