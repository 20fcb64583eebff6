// SPDX-License-Identifier: Apache-2.0
// The mark that somebody has taken wider access: it stays on every desk until a supervisor takes note.

import { get } from "./api.js";
import { on } from "./stream.js";

const mark = document.querySelector("[data-widenings]");

async function look() {
  const { count } = await get(mark.dataset.widenings, { quiet: true });
  mark.querySelector("[data-widenings-count]").textContent = count;
  mark.hidden = count === 0;
}

if (mark) {
  on("entry", ({ kind }) => {
    if (kind === "widening") look().catch(() => {}); // the next page shows it in any case
  });
  on("live", () => look().catch(() => {}));
}
