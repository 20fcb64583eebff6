// SPDX-License-Identifier: Apache-2.0
// What waits at a desk for an answer stands beside its link and is looked at every few seconds; when it grows it
// sounds, unless the sound is off.

import { get } from "./api.js";

const STORE = "callbox-sound-off";
const EVERY_MS = 5_000; // no role follows hand-overs through the stream
const marks = [...document.querySelectorAll("[data-waiting]")];
const buttons = marks.map((mark) => mark.querySelector("[data-mute]"));
const state = { sound: null, off: localStorage.getItem(STORE) === "1" };

// Browsers let a page sound only after somebody has touched it or pressed a key.
function wake() {
  state.sound ??= "AudioContext" in window ? new AudioContext() : null;
  if (state.sound?.state === "suspended") state.sound.resume();
}

function ring() {
  const { sound, off } = state;
  if (off || sound?.state !== "running") return;
  for (let beat = 0; beat < 2; beat += 1) {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = beat ? 660 : 880;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + beat * 0.3);
    tone.stop(sound.currentTime + beat * 0.3 + 0.25);
  }
}

function show() {
  for (const button of buttons) button.setAttribute("aria-pressed", String(state.off));
}

function mute() {
  state.off = !state.off;
  localStorage.setItem(STORE, state.off ? "1" : "0");
  show();
}

async function look(mark) {
  const { count } = await get(mark.dataset.waiting, { quiet: true });
  const place = mark.querySelector("[data-waiting-count]");
  const grew = count > Number(place.textContent);
  place.textContent = count;
  mark.hidden = count === 0;
  if (grew) ring();
}

if (marks.length) {
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, wake);
  for (const button of buttons) button.addEventListener("click", mute);
  show();
  setInterval(() => {
    for (const mark of marks) look(mark).catch(() => {}); // the next page shows it in any case
  }, EVERY_MS);
}
