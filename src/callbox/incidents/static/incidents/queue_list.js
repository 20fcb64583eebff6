// SPDX-License-Identifier: Apache-2.0
// The list of calls: in hand, waiting, lost.

import { refresh } from "../web/js/ages.js";
import { age, due, h, patch, state } from "../web/js/dom.js";
import { settle } from "../web/js/rows.js";
import { word } from "../web/js/words.js";
import { inOrder } from "./queue_state.js";

const body = document.getElementById("queue");
const GROUPS = ["answered", "waiting", "lost"];

export function drawQueue(queue, chosen) {
  const rows = inOrder(queue);
  const parts = GROUPS.flatMap((group) => {
    const found = rows.filter((row) => row.state === group);
    return found.length ? [title(group, found.length), ...found.map((row) => drawn(row, chosen))] : [];
  });
  patch(body, parts);
  const waiting = rows.filter((row) => row.state === "waiting").length;
  document.getElementById("queue-count").textContent = waiting || "";
  document.getElementById("no-calls").hidden = rows.length > 0;
  for (const row of body.querySelectorAll("[data-row]")) row.setAttribute("aria-selected", String(row.dataset.row === chosen));
  settle(body);
  refresh(body);
  return waiting;
}

// Only options may stand in a list of options: each says its group itself to who cannot see the title over it.
function title(group, count) {
  return h("h3", { class: "queue-title", role: "presentation", "data-part": group, "data-look": `${group} ${count}` }, word(`queue_${group}`), h("span", { class: "quiet" }, ` ${count}`));
}

function drawn(row) {
  const late = row.clocks.some((clock) => clock.fired_at);
  const classes = ["call", row.lane === "emergency" && "call--emergency", late && "is-late"].filter(Boolean).join(" ");
  return h(
    "div",
    { class: classes, role: "option", "data-row": row.id, "data-look": JSON.stringify(row) },
    h("span", { class: "visually-hidden" }, word(`queue_${row.state}`)),
    h("strong", { class: "call-channel" }, word(`channel_${row.channel}`)),
    lane(row),
    row.readable ? null : state(word("unreadable"), "alarm", "late"),
    row.incident_number ? state(word("of_incident", { number: row.incident_number }), "", "quiet") : null,
    clockOf(row, late),
    age(row.received_at),
  );
}

function lane(row) {
  return row.lane === "emergency" ? state(word("lane_emergency"), "", "strong") : state(word("lane_civic"), "", "quiet");
}

function clockOf(row, late) {
  if (row.state !== "waiting" || !row.clocks.length) return null;
  const [clock] = row.clocks;
  return late ? state(word("answer_late"), "waiting", "late") : due(clock.started_at, clock.due_at);
}
