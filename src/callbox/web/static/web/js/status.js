// SPDX-License-Identifier: Apache-2.0
// One line at the foot of the page says what became of the last thing done. Screen readers hear it too.

const TONES = ["is-wrong", "is-done", "is-told"];
let fading = 0;

// tone: "wrong" stays until hidden or replaced, "done" and "told" go after a while.
export function say(text, tone = "told") {
  const line = document.getElementById("status");
  if (!line) return;
  clearTimeout(fading);
  line.classList.remove(...TONES);
  if (text) line.classList.add(`is-${tone}`);
  line.querySelector(".said").textContent = text;
  line.querySelector("[data-status-clear]").hidden = tone !== "wrong" || !text;
  if (text && tone !== "wrong") fading = setTimeout(() => say(""), 12000);
}

document.querySelector("[data-status-clear]")?.addEventListener("click", () => say(""));
