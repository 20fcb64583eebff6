// SPDX-License-Identifier: Apache-2.0
// After a message was received: a picture for it. The message stands on its own; this only ever adds to it.

import { shrunk } from "../pictures/shrink.js";
import { call } from "../web/js/api.js";
import { newId } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const TRIES = 8;
const PAUSE_MS = 1500;
const PATIENCE_MS = 60000;
const part = document.querySelector("[data-picture-part]");
const input = document.getElementById("report_picture");
const state = { contact: "", sent: 0 };

// Offer it for this contact, of which only this page knows the whole id.
export function offerPicture(contact) {
  Object.assign(state, { contact, sent: 0 });
  part.hidden = false;
  tell("");
}

function tell(text) {
  part.querySelector("[data-picture-said]").textContent = text;
}

async function send(file) {
  input.disabled = true;
  tell(word("picture_sending"));
  try {
    await tried(await shrunk(file), newId());
    state.sent += 1;
    tell(`${word("picture_sent")} (${state.sent})`);
  } catch (problem) {
    tell(problem.status === 0 || problem.status >= 500 ? word("picture_failed") : word("picture_refused", { why: problem.message }));
  }
  input.disabled = false;
  input.value = "";
}

// A message becomes a call within a moment; until then, and while the line is bad, the same picture is sent again.
async function tried(blob, key) {
  for (let number = 1; ; number += 1) {
    try {
      return await call("POST", part.dataset.address, blob, { quiet: true, key, more: { "X-Contact": state.contact }, signal: AbortSignal.timeout?.(PATIENCE_MS) });
    } catch (problem) {
      const again = problem.status === 0 || problem.status === 409 || problem.status === 429 || problem.status >= 500;
      if (!again || number >= TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * number));
    }
  }
}

input.addEventListener("change", () => input.files[0] && send(input.files[0]));
