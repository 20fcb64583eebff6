// SPDX-License-Identifier: Apache-2.0
// Two alarms: the one that a new assignment makes here, and the one that a crew in danger gives.

import { clockTime } from "../web/js/clock.js";
import { word } from "../web/js/words.js";
import { press } from "./crew-queue.js";
import { at, put, titleOf } from "./crew-view.js";

const HOLD_MS = 1000;
const ARMED_MS = 4000;
const REPEATS = 4;
const PATTERN = [400, 150, 400, 150, 900];
const button = at("alarm");
const text = at("alarm-text");
const plain = text.textContent;
const state = { sound: null, holding: 0, armed: 0, ringing: 0, unit: null, incident: null, pressedAt: 0 };

// Browsers let a page sound only after somebody has touched it.
addEventListener("pointerdown", () => {
  state.sound ??= "AudioContext" in window ? new AudioContext() : null;
  if (state.sound?.state === "suspended") state.sound.resume();
});

// Sound and shake once; two tones, so that it is heard through an engine.
export function ring() {
  navigator.vibrate?.(PATTERN);
  const { sound } = state;
  if (sound?.state !== "running") return;
  for (let beat = 0; beat < 6; beat += 1) {
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    tone.type = "square";
    tone.frequency.value = beat % 2 ? 880 : 1175;
    volume.gain.value = 0.25;
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + beat * 0.28);
    tone.stop(sound.currentTime + beat * 0.28 + 0.22);
  }
}

function show(news, wrong = false) {
  at("news").hidden = !news;
  at("news").classList.toggle("is-wrong", wrong);
  put("news-text", news);
}

function quiet() {
  clearInterval(state.ringing);
  show("");
}

// What came or went since the last answer: a new assignment rings until it is seen, a few times at most.
export function newsOf(before, answer) {
  const known = new Set(before?.assignments.map(({ id }) => id));
  const fresh = answer.assignments.filter(({ id, state: is }) => !known.has(id) && (is === "assigned" || is === "stacked"));
  if (fresh.length) return alarmOf(fresh[0]);
  const left = new Set(answer.assignments.map(({ id }) => id));
  const gone = before?.assignments.find(({ id }) => !left.has(id));
  if (gone) show(word("withdrawn", { number: gone.incident.number }));
  return undefined;
}

// The crew must know that somebody has heard it.
export function settled(messages) {
  const alarm = messages.find(({ what, state: is }) => what === "safety_alarm" && is === "done");
  if (alarm) show(word("alarm_heard", { time: clockTime(alarm.shown_at) }), true);
}

function alarmOf(assignment) {
  clearInterval(state.ringing);
  show(word("new_assignment", { what: titleOf(assignment) }));
  ring();
  let left = REPEATS;
  state.ringing = setInterval(() => {
    left -= 1;
    if (left <= 0) clearInterval(state.ringing);
    else ring();
  }, 5000);
}

at("news-hide").addEventListener("click", quiet);
at("next").addEventListener("click", quiet);

export function drawAlarm(view, active) {
  state.unit = view.unit.id;
  state.incident = active?.incident.id ?? null;
}

async function sound() {
  calm();
  if (!state.unit) {
    show(word("alarm_no_unit"), true);
    return;
  }
  const { shown_at } = await press("safety_alarm", state.incident ?? state.unit);
  navigator.vibrate?.([1000]);
  show(word("alarm_sent", { time: clockTime(shown_at) }), true);
}

function calm() {
  clearTimeout(state.holding);
  clearTimeout(state.armed);
  state.holding = state.armed = 0;
  button.classList.remove("is-held", "is-armed");
  text.textContent = plain;
}

function hold(event) {
  if (event.button > 0) return;
  button.classList.add("is-held");
  text.textContent = word("alarm_hold");
  state.holding = setTimeout(() => {
    state.pressedAt = performance.now();
    sound();
  }, HOLD_MS);
}

function letGo() {
  if (!state.holding) return;
  clearTimeout(state.holding);
  state.holding = 0;
  button.classList.remove("is-held");
  if (!state.armed) text.textContent = plain;
}

// A short press, or Enter on a keyboard, arms it; the second one within a few seconds is the alarm.
function click() {
  if (performance.now() - state.pressedAt < 800) return; // the end of a hold that has alarmed already
  if (state.armed) {
    sound();
    return;
  }
  button.classList.add("is-armed");
  text.textContent = word("alarm_again");
  state.armed = setTimeout(calm, ARMED_MS);
}

button.addEventListener("pointerdown", hold);
for (const name of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(name, letGo);
button.addEventListener("click", click);
button.addEventListener("contextmenu", (event) => event.preventDefault());
